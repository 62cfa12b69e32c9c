import { once } from 'node:events';
import { exportAudit } from '@causeway/server/operator';
import { type Command, Option } from 'commander';
import { bidOf } from '../arguments.ts';
import { EXIT, withOperator } from '../operator.ts';

/** `causeway audit export`: every entry, newest first, as JSON Lines or CSV on stdout. */
export function registerAuditExport(audit: Command): void {
  audit
    .command('export')
    .description('write the audit as JSON Lines or CSV, newest first')
    .option('--bid <number>', 'only this biller', bidOf)
    .addOption(new Option('--format <name>', 'jsonl or csv').choices(['jsonl', 'csv']).default('jsonl'))
    .action((options: { bid?: number; format: 'jsonl' | 'csv' }) =>
      withOperator(async (deps) => {
        const reach = options.bid === undefined ? ('all' as const) : { bid: options.bid };
        for await (const part of exportAudit(deps.database, { reach, filter: {}, format: options.format })) {
          if (!process.stdout.write(part)) await once(process.stdout, 'drain');
        }
        return EXIT.done;
      }),
    );
}
