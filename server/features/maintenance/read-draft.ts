import type { FieldFault } from '../../platform/problems.ts';
import { type CentralTime, fromCentral, type Occurrence, sayCentral, sayClock, sayDay } from './central-time.ts';
import type { WindowDraft } from './contract.ts';
import { isInForce, type MaintenanceWindow, stateOf, type WindowPlan } from './maintenance-window.ts';

/** A new window may have begun so long ago: its form takes a while to fill in. */
const BEGUN_MINUTES_MAX = 60;
/** Further ahead the rules of the zone itself may still change. */
const AHEAD_DAYS_MAX = 3 * 366;

/** A typed time that comes twice, and what has to be asked. */
export interface Ask {
  readonly field: 'start' | 'end';
  readonly sentence: string;
  readonly first: Temporal.Instant;
  readonly second: Temporal.Instant;
}

export interface ReadDraft {
  /** Undefined while a time is none or not decided. */
  readonly plan: WindowPlan | undefined;
  readonly startsAt: Temporal.Instant | undefined;
  readonly endsAt: Temporal.Instant | undefined;
  readonly faults: readonly FieldFault[];
  readonly asks: readonly Ask[];
}

/** What was typed as a plan with instants, and everything that speaks against it. `before`: the window it changes. */
export function readDraft(
  draft: WindowDraft,
  from: { now: Temporal.Instant; before: MaintenanceWindow | undefined },
): ReadDraft {
  const start = readTime('start', draft.start, draft.startOccurrence);
  const end = readTime('end', draft.end, draft.endOccurrence);
  const faults = [...start.faults, ...end.faults];
  const asks = [...start.asks, ...end.asks];
  if (!start.at || !end.at) return { plan: undefined, startsAt: start.at, endsAt: end.at, faults, asks };
  const plan: WindowPlan = {
    description: draft.description,
    message: { en: draft.message.en, es: draft.message.es },
    startsAt: start.at,
    endsAt: end.at,
    isActive: draft.isActive,
    appliesToAll: draft.appliesToAll,
    pages: draft.appliesToAll ? [] : [...new Set([...draft.pages, 'pay' as const])].toSorted(),
    pausesDataPump: draft.pausesDataPump,
  };
  return { plan, startsAt: start.at, endsAt: end.at, faults: [...faults, ...timeFaults(plan, from)], asks };
}

interface ReadTime {
  readonly at: Temporal.Instant | undefined;
  readonly faults: readonly FieldFault[];
  readonly asks: readonly Ask[];
}

function readTime(field: 'start' | 'end', local: string, occurrence: Occurrence | undefined): ReadTime {
  const time = fromCentral(local, occurrence);
  switch (time.kind) {
    case 'moment':
      return { at: time.at, faults: [], asks: [] };
    case 'no-such-day':
      return { at: undefined, faults: [{ at: field, message: `${local} is no day or no time of a day.` }], asks: [] };
    case 'gap':
      return { at: undefined, faults: [{ at: field, message: gapSentence(local, time) }], asks: [] };
    case 'twice':
      return { at: undefined, faults: [], asks: [{ field, sentence: twiceSentence(local), ...momentsOf(time) }] };
    default:
      return time satisfies never;
  }
}

const momentsOf = ({ first, second }: CentralTime & { kind: 'twice' }) => ({ first, second });

function gapSentence(local: string, gap: CentralTime & { kind: 'gap' }): string {
  return `${sayClock(local)} on ${sayDay(local)} does not exist in Central Time: that night the clocks go from ${gap.before} straight to ${gap.after}. Choose a time up to ${gap.before} or from ${gap.after}.`;
}

function twiceSentence(local: string): string {
  return `${sayClock(local)} on ${sayDay(local)} comes twice in Central Time: the clocks go back that night.`;
}

function timeFaults(
  plan: WindowPlan,
  { now, before }: { now: Temporal.Instant; before: MaintenanceWindow | undefined },
): readonly FieldFault[] {
  const isAfter = (a: Temporal.Instant, b: Temporal.Instant) => Temporal.Instant.compare(a, b) > 0;
  const faults: FieldFault[] = [];
  if (!isAfter(plan.endsAt, plan.startsAt)) {
    return [{ at: 'end', message: `The end is not after the start (${sayCentral(plan.startsAt)}).` }];
  }
  const isEndKept = before?.endsAt.equals(plan.endsAt) ?? false;
  const mayEndNow = before !== undefined && isInForce(before, now);
  if (!isAfter(plan.endsAt, now) && !isEndKept && !mayEndNow)
    faults.push({ at: 'end', message: `The window would be over already: it is ${sayCentral(now)}.` });
  const isStartKept = before?.startsAt.equals(plan.startsAt) ?? false;
  if (!isStartKept && faults.length === 0 && isAfter(now.subtract({ minutes: BEGUN_MINUTES_MAX }), plan.startsAt))
    faults.push({
      at: 'start',
      message: `The start is more than an hour ago: it is ${sayCentral(now)}. Begin now, or later.`,
    });
  if (!isStartKept && isAfter(plan.startsAt, now.add({ hours: 24 * AHEAD_DAYS_MAX })))
    faults.push({ at: 'start', message: 'The start is more than three years ahead. Plan it nearer to its time.' });
  return faults;
}

/** What of a window that is over may not be changed any more; its description and its Active may. */
export function whatOverForbids(
  before: MaintenanceWindow,
  plan: WindowPlan,
  now: Temporal.Instant,
): string | undefined {
  if (stateOf(before, now) !== 'over') return undefined;
  if (plan.isActive && !before.isActive) return 'it can’t be made active again';
  const isSame =
    before.startsAt.equals(plan.startsAt) &&
    before.endsAt.equals(plan.endsAt) &&
    before.message.en === plan.message.en &&
    before.message.es === plan.message.es &&
    before.appliesToAll === plan.appliesToAll &&
    before.pages.join() === plan.pages.join() &&
    before.pausesDataPump === plan.pausesDataPump;
  return isSame ? undefined : 'what it closed, when and with which words can’t be changed';
}
