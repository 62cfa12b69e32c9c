import { z } from 'zod';
import type { JobKind } from '../../platform/jobs.ts';
import type { InvoicesDeps } from './biller-reading.ts';
import { importInvoiceFile } from './import-invoice-file.ts';
import { IMPORT_QUEUE } from './receive-invoice-file.ts';
import { takeUpWaitingFiles } from './take-up-waiting-files.ts';

const dataSchema = z.strictObject({ bid: z.int().positive(), fileId: z.uuid() });

const TAKE_UP_QUEUE = 'take-up-invoice-files';

/** The queues this feature's jobs are sent to. */
export const INVOICES_QUEUES = [IMPORT_QUEUE, TAKE_UP_QUEUE] as const;

/** The background work of this feature: loading uploaded files, one at a time in each process, and those whose job was given up. */
export function invoicesJobs(deps: InvoicesDeps): readonly JobKind<never>[] {
  const importFile: JobKind<z.infer<typeof dataSchema>> = {
    name: IMPORT_QUEUE,
    concurrency: 1,
    work: async (data) => await importInvoiceFile(deps, dataSchema.parse(data)),
  };
  const takeUp: JobKind<object> = {
    name: TAKE_UP_QUEUE,
    cron: '*/5 * * * *',
    work: async (_data, signal) => await takeUpWaitingFiles(deps, signal),
  };
  return [importFile, takeUp];
}
