import { requireBiller, restoreVersion } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf, versionOf } from '../arguments.ts';
import { savedLines } from '../configuration-lines.ts';
import { answer, EXIT, withOperator } from '../operator.ts';
import { sectionOption, sectionsNamed } from '../section-option.ts';

/** `causeway config restore BID VERSION`: an earlier version in force again, whole or by section. */
export function registerConfigRestore(config: Command): void {
  config
    .command('restore')
    .description('put an earlier version in force again')
    .argument('<bid>', 'the biller', bidOf)
    .argument('<version>', 'the version', versionOf)
    .addOption(sectionOption())
    .option('--reason <text>', 'why, for the history', 'restored by command')
    .option('--json', 'answer as JSON')
    .action((bid: number, version: number, options: { section?: string[]; reason: string; json?: boolean }) =>
      withOperator(async (deps) => {
        const biller = await requireBiller(deps, bid);
        const saved = await restoreVersion(deps, {
          bid,
          version,
          expectedVersion: biller.version,
          sections: sectionsNamed(options.section),
          reason: options.reason,
          by: OPERATOR,
        });
        answer(options.json, saved, () => savedLines(saved));
        return EXIT.done;
      }),
    );
}
