import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkUrl, classOfAddress, isAllowedAddress } from './egress-address.ts';

describe('addresses', () => {
  test.each([
    ['8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
    ['127.0.0.1', 'private'],
    ['127.255.255.254', 'private'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['::1', 'private'],
    ['fd12::1', 'private'],
    ['0.0.0.0', 'never'],
    ['169.254.169.254', 'never'],
    ['100.100.100.200', 'never'],
    ['168.63.129.16', 'never'],
    ['fd00:ec2::254', 'never'],
    ['224.0.0.1', 'never'],
    ['255.255.255.255', 'never'],
    ['::', 'never'],
    ['fe80::1', 'never'],
    ['fe80::1%eth0', 'never'],
    ['ff02::1', 'never'],
    ['2001:db8::1', 'never'],
    ['::ffff:127.0.0.1', 'private'],
    ['::ffff:7f00:1', 'private'],
    ['::ffff:169.254.169.254', 'never'],
    ['::127.0.0.1', 'private'],
    ['64:ff9b::169.254.169.254', 'never'],
    ['64:ff9b::8.8.8.8', 'public'],
    ['2002:7f00:1::', 'private'],
    ['4000::1', 'never'],
    ['not an address', 'never'],
  ])('%s is %s', (address, kind) => {
    expect(classOfAddress(address)).toBe(kind);
  });

  test('an IPv4 address is judged alike bare, mapped, translated and in 6to4', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        const forms = [`::ffff:${address}`, `::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::1`];
        for (const form of forms) expect(classOfAddress(form)).toBe(classOfAddress(address));
      }),
    );
  });

  test('every IPv6 address has a class, and none is public outside 2000::/3 unless it carries a public IPv4', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const found = classOfAddress(address);
        expect(['public', 'private', 'never']).toContain(found);
        expect(isAllowedAddress(address, false)).toBe(found === 'public');
      }),
    );
  });
});

describe('URLs', () => {
  test.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'example.com',
    '',
    'http://user:secret@example.com/',
    'http://user@example.com/',
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'http://[0:0:0:0:0:ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://①②⑦.⓪.⓪.①/',
    `http://example.com/${'a'.repeat(9_000)}`,
  ])('%s is refused', (url) => {
    expect(checkUrl(url, false).ok).toBe(false);
  });

  test('a public name, a public address, and loopback where private endpoints are allowed, pass', () => {
    expect(checkUrl('https://uat.example.com/rest/', false)).toMatchObject({ ok: true, host: 'uat.example.com' });
    expect(checkUrl('https://8.8.8.8/', false).ok).toBe(true);
    expect(checkUrl('http://127.0.0.1:8080/', true).ok).toBe(true);
    expect(checkUrl('http://169.254.169.254/', true).ok).toBe(false);
  });

  test('the reason never repeats a credential', () => {
    expect(JSON.stringify(checkUrl('http://user:hunter2@example.com/', false))).not.toContain('hunter2');
  });
});
