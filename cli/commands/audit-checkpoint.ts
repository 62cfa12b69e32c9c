import { makeCheckpoint } from '@causeway/server/operator';
import type { Command } from 'commander';
import { answer, EXIT, say, withOperator } from '../operator.ts';

/** `causeway audit checkpoint`: the ends of all chains as JSON on stdout, to be kept on another machine. */
export function registerAuditCheckpoint(audit: Command): void {
  audit
    .command('checkpoint')
    .description('write the ends of all chains: keep the file elsewhere, and verify against it')
    .option('--json', 'the same; a checkpoint is always JSON')
    .action(() =>
      withOperator(async (deps) => {
        answer(true, await makeCheckpoint(deps, deps.clock.now()), () => []);
        say('Keep this file where the database’s owner can’t change it: causeway audit verify --checkpoint FILE.');
        return EXIT.done;
      }),
    );
}
