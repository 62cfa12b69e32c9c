import { createHash } from 'node:crypto';
import { z } from 'zod';
import { exportCheckpoint, listAuditChains, verifyAudit } from './audit.ts';
import { type AuditCheckpoint, type ChainVerdict, canonicalJson, type JsonValue } from './audit-chain.ts';
import type { Database } from './database.ts';

const CHAINS_MAX = 100_000;

/** The ends of all chains at some time, as a file kept where the database's owner can't change it. */
export const auditCheckpointSchema = z
  .strictObject({
    causeway: z.literal('audit-checkpoint'),
    installation: z.string().max(60),
    at: z.string().max(40),
    chains: z
      .array(
        z.strictObject({
          chain: z.string().max(20).describe('A BID, or `system`'),
          seq: z.int().min(1),
          hash: z.string().regex(/^[0-9a-f]{64}$/),
        }),
      )
      .max(CHAINS_MAX),
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('SHA-256 of the rest: a damaged file is told from a tampered database'),
  })
  .meta({ id: 'AuditCheckpoint' });
export type AuditCheckpointFile = z.infer<typeof auditCheckpointSchema>;

export interface AuditVerification {
  readonly isSound: boolean;
  readonly chains: readonly ({ readonly chain: string } & ChainVerdict)[];
  readonly events: number;
}

/** A checkpoint of every chain as it is now. */
export async function makeCheckpoint(
  deps: { readonly database: Database },
  at: Temporal.Instant,
): Promise<AuditCheckpointFile> {
  const { installation, chains } = await deps.database.withSystem(async (tx) => {
    const ends: AuditCheckpoint[] = [];
    for (const bid of await listAuditChains(tx)) {
      const end = await exportCheckpoint(tx, bid);
      if (end) ends.push(end);
    }
    const row = await tx.selectFrom('installation').select('id').executeTakeFirstOrThrow();
    return { installation: row.id, chains: ends };
  });
  const file = {
    causeway: 'audit-checkpoint' as const,
    installation,
    at: at.toString({ fractionalSecondDigits: 3 }),
    chains,
  };
  return { ...file, digest: digestOf(file) };
}

/** Whether a checkpoint is as it was written. */
export function isCheckpointWhole({ digest, ...file }: AuditCheckpointFile): boolean {
  return digestOf(file) === digest;
}

/** Whether a checkpoint was made by this installation. */
export async function isOwnCheckpoint(
  deps: { readonly database: Database },
  file: AuditCheckpointFile,
): Promise<boolean> {
  const row = await deps.database.withSystem((tx) =>
    tx.selectFrom('installation').select('id').executeTakeFirstOrThrow(),
  );
  return row.id === file.installation;
}

/**
 * Recomputes every chain. With a checkpoint also those that are gone altogether, cut tails, and chains that were computed
 * anew from some point before it. Each chain in a transaction of its own.
 */
export async function verifyAllChains(
  deps: { readonly database: Database },
  checkpoint?: AuditCheckpointFile,
): Promise<AuditVerification> {
  const ends = new Map(checkpoint?.chains.map((end) => [end.chain, end]));
  const found = await deps.database.withSystem((tx) => listAuditChains(tx));
  const names = new Set([...found.map((bid) => (bid === null ? 'system' : String(bid))), ...ends.keys()]);
  const chains: ({ chain: string } & ChainVerdict)[] = [];
  for (const chain of names) {
    const bid = chain === 'system' ? null : Number(chain);
    const verdict = await deps.database.withSystem((tx) => verifyAudit(tx, bid, ends.get(chain)));
    chains.push({ ...verdict, chain });
  }
  return {
    isSound: chains.every((one) => one.ok),
    chains,
    events: chains.reduce((sum, one) => sum + (one.ok ? one.events : 0), 0),
  };
}

/** A fault of a chain, for a person. */
export function faultSentence({ chain, seq, fault }: Extract<ChainVerdict, { ok: false }>): string {
  const where = chain === 'system' ? 'the installation’s own chain' : `biller ${chain}’s chain`;
  switch (fault) {
    case 'edited':
      return `In ${where} entry ${seq} was changed after it was written.`;
    case 'missing':
      return `In ${where} entry ${seq} is missing.`;
    case 'reordered':
      return `In ${where} entry ${seq} is not where it was written.`;
    case 'truncated':
      return `In ${where} everything from entry ${seq} on is gone that was there at the checkpoint.`;
    case 'rewritten':
      return `In ${where} the entries up to ${seq} were written anew since the checkpoint.`;
    default:
      throw new Error(`unknown fault: ${fault satisfies never}`);
  }
}

function digestOf(file: Omit<AuditCheckpointFile, 'digest'>): string {
  return createHash('sha256')
    .update(canonicalJson(file as unknown as JsonValue))
    .digest('hex');
}
