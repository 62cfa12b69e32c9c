import { readDeliveries } from '@causeway/server/operator';
import { type Command, Option } from 'commander';
import { answer, EXIT, table, withOperator } from '../operator.ts';
import { dollars, parseBid, parseCount } from './lane-arguments.ts';

const STATES = ['queued', 'sending', 'waiting', 'unknown', 'held', 'posted', 'not_sent', 'superseded'] as const;

interface Options {
  readonly state?: (typeof STATES)[number];
  readonly account?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `causeway deliveries list BID`: the newest first. */
export function registerDeliveriesList(deliveries: Command): void {
  deliveries
    .command('list')
    .description('list what was or is to be posted, newest first')
    .argument('<bid>', 'the biller', parseBid)
    .addOption(new Option('--state <state>', 'only those in a state').choices(STATES))
    .option('--account <number>', 'only those of an account')
    .option('--limit <n>', 'how many, at most 200', parseCount, 50)
    .option('--json', 'answer as JSON')
    .action((bid: number, options: Options) =>
      withOperator(async (deps) => {
        const filter = { states: options.state && [options.state], accountNumber: options.account };
        const found = await readDeliveries(deps, { bid, filter, limit: options.limit });
        answer(options.json, found, () =>
          table(
            ['id', 'kind', 'account', 'amount', 'state', 'tries', 'recorded', 'reason'],
            found.map((one) => [
              String(one.id),
              one.kind,
              one.accountNumber,
              dollars(one.amountCents),
              one.label ? `${one.state} (${one.label})` : one.state,
              String(one.attempts),
              one.createdAt,
              one.reason ?? '',
            ]),
          ),
        );
        return EXIT.done;
      }),
    );
}
