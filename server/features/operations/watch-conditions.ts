import { sql } from 'kysely';
import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Billers } from '../billers/index.ts';
import { advanceAlert } from './advance-alert.ts';
import {
  type AlertRow,
  type AlertSettings,
  changeAlert,
  deleteAlert,
  insertAlert,
  readOpenAlerts,
  readSettings,
} from './alert-store.ts';
import { CONDITION_WORDS, type Condition, type ConditionRule } from './conditions.ts';
import { measureAlerts } from './measure-alerts.ts';
import { messageBody } from './message-text.ts';
import type { Observation } from './observation.ts';
import { OBSERVERS } from './observe-conditions.ts';
import { deleteProcess, deleteStatesOf, readProcesses, replaceProcess } from './process-store.ts';
import { queueMessages, type Telling } from './queue-messages.ts';
import { FORGOTTEN_MS, isVanished, pairReplacements } from './vanished.ts';

const LOCK_KEY = 7_281_011;
/** Alerts kept open at once; a disaster that makes more of them is told by these. */
const SEEN_MAX = 2_000;
const MINUTE_MS = 60_000;

export type WatchDeps = Pick<Platform, 'clock' | 'config' | 'database' | 'log' | 'metrics' | 'publicUrl' | 'random'> & {
  readonly billers: Pick<Billers, 'list'>;
};

/**
 * Looks at every condition once. One process at a time does it; what is decided is committed together with the messages
 * that tell of it, and the open alert of a subject is unique, so that nothing is told twice however many workers watch.
 */
export async function watchConditions(deps: WatchDeps): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const lock = await sql<{ is_mine: boolean }>`select pg_try_advisory_xact_lock(${LOCK_KEY}) as is_mine`.execute(tx);
    if (!lock.rows[0]?.is_mine) return;
    await tidyProcesses(tx);
    const settings = await readSettings(tx);
    const names = new Map((await deps.billers.list()).map(({ bid, name }) => [bid, name]));
    const { seen, isKnown } = await observe(deps, { settings, names });
    await decide(deps, tx, { settings, names, seen, isKnown });
    await measureAlerts(deps, tx);
  });
}

/** Processes that were replaced, or that nobody waits for any more, are forgotten. */
async function tidyProcesses(tx: Tx): Promise<void> {
  const processes = await readProcesses(tx);
  const pairs = pairReplacements(processes);
  for (const pair of pairs) await replaceProcess(tx, pair);
  for (const one of processes) if (one.ageMs > FORGOTTEN_MS) await deleteProcess(tx, one.id);
  const vanished = processes.filter(isVanished).map((one) => one.id);
  await deleteStatesOf(tx, vanished);
}

interface Seen {
  readonly seen: ReadonlyMap<string, Observation>;
  /** Whether a condition could be looked at: what could not be is neither seen nor gone. */
  readonly isKnown: (condition: Condition) => boolean;
}

const keyOf = (one: { condition: Condition; subject: string }): string => `${one.condition} ${one.subject}`;

async function observe(
  deps: WatchDeps,
  from: { settings: AlertSettings; names: ReadonlyMap<number, string> },
): Promise<Seen> {
  const ruleOf = (condition: Condition): ConditionRule =>
    from.settings.rules.get(condition) ?? CONDITION_WORDS[condition].standard;
  const unknown = new Set<Condition>();
  const seen = new Map<string, Observation>();
  const nameOf = (bid: number): string => from.names.get(bid) ?? `biller ${bid}`;
  const isDatabaseEmbedded = deps.config.databaseUrl === undefined;
  for (const observer of OBSERVERS) {
    if (!observer.of.some((condition) => ruleOf(condition).isOn)) continue;
    try {
      const found = await deps.database.withSystem((tx) =>
        observer.observe(tx, { now: deps.clock.now(), ruleOf, nameOf, isDatabaseEmbedded }),
      );
      for (const one of found.filter(({ condition }) => ruleOf(condition).isOn)) {
        // What there was no room for must not look as if it were over.
        if (seen.size < SEEN_MAX) seen.set(keyOf(one), one);
        else unknown.add(one.condition);
      }
    } catch (cause) {
      for (const condition of observer.of) unknown.add(condition);
      deps.log.warn({ err: cause, conditions: observer.of }, 'a condition could not be looked at');
    }
  }
  return { seen, isKnown: (condition) => !unknown.has(condition) };
}

interface Decision extends Seen {
  readonly settings: AlertSettings;
  readonly names: ReadonlyMap<number, string>;
}

