import type { JobKind } from '../../platform/jobs.ts';
import { repeatQuickly } from '../../platform/repeat-quickly.ts';
import type { PaymentsDeps } from './deps.ts';
import { askAboutDuePayments, pollProcessorEvents } from './janitor.ts';

export const ASK_PROCESSOR_QUEUE = 'ask-processor';
const QUICK_MS = 5_000;

/** Payments without an answer are asked about every 5 s in this process, and every minute by schedule, with the event poll. */
export function paymentsJobs(deps: PaymentsDeps): readonly JobKind<never>[] {
  repeatQuickly(deps, {
    name: ASK_PROCESSOR_QUEUE,
    everyMs: QUICK_MS,
    act: async () => void (await askAboutDuePayments(deps)),
  });
  return [
    {
      name: ASK_PROCESSOR_QUEUE,
      cron: '* * * * *',
      work: async () => {
        await askAboutDuePayments(deps);
        await pollProcessorEvents(deps);
      },
    },
  ];
}
