import { z } from 'zod';
import { CONDITIONS } from './conditions.ts';

/** Bodies and answers of the Operations screen's routes. */

const BID_MAX = 2_147_483_647;
const AFTER_MINUTES_MAX = 10_080;
const text = z.string();
const count = z.int();
const instant = z.string();
const maybeInstant = instant.nullable();
const condition = z.enum(CONDITIONS);
const reason = z.string().trim().min(3, 'say why, in a few words').max(500);
const id = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const cursor = z.string().regex(/^\d{1,15}$/);

const processSchema = z.object({
  id: text,
  host: text,
  pid: count,
  roles: z.array(text),
  version: text,
  nodeVersion: text,
  startedAt: instant,
  ageMs: count.describe('How old its last sign of life is'),
  isVanished: z.boolean(),
  memoryBytes: count,
  heapBytes: count,
  loopLagMs: count,
  diskFreeBytes: count.nullable(),
  diskBytes: count.nullable(),
  openSessions: count,
});
export type ProcessView = z.infer<typeof processSchema>;

const outcomeCount = z.object({ outcome: text, count });
const endpointSchema = z.object({
  endpoint: text,
  bid: count.nullable(),
  billerName: text.nullable(),
  operation: text,
  environment: count.nullable(),
  host: text,
  breaker: z.enum(['closed', 'half-open', 'open']),
  failuresInARow: count,
  active: count,
  waiting: count,
  restMs: count,
  openSessions: count.describe('Sessions open under this biller at this host, over all processes'),
  calls: count.describe('Of the last 15 minutes, as all figures that follow'),
  failed: count,
  medianMs: count,
  slowMs: count.describe('95 of 100 calls took less'),
  outcomes: z.array(outcomeCount),
  processes: z.array(z.object({ processId: text, breaker: text, failuresInARow: count, ageMs: count })),
});
export type EndpointView = z.infer<typeof endpointSchema>;

const laneSchema = z.object({
  bid: count,
  billerName: text,
  id: text,
  family: text,
  environment: count,
  depth: count,
  held: count,
  oldestAt: maybeInstant,
  troubles: count,
  lastError: text.nullable(),
  pausedAt: maybeInstant,
  pausedBy: text.nullable(),
  pausedReason: text.nullable(),
});

const markSchema = z.object({ kind: text, at: instant, detail: z.record(text, z.unknown()) });
const databaseSchema = z.object({
  version: text,
  startedAt: instant,
  sizeBytes: count,
  connections: count,
  connectionsMax: count,
  answeredInMs: count,
  replicas: count,
  replicaLagBytes: count.nullable(),
  isArchiving: z.boolean(),
  longTransactions: z.array(
    z.object({ pid: count, application: text, state: text, since: instant, seconds: count, waitsFor: text.nullable() }),
  ),
  migrations: z.array(z.object({ name: text, appliedAt: instant })),
  marks: z.array(markSchema),
});

const alertSchema = z.object({
  id: count,
  condition,
  conditionName: text,
  subject: text,
  bid: count.nullable(),
  billerName: text.nullable(),
  sentence: text,
  firstSeenAt: instant,
  toldAt: instant,
  goneSince: maybeInstant,
  recoveredAt: maybeInstant,
  recovery: text.nullable(),
});
export type AlertView = z.infer<typeof alertSchema>;

export const healthSchema = z.object({
  at: instant,
  alerts: z.array(alertSchema).describe('What is broken now and was told'),
  processes: z.array(processSchema),
  versions: z.array(text).describe('More than one while a new version is brought in'),
  endpoints: z.array(endpointSchema),
  lanes: z.array(laneSchema),
  database: databaseSchema,
});
export type HealthView = z.infer<typeof healthSchema>;

export const historyQuery = z.strictObject({ endpoint: z.string().min(1).max(400) });
export const historySchema = z.object({
  endpoint: text,
  minutes: z.array(
    z.object({
      at: instant,
      calls: count,
      failed: count,
      medianMs: count,
      slowMs: count,
      outcomes: z.array(outcomeCount),
    }),
  ),
});

