import { configReference } from '@causeway/server/operator';
import type { Command } from 'commander';
import { answer, table } from '../operator.ts';

/** `causeway config-reference`: every environment variable, from the same list that checks them at start. */
export function registerConfigReference(program: Command): void {
  program
    .command('config-reference')
    .description('list every environment variable, what it means, and what holds when it is unset')
    .option('--json', 'answer as JSON')
    .action((options: { json?: boolean }) => {
      const variables = configReference();
      answer(options.json, variables, () =>
        table(
          ['VARIABLE', 'WHEN UNSET', 'MEANING'],
          variables.map((each) => [each.name, each.fallback, each.meaning]),
        ),
      );
    });
}
