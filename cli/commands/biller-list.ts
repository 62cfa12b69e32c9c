import type { Command } from 'commander';
import { answer, EXIT, table, withOperator } from '../operator.ts';

/** `causeway biller list`. */
export function registerBillerList(biller: Command): void {
  biller
    .command('list')
    .description('list the billers')
    .option('--json', 'answer as JSON')
    .action((options: { json?: boolean }) =>
      withOperator(async (deps) => {
        const billers = await deps.billers.list();
        answer(options.json, billers, () =>
          table(
            ['BID', 'slug', 'name'],
            billers.map((biller) => [String(biller.bid), biller.slug, biller.name]),
          ),
        );
        return EXIT.done;
      }),
    );
}
