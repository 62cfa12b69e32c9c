import { recordDelivery, startLanes } from '../features/deliveries/index.ts';
import type { TenantRows } from '../security-tests/add-tenant.ts';
import type { withPopulatedServer } from '../security-tests/populated-server.ts';

const WAIT_MS = 60_000;

/** Posts a payment and a setting to the hostile partner, until each has come to rest. */
export async function deliverAll(rig: Awaited<ReturnType<typeof withPopulatedServer>>, of: TenantRows): Promise<void> {
  const biller = await rig.deps.billers.load(of.bid);
  if (!biller) throw new Error('no biller');
  await rig.owner.query('delete from delivery_attempt where bid = $1', [of.bid]);
  await rig.owner.query('delete from delivery where bid = $1', [of.bid]);
  await rig.owner.query('update lane set paused_at = null where bid = $1', [of.bid]);
  const { accountNumber } = of;
  const person = { customerName: 'X', address1: '', address2: '', city: '', state: '', zip: '', phone: '', email: '' };
  await rig.deps.database.withBiller(of.bid, async (tx) => {
    const payment = {
      accountNumber,
      method: 'CC' as const,
      amountCents: 5_000,
      feeCents: 0,
      paymentMessage: 'APPROVED',
      ...person,
    };
    await recordDelivery(tx, rig.deps, {
      biller,
      invoiceTypeId: '1',
      kind: 'payment',
      paymentId: of.paymentId,
      payment,
      source: 'Virtual Site',
      method: 'CC',
    });
    await recordDelivery(tx, rig.deps, { biller, invoiceTypeId: '1', kind: 'paperless', accountNumber, isOn: true });
  });
  const lanes = startLanes(rig.deps);
  const endMs = Date.now() + WAIT_MS;
  for (;;) {
    const { rows } = await rig.owner.query<{ waiting: string }>(
      `select count(*) as waiting from delivery where bid = $1 and state in ('queued', 'sending')`,
      [of.bid],
    );
    if (rows[0]?.waiting === '0' || Date.now() > endMs) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await lanes.stop();
  const { rows } = await rig.owner.query('select min(id) as id from delivery where bid = $1', [of.bid]);
  Object.assign(of, { deliveryId: Number(rows[0]?.id) });
}
