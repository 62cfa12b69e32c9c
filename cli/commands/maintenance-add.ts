import { createMaintenanceWindow, maintenanceWindowView, parseMaintenanceDraft } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf } from '../arguments.ts';
import { answer, EXIT, say, withOperator } from '../operator.ts';

interface Options {
  readonly description: string;
  readonly message: string;
  readonly messageEs?: string;
  readonly start: string;
  readonly end: string;
  readonly startOccurrence?: string;
  readonly endOccurrence?: string;
  readonly pages?: string;
  readonly pauseDatapump?: boolean;
  readonly inactive?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

/** `causeway maintenance add BID`: the same rules as the screen; warnings go to stderr. */
export function registerMaintenanceAdd(maintenance: Command): void {
  maintenance
    .command('add')
    .description('plan a maintenance window; times are Central Time')
    .argument('<bid>', 'the biller', bidOf)
    .requiredOption('--description <text>', 'what it is for; staff alone see it')
    .requiredOption('--message <text>', 'what payers read, in English')
    .option('--message-es <text>', 'the same in Spanish; else the standard words')
    .requiredOption('--start <time>', 'Central Time, as 2026-11-21T22:00')
    .requiredOption('--end <time>', 'Central Time, as 2026-11-22T06:00')
    .option('--start-occurrence <which>', 'first (CDT) or second (CST), for a time that comes twice')
    .option('--end-occurrence <which>', 'the same for the end')
    .option('--pages <list>', 'close these only, as find,bill; unless told, all. Paying is always closed')
    .option('--pause-datapump', 'post nothing to the partner until it is over')
    .option('--inactive', 'plan it without making it active')
    .option('--reason <text>', 'why, for the history')
    .option('--json', 'answer as JSON')
    .action((bid: number, options: Options) =>
      withOperator(async (deps) => {
        const draft = parseMaintenanceDraft(draftOf(options));
        const saved = await createMaintenanceWindow(deps, { bid, draft, reason: options.reason, by: OPERATOR });
        for (const warning of saved.warnings) say(warning.sentence);
        const view = maintenanceWindowView(saved.window, deps.clock.now());
        answer(options.json, view, () => [
          `Maintenance window ${view.id} of biller ${bid}: ${view.startShown} to ${view.endShown} (${view.length}), ${view.state}.`,
        ]);
        return EXIT.done;
      }),
    );
}

const draftOf = (options: Options) => ({
  description: options.description,
  message: { en: options.message, es: options.messageEs ?? '' },
  start: options.start,
  end: options.end,
  ...(options.startOccurrence !== undefined && { startOccurrence: options.startOccurrence }),
  ...(options.endOccurrence !== undefined && { endOccurrence: options.endOccurrence }),
  isActive: !options.inactive,
  appliesToAll: options.pages === undefined,
  pages: options.pages === undefined ? [] : options.pages.split(',').map((page) => page.trim()),
  pausesDataPump: options.pauseDatapump ?? false,
});
