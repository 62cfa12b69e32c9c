import { verifyBackup } from '@causeway/server/operator';
import type { Command } from 'commander';
import { answer, EXIT, explain, say } from '../operator.ts';

/** `causeway backup verify DIR`: reads all of it; needs no database. Exit 1 when it is damaged. */
export function registerBackupVerify(backup: Command): void {
  backup
    .command('verify')
    .description('read a whole backup and compare it with its list')
    .argument('<folder>', 'the backup')
    .option('--json', 'answer as JSON')
    .action(async (folder: string, options: { json?: boolean }) => {
      try {
        const manifest = await verifyBackup(folder);
        answer(options.json, { isSound: true, ...manifest }, () => [
          `Sound: ${manifest.files} files, everything up to ${manifest.finishedAt}, Causeway ${manifest.version}, PostgreSQL ${manifest.postgres}.`,
        ]);
      } catch (cause) {
        explain(cause);
        if (options.json) answer(true, { isSound: false }, () => []);
        else say('It can’t be restored.');
        process.exitCode = EXIT.problemsFound;
      }
    });
}
