import type { Tx } from '../../platform/database.ts';
import { CENTRAL, sayCentral, sayLength } from './central-time.ts';
import type { WindowWarning } from './contract.ts';
import { isInForce, type MaintenanceWindow, type WindowPlan } from './maintenance-window.ts';
import type { MaintenancePorts } from './ports.ts';
import { minutesOf } from './present-window.ts';
import { overlapping } from './window-store.ts';

const LONG_HOURS = 24;
const NAMED_MAX = 3;

/** What a person should know before a window is kept; none of it stops them. */
export async function warningsOf(
  tx: Tx,
  ports: Pick<MaintenancePorts, 'invoicesDue'>,
  from: {
    bid: number;
    /** The window that is changed. */
    before: MaintenanceWindow | undefined;
    plan: WindowPlan;
    now: Temporal.Instant;
    timeZone: string;
  },
): Promise<WindowWarning[]> {
  const { plan, now, before } = from;
  const warnings: WindowWarning[] = [];
  if (!plan.isActive) {
    warnings.push({ code: 'not-active', sentence: 'It is not active, so it will close nothing until it is made so.' });
  } else if (isInForce(plan, now) && !(before && isInForce(before, now))) {
    warnings.push({ code: 'begins-at-once', sentence: 'It is in force as soon as it is saved.' });
  }
  warnings.push(...(await overlapWarning(tx, from)));
  warnings.push(...(await dueDateWarning(tx, ports, from)));
  const minutes = minutesOf(plan);
  if (minutes > LONG_HOURS * 60)
    warnings.push({ code: 'long', sentence: `It lasts ${sayLength(minutes)}. Payers can’t pay in all that time.` });
  const shift = clockShiftMinutes(plan);
  if (shift !== 0) {
    warnings.push({
      code: 'clock-change',
      sentence: `The clocks change while it lasts: it is ${sayLength(minutes)} long, an hour ${shift > 0 ? 'less' : 'more'} than its times suggest.`,
    });
  }
  if (plan.message.es === '')
    warnings.push({
      code: 'no-spanish',
      sentence: 'There is no Spanish message: payers who read Spanish get the standard words instead of yours.',
    });
  return warnings;
}

async function overlapWarning(
  tx: Tx,
  { bid, before, plan }: { bid: number; before: MaintenanceWindow | undefined; plan: WindowPlan },
): Promise<WindowWarning[]> {
  if (!plan.isActive) return [];
  const others = await overlapping(tx, bid, { startsAt: plan.startsAt, endsAt: plan.endsAt, exceptId: before?.id });
  if (others.length === 0) return [];
  const named = others
    .slice(0, NAMED_MAX)
    .map((one) => `“${one.description}” (${sayCentral(one.startsAt)} to ${sayCentral(one.endsAt)})`)
    .join(', ');
  const more = others.length > NAMED_MAX ? ` and ${others.length - NAMED_MAX} more` : '';
  return [
    {
      code: 'overlap',
      sentence: `It overlaps ${named}${more}. Pages stay closed until the last of them ends; ending one does not end the others.`,
    },
  ];
}

/** Bills that fall due while nobody can pay: the days of the biller's own zone that the window touches. */
async function dueDateWarning(
  tx: Tx,
  ports: Pick<MaintenancePorts, 'invoicesDue'>,
  { bid, plan, timeZone }: { bid: number; plan: WindowPlan; timeZone: string },
): Promise<WindowWarning[]> {
  const from = plan.startsAt.toZonedDateTimeISO(timeZone).toPlainDate().toString();
  const until = plan.endsAt.subtract({ milliseconds: 1 }).toZonedDateTimeISO(timeZone).toPlainDate().toString();
  const count = await ports.invoicesDue(tx, bid, { from, until });
  if (count === 0) return [];
  const days = from === until ? `on ${from}` : `from ${from} to ${until}`;
  return [
    {
      code: 'due-dates',
      sentence: `${count} open ${count === 1 ? 'invoice falls' : 'invoices fall'} due ${days}, while payers can’t pay online. Choose another time, or tell them.`,
    },
  ];
}

/** How much the Central clocks go forward between start and end; negative: back. */
function clockShiftMinutes(plan: WindowPlan): number {
  const offsetOf = (at: Temporal.Instant) => at.toZonedDateTimeISO(CENTRAL).offsetNanoseconds;
  return (offsetOf(plan.endsAt) - offsetOf(plan.startsAt)) / 60_000_000_000;
}
