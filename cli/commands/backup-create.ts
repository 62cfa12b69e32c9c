import { backUpInstallation, VERSION } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { answer, EXIT, say, withOperator } from '../operator.ts';

/** `causeway backup create DIR`: the embedded database and the stored files, while everything runs. */
export function registerBackupCreate(backup: Command): void {
  backup
    .command('create')
    .description('back up the embedded database and the stored files into a new folder, while everything runs')
    .argument('<folder>', 'where: not there yet, or empty; outside the data folder')
    .option('--json', 'answer as JSON')
    .action((folder: string, options: { json?: boolean }) =>
      withOperator(async (deps) => {
        const told = { target: folder, version: VERSION, by: OPERATOR.name, progress: say };
        const manifest = await backUpInstallation(deps, told);
        answer(options.json, manifest, () => [
          `${folder}: ${manifest.files} files, ${Math.ceil(manifest.bytes / 1_048_576)} MB; everything up to ${manifest.finishedAt} is in it.`,
        ]);
        say(
          `The master key is not in it: keep it apart. Its id: ${manifest.masterKeyIds.join(', ') || '(none in use)'}.`,
        );
        return EXIT.done;
      }),
    );
}
