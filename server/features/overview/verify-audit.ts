import {
  type AuditCheckpointFile,
  type AuditVerification,
  faultSentence,
  verifyAllChains,
} from '../../platform/audit-checkpoint.ts';
import type { JobKind } from '../../platform/jobs.ts';
import { readMark, writeMark } from '../../platform/operation-marks.ts';
import type { Platform } from '../../platform/platform.ts';
import { closeWorkItem, openWorkItem } from '../../platform/work-items.ts';

export const VERIFY_AUDIT_QUEUE = 'verify-audit';
const WORK_ITEM = 'audit-broken';
const FAULTS_KEPT_MAX = 50;

type VerifyDeps = Pick<Platform, 'database' | 'clock' | 'log'>;

/** Recomputes every chain each night; what it finds waits for staff as a work item of the biller it is about. */
export function overviewJobs(deps: VerifyDeps): readonly JobKind<never>[] {
  return [{ name: VERIFY_AUDIT_QUEUE, cron: '17 8 * * *', work: async () => void (await verifyAudits(deps, {})) }];
}

/**
 * Recomputes every chain and keeps the result where staff see it: the mark on the Operations and Audit screens, a work
 * item for each biller whose chain is broken, an error in the log. A checkpoint's chains are looked for too.
 */
export async function verifyAudits(
  deps: VerifyDeps,
  from: { checkpoint?: AuditCheckpointFile },
): Promise<AuditVerification & { faults: readonly string[] }> {
  const verification = await verifyAllChains(deps, from.checkpoint);
  const faults = verification.chains.flatMap((one) =>
    one.ok ? [] : [{ chain: one.chain, sentence: faultSentence(one) }],
  );
  const at = deps.clock.now();
  await deps.database.withSystem(async (tx) => {
    for (const { chain, ok } of verification.chains) {
      const bid = Number(chain);
      if (chain === 'system') continue; // no biller's: told by the mark
      const subject = `audit/${chain}`;
      const fault = faults.find((one) => one.chain === chain);
      if (ok) await closeWorkItem(tx, { bid, kind: WORK_ITEM, subject, by: 'program', at });
      else if (fault) {
        const sentence = `${fault.sentence} Compare with an exported checkpoint, and tell who looks after security.`;
        await openWorkItem(tx, { bid, kind: WORK_ITEM, subject, sentence, at });
      }
    }
    await writeMark(tx, {
      kind: 'audit-verified',
      at,
      detail: {
        isSound: verification.isSound,
        chains: verification.chains.length,
        events: verification.events,
        againstCheckpointOf: from.checkpoint?.at ?? null,
        faults: faults.slice(0, FAULTS_KEPT_MAX).map((one) => one.sentence),
      },
    });
  });
  if (faults.length > 0) deps.log.error({ faults: faults.slice(0, FAULTS_KEPT_MAX) }, 'the audit was tampered with');
  return { ...verification, faults: faults.map((one) => one.sentence) };
}

/** How the last verification went; undefined while there was none. */
export async function lastVerification(deps: VerifyDeps) {
  const mark = await deps.database.withSystem((tx) => readMark(tx, 'audit-verified'));
  if (!mark) return null;
  const { isSound, chains, events, againstCheckpointOf, faults } = mark.detail;
  return {
    at: mark.at.toString(),
    isSound: isSound === true,
    chains: Number(chains ?? 0),
    events: Number(events ?? 0),
    againstCheckpointOf: typeof againstCheckpointOf === 'string' ? againstCheckpointOf : null,
    faults: Array.isArray(faults) ? faults.map(String) : [],
  };
}
