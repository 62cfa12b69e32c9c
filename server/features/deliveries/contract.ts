import { z } from 'zod';
import { storableDay } from '../../platform/storable-time.ts';

const STATES = ['queued', 'sending', 'waiting', 'unknown', 'held', 'posted', 'not_sent', 'superseded'] as const;
const KINDS = ['payment', 'paperless', 'autopay'] as const;
const HELD_KINDS = ['rejected', 'exhausted', 'unknown', 'destination', 'restored'] as const;
const ACTS = [
  'check-again',
  'confirm-posted',
  'post-again',
  'return-to-payer',
  'replay',
  'note',
  'found-missing',
] as const;

const instant = z.iso.datetime({ offset: true });
const day = storableDay;
const reason = z.string().trim().min(3).max(500);

const destinationSchema = z.strictObject({
  partner: z.string(),
  environment: z.int(),
  operation: z.string(),
  url: z.string(),
  username: z.string(),
  settingsVersion: z.int(),
});

/** One delivery in a list. Amounts in cents, without the convenience fee. */
export const deliverySchema = z
  .strictObject({
    id: z.int(),
    laneId: z.string(),
    kind: z.enum(KINDS),
    accountNumber: z.string(),
    paymentId: z.int().nullable(),
    transactionId: z.string().nullable(),
    amountCents: z.int().nullable(),
    state: z.enum(STATES),
    label: z.string().nullable().describe('How it was posted, when not by the partner’s own answer'),
    reason: z.string().nullable(),
    heldKind: z.enum(HELD_KINDS).nullable(),
    attempts: z.int(),
    nextAt: instant.nullable(),
    firstSentAt: instant.nullable(),
    unknownSince: instant.nullable(),
    createdAt: instant,
    finishedAt: instant.nullable(),
    version: z.int().describe('Send it back with an act'),
    destination: destinationSchema,
  })
  .meta({ id: 'Delivery' });
export type DeliveryView = z.infer<typeof deliverySchema>;

