import type { Random } from '../../../platform/random.ts';
import { type ActRequest, actOnHeld } from '../act-on-held.ts';
import type { Family } from '../delivery.ts';
import type { MemoryRow, MemoryTables } from './memory-store.ts';
import type { ModelPartner } from './model-partner.ts';
import type { VirtualTime } from './virtual-time.ts';

const LOOK_MS = 20 * 60_000;
/** From asking the partner on the telephone to pressing the button. */
const THINK_MS_MAX = 600_000;

interface StaffWorld {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly tables: MemoryTables;
  readonly partner: ModelPartner;
  readonly trace: { note(text: string): void };
  readonly isCareless: boolean;
  readonly onAct: (family: Family) => void;
}

/** Two people who look at what is held, ask the partner on the telephone, and decide, each at the version they saw. */
export function startStaff(world: StaffWorld): void {
  const { time, random } = world;
  const look = (): void => {
    for (const row of world.tables.rows.values()) {
      if (row.state !== 'held' || random.fraction() < 0.3) continue;
      consider(world, row);
      // Both see the same screen now and then, and both press.
      if (random.fraction() < 0.3) consider(world, row);
    }
    time.after(LOOK_MS * (0.5 + random.fraction()), look);
  };
  time.after(LOOK_MS, look);
}

function consider(world: StaffWorld, seen: MemoryRow): void {
  const { time, random, tables } = world;
  const isThere = seen.payload.kind === 'payment' && world.partner.has(seen.payload.posting.transactionId);
  const request = choose(world, seen, isThere);
  time.after(random.fraction() * THINK_MS_MAX, () => {
    const now = tables.rows.get(seen.id);
    if (!now) return;
    const shown = world.isCareless ? now : seen;
    const careless = world.isCareless
      ? { ...now, state: 'held' as const, heldKind: 'unknown' as const, readings: [] }
      : undefined;
    const answer = actOnHeld(careless ?? shown, { ...request, atMs: time.nowMs });
    if (answer.kind === 'refused') return;
    const isDone = tables.act({
      id: seen.id,
      version: world.isCareless ? now.version : seen.version,
      change: answer.change,
    });
    if (!isDone) return;
    world.trace.note(`staff ${request.act} ${seen.id}`);
    world.onAct(seen.kind === 'payment' ? 'payments' : 'settings');
  });
}

function choose(world: StaffWorld, row: MemoryRow, isThere: boolean): Omit<ActRequest, 'atMs'> {
  const { random } = world;
  const nobody = { askedBy: undefined, reference: undefined };
  if (row.heldKind !== 'unknown') {
    const act =
      row.kind === 'payment' && row.heldKind === 'rejected' && random.fraction() < 0.3 ? 'return-to-payer' : 'replay';
    return { act, by: 'ann', ...nobody };
  }
  if (world.isCareless) return { act: 'post-again', by: 'bob', askedBy: 'ann', reference: undefined };
  if (random.fraction() < 0.1) return { act: 'check-again', by: 'ann', ...nobody };
  if (isThere) return { act: 'confirm-posted', by: 'ann', askedBy: undefined, reference: 'by telephone' };
  // Not there, yet the figures look as if it were: an equal movement by someone else. It is never posted again on that.
  const looksApplied = row.readings.at(-1)?.verdict === 'E1';
  if (looksApplied) return { act: 'return-to-payer', by: 'ann', ...nobody };
  return random.fraction() < 0.5
    ? { act: 'post-again', by: 'bob', askedBy: 'ann', reference: undefined }
    : { act: 'return-to-payer', by: 'ann', ...nobody };
}
