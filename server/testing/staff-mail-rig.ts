import { identitiesJobs } from '../features/identities/index.ts';
import type { Mail } from '../platform/mail.ts';
import { withTestPlatform } from './platform.ts';
import { withBillersApp } from './staff.ts';

/** Identities behind HTTP with a mail server: what was queued, and what was sent once `sendQueued` ran. */
export async function withStaffMail(environment: Record<string, string> = {}) {
  const sent: Mail[] = [];
  const queued: object[] = [];
  const opened = await withTestPlatform({
    environment: { CAUSEWAY_SMTP_URL: 'smtp://127.0.0.1:1', ...environment },
    overrides: {
      mailer: {
        send: async (mail) => {
          sent.push(mail);
          return { ok: true, messageId: String(sent.length) };
        },
        close: () => undefined,
      },
    },
  });
  const platform = {
    ...opened.platform,
    jobs: {
      ...opened.platform.jobs,
      send: async (_tx: unknown, _name: string, data: object) => void queued.push(data),
    },
  };
  const made = await withBillersApp(platform);
  const [job] = identitiesJobs(platform);
  return {
    ...opened,
    ...made,
    queued,
    sent,
    /** Does what the worker would: every mail queued so far. */
    sendQueued: async () => {
      for (const data of queued.splice(0)) await job?.work(data as never, AbortSignal.timeout(60_000));
    },
    close: async () => {
      await made.app.close();
      await made.billers.close();
      await opened.close();
    },
  };
}
