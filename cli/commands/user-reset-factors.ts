import { resetFactorsByEmail } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { answer, EXIT, withOperator } from '../operator.ts';

/** `causeway user reset-factors EMAIL --reason …`: the way out when the only administrator lost the phone and the codes. */
export function registerUserResetFactors(user: Command): void {
  user
    .command('reset-factors')
    .description('remove every second factor of a user who lost theirs, and end their sessions; they are told by email')
    .argument('<email>', 'whose')
    .requiredOption('--reason <text>', 'why; kept on record')
    .option('--json', 'answer as JSON')
    .action((email: string, options: { reason: string; json?: boolean }) =>
      withOperator(async (deps) => {
        const { sessionsEnded } = await resetFactorsByEmail(deps, { email, reason: options.reason, by: OPERATOR });
        answer(options.json, { email, sessionsEnded }, () => [
          `${email} has no second factor any more; ${sessionsEnded} sessions ended. The password signs them in.`,
        ]);
        return EXIT.done;
      }),
    );
}
