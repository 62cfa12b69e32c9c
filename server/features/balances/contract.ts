import { z } from 'zod';
import { accountSchema } from '../invoices/contract.ts';

const cents = z.int().describe('Whole US cents; a credit is negative');

/** Why a refresh was asked for. */
export const CAUSES = ['view', 'charge', 'staff', 'cli', 'api', 'delivery'] as const;
export type RefreshCause = (typeof CAUSES)[number];

/** The last balance the partner told. */
export const balanceSchema = z
  .object({
    accountNumber: z.string(),
    currentDueCents: cents,
    totalUnpaidCents: cents.nullable(),
    pendingPaymentCents: cents.nullable().describe('Taken by the partner, and not yet off what is due'),
    dueDate: z.string().nullable(),
    asOf: z.string().describe('When the partner said so; ISO 8601 instant'),
    isStale: z.boolean().describe('It could not be renewed when last asked for'),
    staleReason: z.string().nullable(),
    isSuppressed: z
      .boolean()
      .describe('Stale, and the biller suppresses stale balances: neither shown to payers nor payable'),
    attributes: z.record(z.string(), z.unknown()).describe('The partner’s other attributes, as told'),
  })
  .meta({ id: 'Balance' });
export type BalanceReply = z.infer<typeof balanceSchema>;

/** An account with its balance; null before the first refresh. */
export const accountWithBalanceSchema = accountSchema
  .extend({
    balance: balanceSchema.nullable(),
    areBlockFlagsReadOnly: z.boolean().describe('The partner sets blockAch and blockCc (settings 32 and 131)'),
  })
  .meta({ id: 'AccountWithBalance' });
export type AccountWithBalance = z.infer<typeof accountWithBalanceSchema>;

/** How a refresh ended. `stale`: the old balance, if any, is kept, and `sentence` says why and what to look at. */
export const refreshReplySchema = z
  .object({
    outcome: z
      .enum(['fresh', 'kept', 'stale', 'off'])
      .describe('kept: young enough; off: Real Time Data Refresh is off'),
    balance: balanceSchema.nullable(),
    blockAch: z.boolean(),
    blockCc: z.boolean(),
    reason: z.string().optional(),
    sentence: z.string().optional(),
    settings: z.array(z.int()).optional().describe('The Advanced Settings to look at'),
  })
  .meta({ id: 'BalanceRefresh' });
export type RefreshReply = z.infer<typeof refreshReplySchema>;

export const refreshQuery = z.strictObject({
  maxAgeSeconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400)
    .optional()
    .describe('A balance younger than this is not asked for again'),
});

/** One refresh, good or bad. */
export const refreshEntrySchema = z
  .object({
    id: z.int(),
    at: z.string(),
    cause: z.enum(CAUSES),
    outcome: z.string().describe('fresh, or why not'),
    tookMs: z.int(),
    currentDueCents: cents.nullable(),
    detail: z.record(z.string(), z.unknown()).describe('The exchange, without secrets'),
  })
  .meta({ id: 'BalanceRefreshEntry' });
export type RefreshEntry = z.infer<typeof refreshEntrySchema>;

export const refreshPageSchema = z.object({ items: z.array(refreshEntrySchema), nextCursor: z.string().nullable() });
export const refreshPageQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
