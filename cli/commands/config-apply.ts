import fs from 'node:fs';
import { planApply, SECTION_NAMES } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf } from '../arguments.ts';
import { differenceLines, faultLines, savedLines } from '../configuration-lines.ts';
import { answer, EXIT, say, withOperator } from '../operator.ts';

interface Options {
  section?: string[];
  yes?: boolean;
  reason: string;
  json?: boolean;
}

/** `causeway config apply BID FILE`: prints the plan; changes something only with `--yes`. */
export function registerConfigApply(config: Command): void {
  config
    .command('apply')
    .description('bring an exported configuration to this biller: prints the plan, applies it with --yes')
    .argument('<bid>', 'the biller', bidOf)
    .argument('<file>', 'an exported configuration')
    .option('--section <names...>', 'only these sections')
    .option('--yes', 'apply the plan')
    .option('--reason <text>', 'why, for the history', 'applied by command')
    .option('--json', 'answer as JSON')
    .action((bid: number, file: string, options: Options) =>
      withOperator(async (deps) => {
        const sections = SECTION_NAMES.filter(
          (name) => options.section === undefined || options.section.includes(name),
        );
        const plan = await planApply(deps, { bid, file: JSON.parse(fs.readFileSync(file, 'utf8')), sections });
        const { differences, faults, missingSecrets, clearedSecrets } = plan;
        const isWorking = !faults.some((fault) => fault.severity === 'error');
        if (!options.yes || !isWorking) {
          answer(options.json, { differences, faults, missingSecrets, clearedSecrets, isWorking }, () => [
            differences.length === 0 ? 'Nothing would change.' : `${differences.length} value(s) would change:`,
            ...differenceLines(differences),
            ...missingSecrets.map((place) => `! ${place} has no secret here; set it afterwards.`),
            ...clearedSecrets.map(
              (number) => `! The secret of setting ${number} would be taken out: its address leads to another host.`,
            ),
            ...faultLines(faults),
          ]);
          if (isWorking && differences.length > 0) say('Nothing was changed. Run it again with --yes to apply.');
          return isWorking ? EXIT.done : EXIT.problemsFound;
        }
        const saved = await plan.apply(options.reason, OPERATOR);
        answer(options.json, saved, () => savedLines(saved));
        return EXIT.done;
      }),
    );
}
