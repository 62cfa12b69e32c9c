import { exportConfiguration } from '@causeway/server/operator';
import type { Command } from 'commander';
import { bidOf } from '../arguments.ts';
import { answer, EXIT, withOperator } from '../operator.ts';

/** `causeway config export BID`: the configuration as JSON on stdout; secrets as fingerprints only. */
export function registerConfigExport(config: Command): void {
  config
    .command('export')
    .description('write a configuration as JSON, without secrets')
    .argument('<bid>', 'the biller', bidOf)
    .option('--json', 'the same; an export is always JSON')
    .action((bid: number) =>
      withOperator(async (deps) => {
        answer(true, await exportConfiguration(deps, bid), () => []);
        return EXIT.done;
      }),
    );
}
