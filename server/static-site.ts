import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PUBLIC } from './platform/access.ts';
import type { App } from './platform/http.ts';

/** The built staff application is small: it is kept in memory, packed once. */
const FILES_MAX = 1_000;
const BYTES_MAX = 64 * 1024 ** 2;
const PACK_FROM_BYTES = 1_024;
const YEAR_SECONDS = 31_536_000;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};
const PACKABLE = new Set(['.html', '.js', '.css', '.svg', '.json']);

interface SiteFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly isPackable: boolean;
  packed?: Promise<Buffer>;
}

const pack = promisify(gzip);

/**
 * The staff application under `/staff`: any path of it that is no file answers the page itself, whose router knows the
 * rest. Files with a hash in their name are kept by browsers for a year, the page is asked for each time. `/` leads here.
 */
export function registerStaticSite(app: App, from: { folder: string }): void {
  const files = readFolder(from.folder);
  const answer = { config: { access: PUBLIC }, schema: { hide: true } } as const;
  app.get('/', answer, (_request, reply) => reply.redirect('/staff/', 302));
  app.get('/staff', answer, (_request, reply) => reply.redirect('/staff/', 302));
  app.get('/staff/*', answer, async (request, reply) => {
    const name = (request.params as { '*': string })['*'];
    const isAsset = name.startsWith('assets/');
    const file = files.get(name) ?? (isAsset ? undefined : files.get('index.html'));
    if (!file) {
      if (isAsset) return reply.callNotFound();
      return reply
        .status(503)
        .type('text/plain; charset=utf-8')
        .send('The staff application has not been built. Run “npm run build”, then start again.\n');
    }
    reply.type(file.type).header('cache-control', isAsset ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
    if (!file.isPackable) return reply.send(file.bytes);
    reply.header('vary', 'accept-encoding');
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(file.bytes);
    file.packed ??= pack(file.bytes, { level: 9 });
    return reply.header('content-encoding', 'gzip').send(await file.packed);
  });
}

/** Every file of the folder by its path in it; empty where there is none. */
function readFolder(folder: string): ReadonlyMap<string, SiteFile> {
  const files = new Map<string, SiteFile>();
  if (!fs.existsSync(folder)) return files;
  let bytesTotal = 0;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = path.join(entry.parentPath, entry.name);
    const bytes = fs.readFileSync(full);
    bytesTotal += bytes.length;
    if (files.size >= FILES_MAX || bytesTotal > BYTES_MAX)
      throw new Error(`${folder} holds more than a site of ours does`);
    const extension = path.extname(entry.name);
    files.set(path.relative(folder, full).split(path.sep).join('/'), {
      bytes,
      type: TYPES[extension] ?? 'application/octet-stream',
      isPackable: PACKABLE.has(extension) && bytes.length >= PACK_FROM_BYTES,
    });
  }
  return files;
}
