import { endMaintenanceWindow, maintenanceWindowView } from '@causeway/server/operator';
import { type Command, InvalidArgumentError } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf } from '../arguments.ts';
import { answer, EXIT, withOperator } from '../operator.ts';

/** `causeway maintenance end BID ID`: unchecks Active, at once at every server. */
export function registerMaintenanceEnd(maintenance: Command): void {
  maintenance
    .command('end')
    .description('end a maintenance window early: pages open and DataPump goes on, at once')
    .argument('<bid>', 'the biller', bidOf)
    .argument('<id>', 'the window, as the list names it', idOf)
    .requiredOption('--reason <text>', 'why, for the history and the audit')
    .option('--json', 'answer as JSON')
    .action((bid: number, id: number, options: { reason: string; json?: boolean }) =>
      withOperator(async (deps) => {
        const saved = await endMaintenanceWindow(deps, { bid, id, reason: options.reason, by: OPERATOR });
        answer(options.json, maintenanceWindowView(saved.window, deps.clock.now()), () => [
          saved.isChanged ? `Maintenance window ${id} is ended.` : `Maintenance window ${id} was not active already.`,
        ]);
        return EXIT.done;
      }),
    );
}

function idOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('A window is a whole number, such as 12.');
  return Number(text);
}
