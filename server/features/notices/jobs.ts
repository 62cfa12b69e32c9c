import type { JobKind } from '../../platform/jobs.ts';
import { repeatQuickly } from '../../platform/repeat-quickly.ts';
import { type NoticesDeps, sendDueNotices } from './send-notices.ts';

export const SEND_NOTICES_QUEUE = 'send-notices';
const QUICK_MS = 5_000;

/** Sends notices every minute by schedule, and every 5 s in this process so that a receipt arrives while the payer looks. */
export function noticesJobs(deps: NoticesDeps): readonly JobKind<never>[] {
  repeatQuickly(deps, {
    name: SEND_NOTICES_QUEUE,
    everyMs: QUICK_MS,
    act: async () => void (await sendDueNotices(deps)),
  });
  return [{ name: SEND_NOTICES_QUEUE, cron: '* * * * *', work: async () => void (await sendDueNotices(deps)) }];
}
