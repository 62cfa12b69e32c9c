import { FINISHED_STATES } from '../delivery-states.ts';
import type { RunResult, World } from './world.ts';

/** The moment bytes leave: an earlier payment of the account must be finished, and this one's intent committed. */
export function checkSend(world: World, transactionId: string): void {
  const row = [...world.tables.rows.values()].find(
    (one) => one.payload.kind === 'payment' && one.payload.posting.transactionId === transactionId,
  );
  if (!row) return;
  world.trace.note(`send ${row.id}`);
  for (const other of world.tables.rows.values()) {
    const isEarlier = other.kind === 'payment' && other.accountNumber === row.accountNumber && other.id < row.id;
    if (isEarlier && !FINISHED_STATES.includes(other.state))
      world.faults.push(`order: ${row.id} was sent while ${other.id} was ${other.state}`);
  }
}

/** What is true at the end: the partner’s ledger against what Causeway says, payment by payment. */
export function judge(world: World): RunResult {
  const faults = [...world.faults, ...world.tables.breaches];
  const rows = [...world.tables.rows.values()];
  for (const row of rows) {
    if (!FINISHED_STATES.includes(row.state)) faults.push(`stuck: ${row.kind} ${row.id} is ${row.state}`);
    if (row.payload.kind !== 'payment') continue;
    const { transactionId } = row.payload.posting;
    const times = world.partner.ledger.filter((entry) => entry.transactionId === transactionId).length;
    if (times > 1) faults.push(`doubled: payment ${row.id} stands ${times} times in the partner’s ledger`);
    if (row.state === 'posted' && times === 0) faults.push(`lost: payment ${row.id} is posted here and not there`);
    if (row.state === 'not_sent' && times > 0) faults.push(`returned and posted: payment ${row.id}`);
  }
  for (const [name, isOn] of world.wanted) {
    const [account = '', kind] = name.split(' ');
    const there = world.partner.accounts.get(account)?.[kind === 'paperless' ? 'paperless' : 'autopay'];
    const newest = rows.findLast((row) => row.accountNumber === account && row.kind === kind);
    if (newest?.state === 'posted' && there !== isOn) faults.push(`lost: ${name} is ${String(there)} there`);
  }
  const { unknowns, byEvidence } = world.counts;
  const payments = rows.filter((row) => row.kind === 'payment').length;
  return {
    seed: world.seed,
    faults,
    payments,
    unknowns,
    byEvidence,
    eventHash: world.trace.hash(),
    events: world.time.eventCount,
  };
}
