import { expect, test } from 'vitest';
import { whyNotReachable } from './egress-check.ts';
import { systemTimers } from './timers.ts';

const why = (url: string, addresses: readonly string[] = ['93.184.216.34']) =>
  whyNotReachable(url, {
    allowPrivate: false,
    timers: systemTimers,
    lookup: async () => addresses.map((address) => ({ address })),
  });

test('an address that leads inside is refused before anything is sent there, whatever it is written as', async () => {
  for (const url of [
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/',
    'http://127.0.0.1:8080/',
    'http://0x7f.1/',
    'http://[::ffff:10.0.0.1]/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'https://user:secret@hooks.example.com/',
    'not a url',
  ])
    expect(await why(url), url).not.toBeNull();
  expect(await why('https://hooks.example.com/alerts')).toBeNull();
});

test('a name is judged by every address it has now', async () => {
  expect(await why('https://hooks.example.com/', ['93.184.216.34', '10.0.0.7'])).toMatch(/not allowed/);
  expect(await why('https://hooks.example.com/', [])).toMatch(/no address/);
});
