import { listAuditChains, verifyAudit } from '@causeway/server/operator';
import type { Command } from 'commander';
import { answer, EXIT, withOperator } from '../operator.ts';

/** `causeway audit verify`: walks every hash chain; exit 1 when one was changed. */
export function registerAuditVerify(audit: Command): void {
  audit
    .command('verify')
    .description('check that no audit entry was changed, removed, reordered or cut off')
    .option('--json', 'answer as JSON')
    .action((options: { json?: boolean }) =>
      withOperator(async (deps) => {
        const chains = await deps.database.withSystem((tx) => listAuditChains(tx));
        const verdicts: { chain: string; ok: boolean }[] = [];
        for (const bid of chains) {
          const verdict = await deps.database.withSystem((tx) => verifyAudit(tx, bid));
          verdicts.push({ ...verdict, chain: bid === null ? 'system' : String(bid) });
        }
        const isSound = verdicts.every((verdict) => verdict.ok);
        answer(options.json, { isSound, chains: verdicts }, () => [
          ...verdicts.map((verdict) => `${verdict.chain.padEnd(12)} ${verdict.ok ? 'sound' : JSON.stringify(verdict)}`),
          isSound
            ? 'Every chain is sound.'
            : 'At least one chain was changed. Compare with an exported checkpoint, and tell who looks after security.',
        ]);
        return isSound ? EXIT.done : EXIT.problemsFound;
      }),
    );
}
