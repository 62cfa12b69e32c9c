import { exchangeKeyOf } from '@causeway/server/operator';
import type { Command } from 'commander';
import { answer, EXIT, withOperator } from '../operator.ts';

/** `causeway keys show`: the public key others seal configuration secrets to, and which master key is in use. */
export function registerKeysShow(keys: Command): void {
  keys
    .command('show')
    .description('this installation’s public key, for `causeway config export --seal-to` elsewhere')
    .option('--json', 'answer as JSON')
    .action((options: { json?: boolean }) =>
      withOperator(async (deps) => {
        const { publicKey, id } = await exchangeKeyOf(deps);
        answer(options.json, { publicKey, id, masterKeyId: deps.keyring.currentKeyId }, () => [publicKey]);
        return EXIT.done;
      }),
    );
}
