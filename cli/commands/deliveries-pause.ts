import { pauseLane } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { answer, EXIT, withOperator } from '../operator.ts';
import { parseBid, parseLane } from './lane-arguments.ts';

/** `causeway deliveries pause BID LANE`. */
export function registerDeliveriesPause(deliveries: Command): void {
  deliveries
    .command('pause')
    .description('hold a lane: nothing is sent, nothing discarded')
    .argument('<bid>', 'the biller', parseBid)
    .argument('<lane>', 'payments-1, settings-1, payments-2 …', parseLane)
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--json', 'answer as JSON')
    .action((bid: number, lane: string, options: { reason: string; json?: boolean }) =>
      withOperator(async (deps) => {
        await pauseLane(deps, { bid, laneId: `${bid}/${lane}`, reason: options.reason, by: OPERATOR });
        answer(options.json, { lane: `${bid}/${lane}`, isPaused: true }, () => [`Lane ${bid}/${lane} is paused.`]);
        return EXIT.done;
      }),
    );
}
