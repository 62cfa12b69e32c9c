import { auditCheckpointSchema, isCheckpointWhole, isOwnCheckpoint, verifyAudits } from '@causeway/server/operator';
import type { Command } from 'commander';
import { answer, EXIT, say, withOperator } from '../operator.ts';
import { readJsonFile } from '../read-json-file.ts';

/** `causeway audit verify`: walks every hash chain; exit 1 when one was changed. */
export function registerAuditVerify(audit: Command): void {
  audit
    .command('verify')
    .description('check that no audit entry was changed, removed, reordered or cut off')
    .option('--checkpoint <file>', 'a file of `causeway audit checkpoint`: finds cut tails and rewritten chains too')
    .option('--json', 'answer as JSON')
    .action((options: { checkpoint?: string; json?: boolean }) =>
      withOperator(async (deps) => {
        const read =
          options.checkpoint === undefined
            ? undefined
            : auditCheckpointSchema.safeParse(readJsonFile(options.checkpoint));
        if (read && (!read.success || !isCheckpointWhole(read.data))) {
          say('That file is no checkpoint, or is not as it was written: use another copy of it.');
          return EXIT.refused;
        }
        if (read?.data && !(await isOwnCheckpoint(deps, read.data))) {
          say('That checkpoint was made by another installation, so it says nothing about this one.');
          return EXIT.refused;
        }
        const { isSound, chains, events, faults } = await verifyAudits(
          deps,
          read?.data ? { checkpoint: read.data } : {},
        );
        answer(options.json, { isSound, events, chains, faults }, () => [
          ...chains.map(
            (verdict) => `${verdict.chain.padEnd(12)} ${verdict.ok ? `sound, ${verdict.events}` : verdict.fault}`,
          ),
          ...faults,
          isSound
            ? `Every chain is sound: ${events} ${events === 1 ? 'entry' : 'entries'}${read?.data ? `, and all that was there on ${read.data.at} still is` : ''}.`
            : 'At least one chain was changed. Tell who looks after security.',
        ]);
        return isSound ? EXIT.done : EXIT.problemsFound;
      }),
    );
}