export const deliveriesQuerySchema = z.strictObject({
  state: z.enum(STATES).optional(),
  kind: z.enum(KINDS).optional(),
  accountNumber: z.string().max(60).optional(),
  paymentId: z.coerce.number().int().optional(),
  transactionId: z.string().max(60).optional(),
  laneId: z.string().max(60).optional(),
  heldKind: z.enum(HELD_KINDS).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const deliveriesPageSchema = z.strictObject({
  items: z.array(deliverySchema),
  nextCursor: z.string().nullable(),
});

const figuresSchema = z.strictObject({
  atMs: z.number(),
  currentDueCents: z.int(),
  totalUnpaidCents: z.int().nullable(),
  pendingCents: z.int().nullable(),
  pendingDate: z.string().nullable(),
  lastUpdateTime: z.string().nullable(),
  skewMs: z.number().nullable(),
});
export const attemptSchema = z.strictObject({
  n: z.int(),
  intentAt: instant,
  deadlineAt: instant,
  payloadHash: z.string(),
  permit: z.string(),
  possiblyApplied: z.boolean(),
  class: z.string().nullable(),
  httpStatus: z.int().nullable(),
  finishedAt: instant.nullable(),
  baseline: figuresSchema.nullable(),
  transcript: z.record(z.string(), z.unknown()),
});
export const deliveryDetailSchema = deliverySchema
  .extend({
    payload: z.record(z.string(), z.unknown()).describe('What is sent; the payer’s contact data hidden'),
    sentAttempts: z.array(attemptSchema),
    readings: z.array(figuresSchema.extend({ verdict: z.enum(['E1', 'E0', 'EX']), because: z.string() })),
    secondPerson: z.strictObject({ act: z.string(), by: z.string(), reason: z.string(), at: z.string() }).nullable(),
    acts: z.array(z.enum(ACTS)).describe('What fits it now'),
  })
  .meta({ id: 'DeliveryDetail' });
export type DeliveryDetail = z.infer<typeof deliveryDetailSchema>;

export const actBodySchema = z.strictObject({
  act: z.enum(ACTS),
  reason,
  version: z.int().min(1),
  reference: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('confirm-posted: what the partner calls the payment'),
  balancesSeen: z
    .strictObject({ beforeCents: z.int(), latestCents: z.int() })
    .optional()
    .describe('post-again: both balances as shown'),
});
export const decidedSchema = z.strictObject({
  state: z.enum(STATES),
  version: z.int(),
  isWaitingForSecondPerson: z.boolean(),
});

export const replayBodySchema = z.strictObject({
  dryRun: z.boolean(),
  reason,
  expectedCount: z.int().min(0).optional().describe('What the dry run showed; refused if it is another by now'),
  filter: z.strictObject({
    ids: z.array(z.int()).max(500).optional(),
    laneId: z.string().max(60).optional(),
    kind: z.enum(KINDS).optional(),
    accountNumber: z.string().max(60).optional(),
    heldKind: z.enum(HELD_KINDS).optional(),
  }),
});
export const replayPlanSchema = z
  .strictObject({
    willSend: z.array(
      z.strictObject({
        id: z.int(),
        kind: z.enum(KINDS),
        accountNumber: z.string(),
        transactionId: z.string().nullable(),
        amountCents: z.int().nullable(),
        url: z.string(),
        reason: z.string().nullable(),
      }),
    ),
    totalCents: z.int(),
    needPeople: z.int().describe('Of the set, but possibly applied: each is decided by a person'),
  })
  .meta({ id: 'ReplayPlan' });

export const laneSchema = z
  .strictObject({
    id: z.string(),
    family: z.enum(['payments', 'settings']),
    environment: z.int(),
    counts: z.record(z.string(), z.strictObject({ count: z.int(), cents: z.int() })),
    oldestAt: instant.nullable(),
    troubles: z.int(),
    lastError: z.string().nullable(),
    pausedAt: instant.nullable(),
    pausedBy: z.string().nullable(),
    pausedReason: z.string().nullable(),
  })
  .meta({ id: 'Lane' });
export const lanesSchema = z.strictObject({
  items: z.array(laneSchema),
  nextCursor: z.string().nullable(),
  maintenance: z
    .strictObject({ windowId: z.int(), description: z.string(), until: instant })
    .nullable()
    .describe('The maintenance window that pauses every lane of the biller now'),
});
export const reasonBodySchema = z.strictObject({ reason });

export const minutesQuerySchema = z.strictObject({ minutes: z.coerce.number().int().min(5).max(1440).default(60) });
export const minutesSchema = z.strictObject({
  items: z.array(z.strictObject({ minute: instant, recorded: z.int(), posted: z.int(), otherwise: z.int() })),
  nextCursor: z.string().nullable(),
});

export const reconciliationSchema = z
  .strictObject({
    day,
    runAt: instant,
    takenCents: z.int(),
    postedCents: z.int(),
    waitingCents: z.int(),
    unknownCents: z.int(),
    notSentCents: z.int(),
    reversedCents: z.int(),
    gapCents: z.int(),
    gaps: z.array(z.strictObject({ paymentId: z.int(), cents: z.int(), why: z.string() })),
  })
  .meta({ id: 'Reconciliation' });
export type ReconciliationView = z.infer<typeof reconciliationSchema>;
export const reconciliationsQuerySchema = z.strictObject({
  cursor: day.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const reconciliationsSchema = z.strictObject({
  items: z.array(reconciliationSchema),
  nextCursor: z.string().nullable(),
});
export const reconcileBodySchema = z.strictObject({ day });

const level = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
export const trustSchema = z
  .strictObject({
    partner: z.string(),
    level,
    changedBy: z.string(),
    changedAt: instant.nullable(),
    reason: z.string(),
    request: z.strictObject({ level, by: z.string(), reason: z.string(), at: z.string() }).nullable(),
  })
  .meta({ id: 'PartnerTrust' });
export const trustBodySchema = z.strictObject({ level, expectedLevel: level, reason });
