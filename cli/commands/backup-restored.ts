import { finishRestore, operatorConfig } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { confirmed } from '../confirm.ts';
import { answer, EXIT, explain, say } from '../operator.ts';
import { heldLines } from './backup-restore.ts';

/** `causeway backup restored`: after PostgreSQL's own tools restored the database (or a restore was cut short): holds everything. */
export function registerBackupRestored(backup: Command): void {
  backup
    .command('restored')
    .description(
      'after the database was restored by PostgreSQL’s own tools: pause every lane and hold what may be posted already',
    )
    .option('--yes', 'do it without being asked')
    .option('--json', 'answer as JSON')
    .action(async (options: { yes?: boolean; json?: boolean }, command: Command) => {
      const mayAsk = command.optsWithGlobals<{ input?: boolean }>().input !== false;
      const question =
        'Was this database just restored? Every lane is paused, open payments are held, everybody is signed out.';
      if (!options.yes && !(await confirmed(question, { mayAsk }))) {
        say('Nothing was changed. Run it with --yes after a restore, before anything is started.');
        process.exitCode = EXIT.wrongUsage;
        return;
      }
      try {
        const restored = await finishRestore(operatorConfig(process.env), { by: OPERATOR.name });
        answer(options.json, restored, () => heldLines(restored));
        process.exitCode = EXIT.done;
      } catch (cause) {
        process.exitCode = explain(cause);
      }
    });
}
