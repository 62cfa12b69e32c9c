import { requireBiller, restoreVersion, SECTION_NAMES } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf, versionOf } from '../arguments.ts';
import { savedLines } from '../configuration-lines.ts';
import { answer, EXIT, say, withOperator } from '../operator.ts';

/** `causeway config restore BID VERSION`: an earlier version in force again, whole or by section. */
export function registerConfigRestore(config: Command): void {
  config
    .command('restore')
    .description('put an earlier version in force again')
    .argument('<bid>', 'the biller', bidOf)
    .argument('<version>', 'the version', versionOf)
    .option('--section <names...>', 'only these sections')
    .option('--reason <text>', 'why, for the history', 'restored by command')
    .option('--json', 'answer as JSON')
    .action((bid: number, version: number, options: { section?: string[]; reason: string; json?: boolean }) =>
      withOperator(async (deps) => {
        const sections = SECTION_NAMES.filter(
          (name) => options.section === undefined || options.section.includes(name),
        );
        const unknown = options.section?.filter((name) => !(SECTION_NAMES as readonly string[]).includes(name)) ?? [];
        if (unknown.length > 0) {
          say(`${unknown.join(', ')}: no such section. There are: ${SECTION_NAMES.join(', ')}.`);
          return EXIT.wrongUsage;
        }
        const biller = await requireBiller(deps, bid);
        const saved = await restoreVersion(deps, {
          bid,
          version,
          expectedVersion: biller.version,
          sections,
          reason: options.reason,
          by: OPERATOR,
        });
        answer(options.json, saved, () => savedLines(saved));
        return EXIT.done;
      }),
    );
}
