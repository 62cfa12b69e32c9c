import { BlockList, isIP } from 'node:net';

const URL_CHARS_MAX = 8_192;

/** `never`: not even where private endpoints are allowed (metadata services, multicast, "this network"). */
export type AddressClass = 'public' | 'private' | 'never';

export type UrlCheck = { ok: true; url: URL; host: string } | { ok: false; why: string };

/**
 * The part of the guard that needs no network: http or https, no credentials, and no forbidden address written as the
 * host. `URL` itself turns decimal, octal and hex forms (`http://0x7f.1/`) into the address they mean. Names are judged
 * later, by the address they resolve to at the moment of connecting.
 */
export function checkUrl(input: string | URL, allowPrivate: boolean): UrlCheck {
  const text = String(input);
  const url = text.length <= URL_CHARS_MAX ? URL.parse(text) : null;
  if (url === null) return { ok: false, why: 'not a URL' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { ok: false, why: `${url.protocol} is not allowed` };
  if (url.username !== '' || url.password !== '') return { ok: false, why: 'a URL must not carry credentials' };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === '') return { ok: false, why: 'the URL names no host' };
  if (isIP(host) !== 0 && !isAllowedAddress(host, allowPrivate)) {
    return { ok: false, why: `address ${host} is not allowed` };
  }
  return { ok: true, url, host };
}

export function isAllowedAddress(address: string, allowPrivate: boolean): boolean {
  const found = classOfAddress(address);
  return found === 'public' || (found === 'private' && allowPrivate);
}

/** What kind of address this is; an IPv6 address that carries an IPv4 one is judged by the latter. */
export function classOfAddress(address: string): AddressClass {
  const version = isIP(address);
  if (version === 4) return classOfIpv4(address);
  if (version !== 6 || address.includes('%')) return 'never';
  const groups = groupsOfIpv6(address);
  const carried = ipv4Carried(groups);
  if (carried !== null) return classOfIpv4(carried);
  if (neverIpv6.check(address, 'ipv6')) return 'never';
  if (privateIpv6.check(address, 'ipv6')) return 'private';
  // Only 2000::/3 is given out as global unicast (RFC 4291 §2.4); everything else stays shut.
  return ((groups[0] ?? 0) & 0xe000) === 0x2000 ? 'public' : 'never';
}

function classOfIpv4(address: string): AddressClass {
  if (neverIpv4.check(address, 'ipv4')) return 'never';
  return privateIpv4.check(address, 'ipv4') ? 'private' : 'public';
}

/** IANA special-purpose registries (RFC 6890 and its successors), and the metadata services of the large clouds. */
const privateIpv4 = blockListOf('ipv4', [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
]);
const neverIpv4 = blockListOf('ipv4', [
  '0.0.0.0/8',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
const privateIpv6 = blockListOf('ipv6', ['::1/128', 'fc00::/7']);
const neverIpv6 = blockListOf('ipv6', [
  '::/128',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
]);

function blockListOf(family: 'ipv4' | 'ipv6', subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = '', prefix = ''] = subnet.split('/');
    list.addSubnet(net, Number(prefix), family);
  }
  return list;
}

/** The IPv4 address inside a mapped, compatible, translated (NAT64) or 6to4 address, or null. */
export function ipv4Carried(groups: readonly number[]): string | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  const leadingZeros = a === 0 && b === 0 && c === 0 && d === 0;
  if (leadingZeros && e === 0 && (f === 0xffff || (f === 0 && (g !== 0 || h > 1)))) return dotted(g, h);
  if (leadingZeros && e === 0xffff && f === 0) return dotted(g, h);
  if (a === 0x64 && b === 0xff9b) return dotted(g, h);
  if (a === 0x2002) return dotted(b, c);
  return null;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight 16-bit groups of a valid IPv6 address. `URL` writes every form, dotted tails too, in plain groups. */
export function groupsOfIpv6(address: string): number[] {
  const plain = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const headGroups = head === '' ? [] : head.split(':');
  const tailGroups = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : 8 - headGroups.length - tailGroups.length;
  return [...headGroups, ...Array<string>(gap).fill('0'), ...tailGroups].map((group) => Number.parseInt(group, 16));
}
