import type { Platform } from '../../platform/platform.ts';
import { openWorkItem } from '../../platform/work-items.ts';
import { leaseDue, markFailed, markSent, markWaiting, type NoticeRow } from './notice-store.ts';

/** Emails handed to the mail server in one run; what is left comes in the next, seconds later. */
const BATCH_MAX = 20;
/** Longer than one message may take on a slow mail server (20 s each). */
const LEASE_MINUTES = 10;
/** Waits after the 1st, 2nd … failed try: 1 min, 5 min, 30 min, 2 h, 6 h, 12 h, 24 h; then it has failed. */
const RETRY_MINUTES = [1, 5, 30, 120, 360, 720, 1440] as const;
/** How often it is looked whether a mail server was configured meanwhile. */
const UNSET_WAIT_MINUTES = 1;
const ERROR_CHARS_MAX = 500;
const NO_MAIL_SERVER = 'no mail server is configured';

export type NoticesDeps = Pick<Platform, 'database' | 'clock' | 'timers' | 'mailer' | 'log'>;

/**
 * Sends what is due, of all billers. Leased before sending and marked after it: two processes do not send the same one,
 * and a process that dies between the two sends it again (an email twice is better than none). Without a mail server
 * notices stay queued, and their tries are not counted. Returns how many left.
 */
export async function sendDueNotices(deps: NoticesDeps): Promise<number> {
  const now = deps.clock.now();
  const leased = await deps.database.withSystem((tx) =>
    leaseDue(tx, { now, leaseUntil: now.add({ minutes: LEASE_MINUTES }), max: BATCH_MAX }),
  );
  let sent = 0;
  for (const row of leased) if (await sendOne(deps, row)) sent += 1;
  return sent;
}

async function sendOne(deps: NoticesDeps, row: NoticeRow): Promise<boolean> {
  const answer = await deps.mailer.send({
    to: row.to_address,
    subject: row.subject,
    text: row.body_text,
    html: row.body_html,
    headers: { 'X-Causeway-Notice': `${row.bid}-${row.id}`, 'Auto-Submitted': 'auto-generated' },
  });
  const now = deps.clock.now();
  if (answer.ok) {
    await deps.database.withBiller(row.bid, (tx) => markSent(tx, row, now));
    return true;
  }
  const error = answer.why.slice(0, ERROR_CHARS_MAX);
  if (answer.why === NO_MAIL_SERVER) {
    const nextAt = now.add({ minutes: UNSET_WAIT_MINUTES });
    await deps.database.withBiller(row.bid, (tx) =>
      markWaiting(tx, row, { nextAt, error, attempts: row.attempts - 1 }),
    );
    return false;
  }
  const waitMinutes = RETRY_MINUTES[row.attempts - 1];
  if (answer.permanent || waitMinutes === undefined) {
    await deps.database.withBiller(row.bid, async (tx) => {
      await markFailed(tx, row, error);
      await openWorkItem(tx, {
        bid: row.bid,
        kind: 'notice-failed',
        subject: String(row.id),
        sentence: `The email “${row.subject}” to ${row.to_address} could not be delivered: ${error}. Correct the address with the payer and send it again, or send it on paper.`,
        detail: { noticeId: row.id, kind: row.kind, paymentId: row.payment_id, accountNumber: row.account_number },
        at: now,
      });
    });
    return false;
  }
  await deps.database.withBiller(row.bid, (tx) =>
    markWaiting(tx, row, { nextAt: now.add({ minutes: waitMinutes }), error, attempts: row.attempts }),
  );
  return false;
}
