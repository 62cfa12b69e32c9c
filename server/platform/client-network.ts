import { isIPv6 } from 'node:net';
import { groupsOfIpv6, ipv4Carried } from './egress-address.ts';

/** What one subscriber is given at least: whoever has it has 2^64 addresses to change between. */
const NETWORK_GROUPS = 4;

/**
 * Where tries are counted as coming from: an IPv4 address, however it is written, or the /64 of an IPv6 one. What is no
 * address stays as it is.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  const groups = groupsOfIpv6(plain);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return ipv4Carried(groups) ?? address;
  return `${groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}
