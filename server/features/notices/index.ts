/** Emails to payers: queued in the transaction that causes them, sent later, seen by staff. */
export { noticesJobs, SEND_NOTICES_QUEUE } from './jobs.ts';
export type { NewNotice } from './notice.ts';
export { countFailedNotices, readMailTrouble } from './overview-reads.ts';
export { queueNotice } from './queue-notice.ts';
export { type Receipt, receiptNotice } from './receipt.ts';
export { registerNoticesRoutes } from './routes.ts';
export { type NoticesDeps, sendDueNotices } from './send-notices.ts';
