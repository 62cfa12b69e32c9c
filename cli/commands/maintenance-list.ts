import { listMaintenanceWindows, maintenanceWindowView } from '@causeway/server/operator';
import type { Command } from 'commander';
import { bidOf } from '../arguments.ts';
import { answer, EXIT, say, table, withOperator } from '../operator.ts';

const SHOWN_MAX = 50;

/** `causeway maintenance list BID`: in force and to come; with `--past` what is over. */
export function registerMaintenanceList(maintenance: Command): void {
  maintenance
    .command('list')
    .description('list the maintenance windows of a biller: in force and to come')
    .argument('<bid>', 'the biller', bidOf)
    .option('--past', 'those that are over instead, newest first')
    .option('--json', 'answer as JSON')
    .action((bid: number, options: { past?: boolean; json?: boolean }) =>
      withOperator(async (deps) => {
        const state = options.past ? 'past' : 'open';
        const { windows } = await listMaintenanceWindows(deps, { bid, state, limit: SHOWN_MAX });
        const now = deps.clock.now();
        const views = windows.map((window) => maintenanceWindowView(window, now));
        if (views.length === 0) say(options.past ? 'None is over.' : 'None is in force or planned.');
        answer(options.json, views, () =>
          table(
            ['id', 'state', 'start', 'end', 'closes', 'DataPump', 'description'],
            views.map((view) => [
              String(view.id),
              view.state,
              view.startShown,
              view.endShown,
              view.appliesToAll ? 'all pages' : view.pages.join(','),
              view.pausesDataPump ? 'paused' : 'goes on',
              view.description,
            ]),
          ),
        );
        return EXIT.done;
      }),
    );
}
