import { readDelivery } from '@causeway/server/operator';
import type { Command } from 'commander';
import { answer, EXIT, withOperator } from '../operator.ts';
import { dollars, parseBid, parseCount } from './lane-arguments.ts';

/** `causeway deliveries show BID ID`: one delivery with its attempts and evidence, redacted. */
export function registerDeliveriesShow(deliveries: Command): void {
  deliveries
    .command('show')
    .description('show one delivery with its attempts and evidence')
    .argument('<bid>', 'the biller', parseBid)
    .argument('<id>', 'the delivery', parseCount)
    .option('--json', 'answer as JSON')
    .action((bid: number, id: number, options: { json?: boolean }) =>
      withOperator(async (deps) => {
        const found = await readDelivery(deps, { bid, id });
        answer(options.json, found, () => [
          `Delivery ${found.id}: ${found.kind} of account ${found.accountNumber}, ${found.state}${found.label ? ` (${found.label})` : ''}`,
          `To ${found.destination.partner}, environment ${found.destination.environment}: ${found.destination.url}`,
          ...(found.transactionId === null
            ? []
            : [`Transaction ${found.transactionId}, ${dollars(found.amountCents)}`]),
          ...(found.reason === null ? [] : [`Why: ${found.reason}`]),
          ...(found.nextAt === null ? [] : [`Next at ${found.nextAt}`]),
          ...found.sentAttempts.map(
            (one) =>
              `  try ${one.n} at ${one.intentAt}: ${one.class ?? 'under way'}${one.httpStatus === null ? '' : ` ${one.httpStatus}`}, permit ${one.permit}`,
          ),
          ...found.readings.map((one) => `  read ${new Date(one.atMs).toISOString()}: ${one.verdict}, ${one.because}`),
        ]);
        return EXIT.done;
      }),
    );
}
