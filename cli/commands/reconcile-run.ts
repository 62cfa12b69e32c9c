import { reconcile } from '@causeway/server/operator';
import { type Command, InvalidArgumentError } from 'commander';
import { answer, EXIT, withOperator } from '../operator.ts';
import { dollars, parseBid } from './lane-arguments.ts';

/** `causeway reconcile BID [--date YYYY-MM-DD]`: exit 1 when a cent of the day is not explained. */
export function registerReconcile(program: Command): void {
  program
    .command('reconcile')
    .description('compare what was taken on a day with what became of it, to the cent')
    .argument('<bid>', 'the biller', parseBid)
    .option('--date <day>', 'a day of the biller’s time zone; today unless told', parseDay)
    .option('--json', 'answer as JSON')
    .action((bid: number, options: { date?: string; json?: boolean }) =>
      withOperator(async (deps) => {
        const timeZone = (await deps.billers.load(bid))?.configuration.profile.timeZone ?? 'UTC';
        const day = options.date ?? deps.clock.now().toZonedDateTimeISO(timeZone).toPlainDate().toString();
        const { runAt, ...found } = await reconcile(deps, { bid, day });
        answer(options.json, { ...found, runAt: runAt.toString() }, () => [
          `${day}: taken ${dollars(found.takenCents)} = posted ${dollars(found.postedCents)} + waiting ${dollars(found.waitingCents)} + unknown or held ${dollars(found.unknownCents)} + not sent ${dollars(found.notSentCents)} + reversed ${dollars(found.reversedCents)} + gap ${dollars(found.gapCents)}`,
          ...found.gaps.map((gap) => `  payment ${gap.paymentId}: ${dollars(gap.cents)}, ${gap.why}`),
        ]);
        return found.gapCents === 0 ? EXIT.done : EXIT.problemsFound;
      }),
    );
}

function parseDay(text: string): string {
  try {
    return Temporal.PlainDate.from(text).toString();
  } catch {
    throw new InvalidArgumentError('A day is written as 2026-11-20.');
  }
}
