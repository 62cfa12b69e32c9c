import { isIP } from 'node:net';
import { checkUrl, isAllowedAddress } from './egress-address.ts';
import { type Lookup, systemLookup } from './egress-line.ts';
import type { Timers } from './timers.ts';

const LOOKUP_MS_MAX = 3_000;

/**
 * Why an address would be refused at a call, or null: for a form that takes one, so that the person hears it at once. A
 * name is judged by what it resolves to now; at each call it is judged again (egress-line.ts), so a name that changes
 * its mind gains nothing.
 */
export async function whyNotReachable(
  input: string,
  from: { allowPrivate: boolean; lookup?: Lookup; timers: Timers },
): Promise<string | null> {
  const checked = checkUrl(input, from.allowPrivate);
  if (!checked.ok) return checked.why;
  if (isIP(checked.host) !== 0) return null;
  const tooLong = new AbortController();
  const limit = from.timers.sleep(LOOKUP_MS_MAX, tooLong.signal).then(
    () => undefined,
    () => undefined,
  );
  const found = await Promise.race([(from.lookup ?? systemLookup)(checked.host).catch(() => []), limit]);
  tooLong.abort();
  if (found === undefined) return `the name ${checked.host} could not be looked up within ${LOOKUP_MS_MAX / 1000} s`;
  if (found.length === 0) return `the name ${checked.host} has no address`;
  const isInside = found.some(({ address }) => !isAllowedAddress(address, from.allowPrivate));
  return isInside ? `${checked.host} resolves to an address that is not allowed` : null;
}
