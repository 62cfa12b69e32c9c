import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { App } from './platform/http.ts';
import { registerStaticSite } from './static-site.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-site-'));
const app = fastify();
const empty = fastify();

beforeAll(() => {
  fs.mkdirSync(path.join(folder, 'assets'));
  fs.writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>page</title>');
  fs.writeFileSync(path.join(folder, 'assets', 'index-abc.js'), `export const text = '${'x'.repeat(2_000)}';`);
  registerStaticSite(app as unknown as App, { folder });
  registerStaticSite(empty as unknown as App, { folder: path.join(folder, 'nothing') });
});
afterAll(async () => {
  await app.close();
  await empty.close();
  fs.rmSync(folder, { recursive: true });
});

test('a file with a hash in its name is kept for a year, and packed for who takes that', async () => {
  const plain = await app.inject({ url: '/staff/assets/index-abc.js' });
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const packed = await app.inject({ url: '/staff/assets/index-abc.js', headers: { 'accept-encoding': 'gzip, br' } });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(packed.rawPayload).equals(plain.rawPayload)).toBe(true);
});

test('any other address of the application is its page, asked for each time', async () => {
  for (const url of ['/staff/', '/staff/billers/2984/accounts/00123.45']) {
    const page = await app.inject({ url });
    expect([page.statusCode, page.headers['content-type'], page.headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
  }
});

test('an asset that is not there is not answered with the page', async () => {
  expect((await app.inject({ url: '/staff/assets/index-old.js' })).statusCode).toBe(404);
});

test('no address leads out of the folder', async () => {
  for (const url of ['/staff/..%2f..%2fetc%2fpasswd', '/staff/assets/..%2f..%2findex.html']) {
    const answer = await app.inject({ url });
    expect(answer.body).not.toContain('root:');
    expect([200, 404]).toContain(answer.statusCode);
  }
});

test('/ leads to the application; one that was not built says what to do', async () => {
  expect((await app.inject({ url: '/' })).headers.location).toBe('/staff/');
  const missing = await empty.inject({ url: '/staff/' });
  expect([missing.statusCode, missing.body]).toEqual([503, expect.stringContaining('npm run build')]);
});
