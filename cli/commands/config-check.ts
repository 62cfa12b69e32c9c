import { checkBiller } from '@causeway/server/operator';
import type { Command } from 'commander';
import { bidOf } from '../arguments.ts';
import { faultLines } from '../configuration-lines.ts';
import { answer, EXIT, withOperator } from '../operator.ts';

/** `causeway config check BID`: every fault; exit 1 when one is an error. */
export function registerConfigCheck(config: Command): void {
  config
    .command('check')
    .description('check a configuration against every rule')
    .argument('<bid>', 'the biller', bidOf)
    .option('--json', 'answer as JSON')
    .action((bid: number, options: { json?: boolean }) =>
      withOperator(async (deps) => {
        const faults = await checkBiller(deps, bid);
        const isWorking = !faults.some((fault) => fault.severity === 'error');
        answer(options.json, { isWorking, faults }, () => (faults.length === 0 ? ['No fault.'] : faultLines(faults)));
        return isWorking ? EXIT.done : EXIT.problemsFound;
      }),
    );
}
