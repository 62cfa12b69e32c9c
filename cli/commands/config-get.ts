import { getValue } from '@causeway/server/operator';
import type { Command } from 'commander';
import { bidOf } from '../arguments.ts';
import { answer, EXIT, say, withOperator } from '../operator.ts';

/** `causeway config get BID [PATH]`: the configuration or one value of it; secrets as fingerprints. */
export function registerConfigGet(config: Command): void {
  config
    .command('get')
    .description('show a configuration, or the value at a path such as advancedSettings.8')
    .argument('<bid>', 'the biller', bidOf)
    .argument('[path]', 'a section or a value')
    .option('--json', 'answer as JSON')
    .action((bid: number, path: string | undefined, options: { json?: boolean }) =>
      withOperator(async (deps) => {
        const value = await getValue(deps, bid, path);
        if (value === undefined) {
          say(`Nothing is set at ${path}.`);
          return EXIT.problemsFound;
        }
        answer(options.json, value, () => [typeof value === 'string' ? value : JSON.stringify(value, null, 2)]);
        return EXIT.done;
      }),
    );
}
