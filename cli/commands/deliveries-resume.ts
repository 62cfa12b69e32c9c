import { resumeLane } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { answer, EXIT, withOperator } from '../operator.ts';
import { parseBid, parseLane } from './lane-arguments.ts';

/** `causeway deliveries resume BID LANE`. */
export function registerDeliveriesResume(deliveries: Command): void {
  deliveries
    .command('resume')
    .description('let a paused lane go on')
    .argument('<bid>', 'the biller', parseBid)
    .argument('<lane>', 'payments-1, settings-1, payments-2 …', parseLane)
    .requiredOption('--reason <text>', 'why, for the audit')
    .option('--json', 'answer as JSON')
    .action((bid: number, lane: string, options: { reason: string; json?: boolean }) =>
      withOperator(async (deps) => {
        await resumeLane(deps, { bid, laneId: `${bid}/${lane}`, reason: options.reason, by: OPERATOR });
        answer(options.json, { lane: `${bid}/${lane}`, isPaused: false }, () => [`Lane ${bid}/${lane} goes on.`]);
        return EXIT.done;
      }),
    );
}
