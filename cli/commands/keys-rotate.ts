import { rewrapDataKeys, rewrapStaffKey } from '@causeway/server/operator';
import type { Command } from 'commander';
import { answer, EXIT, withOperator } from '../operator.ts';

const BATCHES_MAX = 100_000;

/** `causeway keys rotate`: wraps every biller's key by the first key of the file; may be stopped and run again. */
export function registerKeysRotate(keys: Command): void {
  keys
    .command('rotate')
    .description(
      'wrap every biller’s key, and the staff’s, by the newest master key: put it first in CAUSEWAY_MASTER_KEY_FILE, the old one below it, then run this',
    )
    .option('--json', 'answer as JSON')
    .action((options: { json?: boolean }) =>
      withOperator(async (deps) => {
        let rewrapped = 0;
        for (let batch = 0; batch < BATCHES_MAX; batch++) {
          const count = await deps.database.withSystem((tx) => rewrapDataKeys(tx, deps.keyring));
          if (count === 0) break;
          rewrapped += count;
        }
        rewrapped += await deps.database.withSystem((tx) => rewrapStaffKey(tx, deps.keyring));
        answer(options.json, { rewrapped, keyId: deps.keyring.currentKeyId }, () => [
          `${rewrapped} keys wrapped by master key ${deps.keyring.currentKeyId}. The old key may be taken out of the file now.`,
        ]);
        return EXIT.done;
      }),
    );
}
