import { disableByEmail } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { answer, EXIT, withOperator } from '../operator.ts';

/** `causeway user disable EMAIL`: nothing lets them in any more; after a restore, before anything is started. */
export function registerUserDisable(user: Command): void {
  user
    .command('disable')
    .description('disable a staff user and end their sessions')
    .argument('<email>', 'who')
    .option('--json', 'answer as JSON')
    .action((email: string, options: { json?: boolean }) =>
      withOperator(async (deps) => {
        await disableByEmail(deps, { email, by: OPERATOR });
        answer(options.json, { email, isDisabled: true }, () => [`${email} can’t sign in any more.`]);
        return EXIT.done;
      }),
    );
}
