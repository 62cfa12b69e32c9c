import { decideHeldDelivery } from '../features/deliveries/index.ts';
import type { World } from './world.ts';

interface Held {
  readonly bid: number;
  readonly id: number;
  readonly version: number;
}

/** What two people do about a held payment after looking it up in the partner's own ledger. */
export async function actOnDelivery(
  world: World,
  held: Held,
  act: 'confirm-posted' | 'post-again' | 'replay',
): Promise<void> {
  const seen = await balancesSeen(world, held);
  const decide = (name: string, version: number) =>
    decideHeldDelivery(world.deps, {
      bid: held.bid,
      deliveryId: held.id,
      version,
      act,
      by: { kind: 'staff', name },
      reason: 'looked up in the partner’s ledger',
      reference: act === 'confirm-posted' ? 'seen in the ledger' : undefined,
      ...(seen && { balancesSeen: seen }),
    });
  const first = await decide('first@example.com', held.version);
  if (first.isWaitingForSecondPerson) await decide('second@example.com', first.version);
}

/** The two balances the screen shows: before the send, and as last read. */
async function balancesSeen(
  world: World,
  { bid, id }: Held,
): Promise<{ beforeCents: number; latestCents: number } | undefined> {
  return world.deps.database.withBiller(bid, async (tx) => {
    const delivery = await tx
      .selectFrom('delivery')
      .select('readings')
      .where('bid', '=', bid)
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const sent = await tx
      .selectFrom('delivery_attempt')
      .select('baseline')
      .where('bid', '=', bid)
      .where('delivery_id', '=', id)
      .where('possibly_applied', '=', true)
      .orderBy('n', 'desc')
      .executeTakeFirst();
    const before = sent?.baseline as { currentDueCents: number } | null | undefined;
    const latest = (delivery.readings as unknown as readonly { currentDueCents: number }[]).at(-1);
    return { beforeCents: before?.currentDueCents ?? 0, latestCents: latest?.currentDueCents ?? 0 };
  });
}
