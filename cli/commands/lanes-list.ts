import { readLanes } from '@causeway/server/operator';
import type { Command } from 'commander';
import { answer, EXIT, say, table, withOperator } from '../operator.ts';
import { dollars, parseBid } from './lane-arguments.ts';

/** `causeway lanes list [BID]`: what waits in each lane, since when, and what ails it. */
export function registerLanesList(lanes: Command): void {
  lanes
    .command('list')
    .description('list the lanes of a biller, or of all')
    .argument('[bid]', 'the biller; every one unless told', parseBid)
    .option('--json', 'answer as JSON')
    .action((bid: number | undefined, options: { json?: boolean }) =>
      withOperator(async (deps) => {
        const found = await readLanes(deps, bid);
        if (found.length === 0) say('No lane yet: the first delivery opens it.');
        answer(options.json, found, () =>
          table(
            ['lane', 'waiting', 'amount', 'oldest', 'state'],
            found.map((lane) => {
              const counts = Object.values(lane.counts);
              const cents = counts.reduce((sum, one) => sum + one.cents, 0);
              const state = lane.pausedAt
                ? `paused by ${lane.pausedBy}: ${lane.pausedReason}`
                : lane.maintenance
                  ? `paused by maintenance window ${lane.maintenance.windowId} (“${lane.maintenance.description}”) until ${lane.maintenance.until}`
                  : (lane.lastError ?? 'well');
              return [
                lane.id,
                String(counts.reduce((sum, one) => sum + one.count, 0)),
                dollars(cents),
                lane.oldestAt?.toString() ?? '',
                state,
              ];
            }),
          ),
        );
        return EXIT.done;
      }),
    );
}
