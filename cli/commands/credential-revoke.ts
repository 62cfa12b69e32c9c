import { revokeCredential } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf } from '../arguments.ts';
import { answer, EXIT, withOperator } from '../operator.ts';

/** `causeway credential revoke BID ID`: for good; after a restore, before anything is started. */
export function registerCredentialRevoke(credential: Command): void {
  credential
    .command('revoke')
    .description('revoke a bearer credential of a biller, for good')
    .argument('<bid>', 'the biller', bidOf)
    .argument('<id>', 'the credential, as CRM › API credentials or a restore names it')
    .option('--json', 'answer as JSON')
    .action((bid: number, id: string, options: { json?: boolean }) =>
      withOperator(async (deps) => {
        await revokeCredential(deps, { bid, id, by: OPERATOR });
        answer(options.json, { bid, id, isRevoked: true }, () => [`Credential ${id} of biller ${bid} is revoked.`]);
        return EXIT.done;
      }),
    );
}
