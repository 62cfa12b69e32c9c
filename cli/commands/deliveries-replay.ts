import { replayDeliveries } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { answer, EXIT, say, table, withOperator } from '../operator.ts';
import { dollars, parseBid, parseCount, parseLane } from './lane-arguments.ts';

interface Options {
  readonly id?: readonly number[];
  readonly lane?: string;
  readonly account?: string;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `causeway deliveries replay BID`: what is proven not applied, one or a set; says beforehand what it sends. */
export function registerDeliveriesReplay(deliveries: Command): void {
  deliveries
    .command('replay')
    .description('send again what is proven not applied; --dry-run says what')
    .argument('<bid>', 'the biller', parseBid)
    .option('--id <id...>', 'only these deliveries', (text: string, ids: readonly number[] = []) => [
      ...ids,
      parseCount(text),
    ])
    .option('--lane <lane>', 'only of a lane, as payments-1', parseLane)
    .option('--account <number>', 'only of an account')
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--dry-run', 'say what would be sent, and send nothing')
    .option('--json', 'answer as JSON')
    .action((bid: number, options: Options) =>
      withOperator(async (deps) => {
        const filter = {
          ids: options.id,
          laneId: options.lane && `${bid}/${options.lane}`,
          accountNumber: options.account,
        };
        const from = { bid, filter, reason: options.reason, by: OPERATOR };
        // Also without --dry-run the set is looked at first, and the replay refused if it is another by then.
        const plan = await replayDeliveries(deps, { ...from, isDryRun: true, expectedCount: undefined });
        const rows = plan.willSend.map((one) => [
          String(one.id),
          one.kind,
          one.accountNumber,
          one.transactionId ?? '',
          dollars(one.amountCents),
          one.url || 'no endpoint is set',
        ]);
        answer(options.json, plan, () => table(['id', 'kind', 'account', 'transaction', 'amount', 'to'], rows));
        say(
          `${plan.willSend.length} to send, ${dollars(plan.totalCents)} in all; ${plan.needPeople} of the set need a person each.`,
        );
        if (options.dryRun) return EXIT.done;
        await replayDeliveries(deps, { ...from, isDryRun: false, expectedCount: plan.willSend.length });
        say('Queued.');
        return EXIT.done;
      }),
    );
}
