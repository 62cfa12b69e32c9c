import { createStaffUser } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf } from '../arguments.ts';
import { answer, EXIT, say, withOperator } from '../operator.ts';

interface Options {
  role: string[];
  bid?: number;
  name?: string;
  json?: boolean;
}

/** `causeway user create EMAIL --role …`: prints the invitation link, once, alone on stdout. */
export function registerUserCreate(user: Command): void {
  user
    .command('create')
    .description('make a staff user; the invitation link to set a password is printed once')
    .argument('<email>', 'who')
    .requiredOption('--role <names...>', 'e.g. administrator, "project manager", or csr with --bid')
    .option('--bid <number>', 'the biller, for its own staff', bidOf)
    .option('--name <text>', 'their name')
    .option('--json', 'answer as JSON')
    .action((email: string, options: Options) =>
      withOperator(async (deps) => {
        const made = await createStaffUser(deps, {
          email,
          roles: options.role,
          bid: options.bid ?? null,
          ...(options.name && { name: options.name }),
          by: OPERATOR,
        });
        if (!options.json) say(`${made.email} can set a password there until ${made.expiresAt.toString()}:`);
        answer(options.json, { ...made, expiresAt: made.expiresAt.toString() }, () => [made.link]);
        return EXIT.done;
      }),
    );
}
