import type { Tx } from '../../platform/database.ts';
import { openWorkItemCount } from '../../platform/work-items.ts';
import { refreshesByHour } from '../balances/index.ts';
import { readBillerZones } from '../billers/index.ts';
import { countOpenDeliveries, countTroubledLanes, postsByHour } from '../deliveries/index.ts';
import { countRefusedFiles, importsByDay } from '../invoices/index.ts';
import { countWindows } from '../maintenance/index.ts';
import { countFailedNotices } from '../notices/index.ts';
import { countChargesInDoubt, takenByDay } from '../payments/index.ts';
import type { OverviewView } from './contract.ts';

/**
 * The first page's figures, from each feature that owns them. The transaction it is given decides whose rows they are
 * made of (reach.ts).
 */
export async function readOverview(
  tx: Tx,
  from: { now: Temporal.Instant; hours: number; days: number },
): Promise<OverviewView> {
  const span = { since: from.now.subtract({ hours: from.hours }), until: from.now };
  const since = from.now.subtract({ hours: 24 * from.days });
  const posts = await postsByHour(tx, span);
  const refreshes = await refreshesByHour(tx, span);
  return {
    at: from.now.toString(),
    needs: await readNeeds(tx, from.now),
    paymentsByDay: await takenByDay(tx, { since, zones: await readBillerZones(tx) }),
    postsByHour: posts.map((slot) => ({ ...slot, at: slot.at.toString() })),
    refreshesByHour: refreshes.map((slot) => ({ ...slot, at: slot.at.toString() })),
    importsByDay: await importsByDay(tx, since),
  };
}

async function readNeeds(tx: Tx, now: Temporal.Instant): Promise<OverviewView['needs']> {
  const since = now.subtract({ hours: 24 * 7 });
  const windows = await countWindows(tx, now);
  const deliveries = await countOpenDeliveries(tx);
  const lanes = await countTroubledLanes(tx);
  return {
    workItems: await openWorkItemCount(tx),
    heldPayments: deliveries.heldPayments,
    unknownPayments: deliveries.unknownPayments,
    heldSettings: deliveries.heldSettings,
    chargesInDoubt: await countChargesInDoubt(tx),
    failingLanes: lanes.failing,
    pausedLanes: lanes.paused,
    windowsInForce: windows.inForce,
    windowsEnding: windows.ending,
    refusedFiles: await countRefusedFiles(tx, since),
    failedNotices: await countFailedNotices(tx, since),
    unposted: {
      count: deliveries.unposted,
      amountCents: deliveries.unpostedCents,
      oldestAt: deliveries.oldestAt?.toString() ?? null,
    },
  };
}
