import { createCredential } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf } from '../arguments.ts';
import { answer, EXIT, say, withOperator } from '../operator.ts';

interface Options {
  bid?: number;
  scope: string[];
  name?: string;
  json?: boolean;
}

/** `causeway credential create --bid N --scope …`: prints the token, once, alone on stdout. */
export function registerCredentialCreate(credential: Command): void {
  credential
    .command('create')
    .description('make a bearer credential of a biller; its token is printed once')
    .argument('[bid]', 'the biller', bidOf)
    .option('--bid <number>', 'the biller', bidOf)
    .requiredOption('--scope <scopes...>', 'what it may do, e.g. invoices:write')
    .option('--name <text>', 'what it is for')
    .option('--json', 'answer as JSON')
    .action(async (argument: number | undefined, options: Options) => {
      const bid = argument ?? options.bid;
      if (bid === undefined) {
        say('Name the biller: --bid N.');
        process.exitCode = EXIT.wrongUsage;
        return;
      }
      await withOperator(async (deps) => {
        const made = await createCredential(deps, {
          bid,
          scopes: options.scope,
          ...(options.name && { name: options.name }),
          by: OPERATOR,
        });
        if (!options.json)
          say(`“${made.name}” may ${made.scopes.join(', ')} for biller ${bid}. Its token is told only now:`);
        answer(options.json, made, () => [made.token]);
        return EXIT.done;
      });
    });
}