async function decide(deps: WatchDeps, tx: Tx, from: Decision): Promise<void> {
  const open = new Map((await readOpenAlerts(tx)).map((row) => [keyOf(row), row]));
  const told: Told[] = [];
  for (const key of new Set([...open.keys(), ...from.seen.keys()])) {
    const row = open.get(key);
    const seen = from.seen.get(key);
    const condition = row?.condition ?? seen?.condition;
    if (!condition || !from.isKnown(condition)) continue;
    const one = await decideOne(deps, tx, { ...from, row, seenNow: seen, condition });
    if (one) told.push(one);
  }
  await tell(deps, tx, { told, names: from.names });
}

/** An alert that begins or is over with this look. */
interface Told {
  readonly row: AlertRow;
  readonly kind: 'opened' | 'recovered';
}

async function decideOne(
  deps: WatchDeps,
  tx: Tx,
  from: Decision & { row: AlertRow | undefined; seenNow: Observation | undefined; condition: Condition },
): Promise<Told | undefined> {
  const { row, seenNow, condition } = from;
  const words = CONDITION_WORDS[condition];
  const rule = from.settings.rules.get(condition) ?? words.standard;
  const now = deps.clock.now();
  const nowMs = now.epochMilliseconds;
  const sinceMs = Math.min(nowMs, seenNow?.since?.epochMilliseconds ?? nowMs);
  const step = advanceAlert(
    row && {
      firstSeenMs: row.first_seen_at.epochMilliseconds,
      isTold: row.told_at !== null,
      goneSinceMs: row.gone_since?.epochMilliseconds ?? null,
    },
    {
      isSeen: seenNow !== undefined,
      sinceMs,
      nowMs,
      afterMs: rule.afterMinutes * MINUTE_MS,
      goneMs: rule.isOn ? words.goneMinutes * MINUTE_MS : 0,
    },
  );
  const since = Temporal.Instant.fromEpochMilliseconds(sinceMs);
  switch (step) {
    case 'begin':
      if (seenNow) await insertAlert(tx, { seen: seenNow, at: since, toldAt: null });
      return undefined;
    case 'tell': {
      if (!seenNow) return undefined;
      const told = row
        ? { ...row, sentence: seenNow.sentence, told_at: now, gone_since: null }
        : await insertAlert(tx, { seen: seenNow, at: since, toldAt: now });
      if (!told) return undefined;
      if (row) await changeAlert(tx, row.id, { sentence: seenNow.sentence, told_at: now, gone_since: null });
      return { row: told, kind: 'opened' };
    }
    case 'forget':
      if (row) await deleteAlert(tx, row.id);
      return undefined;
    case 'gone':
      if (row) await changeAlert(tx, row.id, { gone_since: now });
      return undefined;
    case 'back':
      if (row && seenNow) await changeAlert(tx, row.id, { gone_since: null, sentence: seenNow.sentence });
      return undefined;
    case 'recover': {
      if (!row) return undefined;
      const recovery = rule.isOn ? 'It is not so any more.' : 'This condition is no longer watched.';
      const over = { gone_since: row.gone_since ?? now, recovered_at: now, recovery };
      await changeAlert(tx, row.id, over);
      return { row: { ...row, ...over }, kind: 'recovered' };
    }
    case 'stay':
      if (row && seenNow && row.sentence !== seenNow.sentence && row.told_at === null)
        await changeAlert(tx, row.id, { sentence: seenNow.sentence });
      return undefined;
    default:
      step satisfies never;
      return undefined;
  }
}

async function tell(
  deps: WatchDeps,
  tx: Tx,
  from: { told: readonly Told[]; names: ReadonlyMap<number, string> },
): Promise<void> {
  const tellings = from.told.map(({ row, kind }): Telling & Told => {
    const billerName = row.bid === null ? null : (from.names.get(row.bid) ?? null);
    const payload = messageBody({ row, kind, billerName, publicUrl: deps.publicUrl });
    return { alertId: row.id, bid: row.bid, kind, payload, row };
  });
  const newMessageId = () => `msg_${deps.random.token(18)}`;
  const counts = await queueMessages(tx, { tellings, at: deps.clock.now(), newMessageId });
  for (const one of tellings) {
    const { condition, subject } = one.row;
    const facts = { condition, subject, destinations: counts.get(one) ?? 0 };
    if (one.kind === 'opened') deps.log.error(facts, 'an alert was opened');
    else deps.log.info(facts, 'an alert is over');
  }
}
