import { type ApplyPlan, planApply } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf } from '../arguments.ts';
import { savedLines } from '../configuration-lines.ts';
import { confirmed } from '../confirm.ts';
import { answer, EXIT, say, withOperator } from '../operator.ts';
import { planLines } from '../plan-lines.ts';
import { readJsonFile } from '../read-json-file.ts';
import { sectionOption, sectionsNamed } from '../section-option.ts';

interface Options {
  section?: string[];
  yes?: boolean;
  reason: string;
  json?: boolean;
}

/** `causeway config apply BID FILE`: prints the plan, asks, and does exactly that; `--yes` answers the question. */
export function registerConfigApply(config: Command): void {
  config
    .command('apply')
    .description('bring an exported configuration to this biller: prints the plan, asks, and applies exactly that')
    .argument('<bid>', 'the biller', bidOf)
    .argument('<file>', 'an exported configuration')
    .addOption(sectionOption())
    .option('--yes', 'apply without being asked')
    .option('--reason <text>', 'why, for the history', 'applied by command')
    .option('--json', 'answer as JSON; applies only with --yes')
    .action((bid: number, file: string, options: Options, command: Command) =>
      withOperator(async (deps) => {
        const plan = await planApply(deps, { bid, file: readJsonFile(file), sections: sectionsNamed(options.section) });
        const isWorking = !plan.faults.some((fault) => fault.severity === 'error');
        if (!isWorking || plan.differences.length === 0 || (options.json && !options.yes)) {
          tellPlan(plan, isWorking, options.json);
          return isWorking ? EXIT.done : EXIT.problemsFound;
        }
        if (!options.yes) {
          tellPlan(plan, isWorking, false);
          const mayAsk = command.optsWithGlobals<{ input?: boolean }>().input !== false;
          if (!(await confirmed(`Apply this to biller ${bid}?`, { mayAsk }))) {
            say('Nothing was changed. Run it again with --yes to apply.');
            return mayAsk ? EXIT.done : EXIT.refused;
          }
        } else if (!options.json) for (const line of planLines(plan)) say(line);
        const saved = await plan.apply({ reason: options.reason, by: OPERATOR });
        answer(options.json, saved, () => savedLines(saved));
        return EXIT.done;
      }),
    );
}

function tellPlan(plan: ApplyPlan, isWorking: boolean, isJson: boolean | undefined): void {
  const { apply: _apply, ...data } = plan;
  answer(isJson, { ...data, isWorking }, () => planLines(plan));
}
