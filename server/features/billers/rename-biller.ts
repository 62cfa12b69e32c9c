import { recordAudit } from '../../platform/audit.ts';
import type { Actor } from './actor.ts';
import { type Biller, lockBiller, notifyChange, updateBillerNames } from './biller-store.ts';
import { existing, refuseInvalid } from './create-biller.ts';
import { refuseBiller } from './problems.ts';
import type { BillersDeps } from './save-configuration.ts';

/** Changes a biller's name, slug (payer links change with it) or BillerGuid, with the audit event. */
export async function renameBiller(
  deps: BillersDeps,
  request: { bid: number; name: string; slug: string; guid: string; reason: string; by: Actor },
): Promise<Biller> {
  const { bid, name, slug } = request;
  const guid = request.guid.toLowerCase();
  refuseInvalid({ bid, name, slug, guid });
  try {
    const renamed = await deps.database.withBiller(bid, async (tx) => {
      const biller = await lockBiller(tx, bid);
      if (!biller) throw refuseBiller('unknown-biller', { bid });
      await updateBillerNames(tx, bid, { name, slug, guid });
      await notifyChange(tx, bid);
      await recordAudit(tx, {
        at: deps.clock.now(),
        bid,
        actorKind: request.by.kind,
        actor: request.by.name,
        act: 'biller.renamed',
        subject: `biller/${bid}`,
        reason: request.reason,
        detail: { from: { name: biller.name, slug: biller.slug, guid: biller.guid }, to: { name, slug, guid } },
      });
      return { ...biller, name, slug, guid };
    });
    deps.billers?.forget(bid);
    return renamed;
  } catch (cause) {
    throw existing(cause) ?? cause;
  }
}
