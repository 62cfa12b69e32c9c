import { operatorConfig, type Restored, restoreInstallation, VERSION } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { answer, EXIT, explain, say } from '../operator.ts';

/** `causeway backup restore DIR`: into the empty folder of CAUSEWAY_DATA; every lane is paused afterwards. */
export function registerBackupRestore(backup: Command): void {
  backup
    .command('restore')
    .description('restore a backup into the empty folder of CAUSEWAY_DATA; every lane starts paused')
    .argument('<folder>', 'the backup')
    .option('--over <name>', 'move the data that is there aside: the name of the data folder, typed')
    .option('--json', 'answer as JSON')
    .action(async (folder: string, options: { over?: string; json?: boolean }) => {
      try {
        const restored = await restoreInstallation(operatorConfig(process.env), {
          folder,
          ...(options.over !== undefined && { over: options.over }),
          version: VERSION,
          by: OPERATOR.name,
          progress: say,
        });
        answer(options.json, restored, () => [
          `Restored: everything up to ${restored.finishedAt}.`,
          ...heldLines(restored),
        ]);
        process.exitCode = EXIT.done;
      } catch (cause) {
        process.exitCode = explain(cause);
      }
    });
}

/** What waits for people after a restore, and what to do next. */
export function heldLines(restored: Restored): readonly string[] {
  const { heldPayments, untakenPayments, sessionsEnded, linksEnded, letIn } = restored;
  return [
    `Every lane is paused; ${heldPayments} payments that may have been posted since are held, ${untakenPayments} that were not taken yet will be.`,
    `Everybody is signed out (${sessionsEnded}), and ${linksEnded} links to set a password have ended.`,
    'People and credentials are let in as in the backup, also those shut out since. These can come in:',
    ...letIn.people.map(
      (one) => `  ${one.email} (${one.roles.join(', ')}${one.bid === null ? '' : `, biller ${one.bid}`})`,
    ),
    ...letIn.credentials.map((one) => `  credential ${one.bid} ${one.id} “${one.name}”`),
    'Before anything is started, shut out who must not: `causeway user disable EMAIL`, `causeway credential revoke BID ID`.',
    'Next: start Causeway, reconcile each biller with its partner, decide what is held, then resume the lanes.',
  ];
}