export const jobsSchema = z.object({
  queues: z.array(
    z.object({
      name: text,
      waiting: count,
      active: count,
      retrying: count,
      failed: count,
      oldestAt: maybeInstant,
      lastEndedAt: maybeInstant,
      isLastFailed: z.boolean(),
      lastError: text.nullable(),
    }),
  ),
  schedules: z.array(
    z.object({
      name: text,
      cron: text,
      lastStartedAt: maybeInstant,
      lastEndedAt: maybeInstant,
      lastState: z.enum(['completed', 'failed', 'active', 'retry']).nullable(),
      lastTookMs: count.nullable(),
      nextAt: maybeInstant,
    }),
  ),
  failed: z.array(
    z.object({ queue: text, id: text, createdAt: instant, failedAt: maybeInstant, tries: count, error: text }),
  ),
});
export const jobParams = z.strictObject({ queue: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/), id: z.uuid() });
export const reasonBody = z.strictObject({ reason });
export const processParams = z.strictObject({ id: z.uuid() });
export const idParams = z.strictObject({ id });

export const alertsQuery = z.strictObject({
  state: z.enum(['open', 'recovered']).optional(),
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const alertsPage = z.object({ items: z.array(alertSchema), nextCursor: text.nullable() });

const conditionSchema = z.object({
  condition,
  name: text,
  meaning: text,
  isOn: z.boolean(),
  afterMinutes: count,
  limit: count.nullable(),
  limitWords: text.nullable(),
  limitMin: count,
  limitMax: count,
});
export const conditionsSchema = z.object({ version: count, items: z.array(conditionSchema) });
export const conditionsBody = z.strictObject({
  expectedVersion: z.int().min(0).max(BID_MAX),
  reason,
  items: z
    .array(
      z.strictObject({
        condition,
        isOn: z.boolean(),
        afterMinutes: z.int().min(0).max(AFTER_MINUTES_MAX),
        limit: z.int().min(0).max(100_000).nullable(),
      }),
    )
    .min(1)
    .max(CONDITIONS.length),
});

const destinationSchema = z.object({
  id: count,
  kind: z.enum(['email', 'webhook']),
  name: text,
  address: text,
  bid: count.nullable(),
  billerName: text.nullable(),
  isOn: z.boolean(),
  offReason: text.nullable(),
  secret: z
    .object({
      fingerprint: text,
      setAt: instant,
      previousFingerprint: text.nullable(),
      previousUntil: maybeInstant.describe('Until then the secret before signs too'),
    })
    .nullable(),
  waiting: count,
  failed: count,
  lastSentAt: maybeInstant,
  createdAt: instant,
  createdBy: text,
  version: count,
});
export type DestinationView = z.infer<typeof destinationSchema>;
export const destinationsSchema = z.object({ items: z.array(destinationSchema), nextCursor: text.nullable() });
export const destinationBody = z.strictObject({
  kind: z.enum(['email', 'webhook']),
  name: z.string().trim().min(1).max(80),
  address: z.string().trim().min(3).max(2_000),
  bid: z.int().min(1).max(BID_MAX).nullable().default(null),
});
export type NewDestination = z.output<typeof destinationBody>;
export const destinationMade = z.object({
  destination: destinationSchema,
  secret: text.nullable().describe('Told this once; null for an email address'),
});
export const changeDestinationBody = z.strictObject({
  expectedVersion: z.int().min(1).max(BID_MAX),
  name: z.string().trim().min(1).max(80),
  isOn: z.boolean(),
  reason,
});
export const rotateBody = z.strictObject({
  keepsOld: z.boolean().describe('The secret before signs too for 24 hours, so that the receiver misses nothing'),
});
export const rotated = z.object({ destination: destinationSchema, secret: text });

export const messagesQuery = z.strictObject({
  destinationId: id.optional(),
  state: z.enum(['queued', 'sent', 'failed']).optional(),
  cursor: cursor.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const messageSchema = z.object({
  id: count,
  messageId: text.describe('The header webhook-id: the same for every try'),
  kind: z.enum(['opened', 'recovered', 'test']),
  state: z.enum(['queued', 'sent', 'failed']),
  subject: text,
  destinationId: count,
  destinationName: text,
  destinationKind: z.enum(['email', 'webhook']),
  alertId: count.nullable(),
  attempts: count,
  nextAt: maybeInstant,
  createdAt: instant,
  finishedAt: maybeInstant,
  tries: z.array(
    z.object({ n: count, at: instant, tookMs: count, isDelivered: z.boolean(), status: count.nullable(), said: text }),
  ),
});
export type MessageView = z.infer<typeof messageSchema>;
export const messagesPage = z.object({ items: z.array(messageSchema), nextCursor: text.nullable() });
export const messageQueued = z.object({ id: count, messageId: text });
