import { afterAll, beforeAll, expect, test } from 'vitest';
import { roles } from '../features/identities/index.ts';
import { PERMISSIONS } from '../platform/access.ts';
import { signIn, signInAs, TEST_PASSWORD } from '../testing/staff.ts';
import { addCredential, withPopulatedServer } from './populated-server.ts';

/**
 * The acts for which the specification asks a second person (spec/payments.md, UNKNOWN payments, 5.; the trust in a
 * partner's figures): the second is somebody else, with the right to agree, whatever session the first comes back with.
 */
const BID = 2984;
let rig: Awaited<ReturnType<typeof withPopulatedServer>>;
let deliveryId: number;

beforeAll(async () => {
  rig = await withPopulatedServer();
  ({ deliveryId } = await rig.addTenant(BID));
  await rig.owner.query(`update delivery set held_kind = 'unknown' where id = $1`, [deliveryId]);
});
afterAll(() => rig?.close());

const version = async () =>
  Number((await rig.owner.query('select version from delivery where id = $1', [deliveryId])).rows[0].version);
const post = (path: string, headers: Record<string, string>, payload: object) =>
  rig.app.inject({ method: 'POST', url: `/api/v1/billers/${BID}${path}`, headers, payload });
const reason = 'a reason of the test';
const postAgain = async (headers: Record<string, string>) =>
  post(`/deliveries/${deliveryId}/acts`, headers, { act: 'post-again', reason, version: await version() });
const raiseTrust = (headers: Record<string, string>) =>
  post('/partner-trust', headers, { level: 1, expectedLevel: 0, reason });

test.each([
  ['post again what may have been applied', postAgain, { isWaitingForSecondPerson: true }, { state: 'queued' }],
  ['raise the trust in a partner', raiseTrust, { level: 0 }, { level: 1 }],
] as const)(
  'to %s takes two people; a second session or a credential of the first is no second person',
  async (what, act, asked, granted) => {
    const email = `${what.replaceAll(' ', '-')}@example.com`;
    const first = await signInAs(rig.app, rig.deps, { role: 'operator', email });
    expect((await act(first)).json()).toMatchObject(asked);
    expect((await act(first)).json().code).toBe('needs-second-person');
    const again = await signIn(rig.app, email, TEST_PASSWORD);
    expect((await act(again)).json().code).toBe('needs-second-person');
    const bearer = await addCredential(rig.deps, rig.owner, { bid: BID });
    expect((await act(bearer)).statusCode).toBe(403);
    const without = await signInAs(rig.app, rig.deps, { role: 'client services' });
    expect((await act(without)).statusCode).toBe(403);
    const foreign = await signInAs(rig.app, rig.deps, { role: 'biller admin', bid: 1 });
    expect((await act(foreign)).statusCode).toBe(404);
    const late = await signInAs(rig.app, rig.deps, { role: 'operator' });
    rig.clock.advance(16 * 60_000);
    expect((await act(late)).json().code).toBe('prove-again');
    const second = await signInAs(rig.app, rig.deps, { role: 'operator' });
    expect((await act(second)).json()).toMatchObject(granted);
  },
);

test('no role of a biller’s own staff may agree, and every right belongs to a role', () => {
  const agreeing = roles.filter((role) => role.permissions.includes('deliveries:approve'));
  expect(agreeing.map((role) => role.of)).not.toContain('biller');
  expect(agreeing.length).toBeGreaterThan(1);
  for (const right of PERMISSIONS)
    expect(
      roles.some((role) => role.permissions.includes(right)),
      right,
    ).toBe(true);
});
