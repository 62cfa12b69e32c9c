import { z } from 'zod';
import { auditCheckpointSchema } from '../../platform/audit-checkpoint.ts';
import { storableInstantText, storableMoment } from '../../platform/storable-time.ts';

const cents = z.int().describe('Whole US cents');
const instant = z.string().describe('ISO 8601 instant');
const bid = z.int().min(1).max(2_147_483_647);

export const overviewQuery = z.strictObject({
  bid: z.coerce.number().pipe(bid).optional().describe('Left out: every biller the reader may see'),
  hours: z.coerce.number().int().min(1).max(72).default(24).describe('How far the hourly figures reach back'),
  days: z.coerce.number().int().min(1).max(92).default(14).describe('How far the daily figures reach back'),
});

/** What waits for a person now. Each count leads to a list of the staff application. */
export const needsSchema = z.strictObject({
  workItems: z.int(),
  heldPayments: z.int(),
  unknownPayments: z.int().describe('Posts whose outcome is being found out'),
  heldSettings: z.int().describe('Paperless and AutoPay changes that need a person'),
  chargesInDoubt: z.int().describe('The processor has not said whether money was taken'),
  failingLanes: z.int().describe('Lanes whose endpoint did not answer the last time'),
  pausedLanes: z.int(),
  windowsInForce: z.int().describe('Maintenance windows in force now'),
  windowsEnding: z.int().describe('Of those, the ones that end within the hour'),
  refusedFiles: z.int().describe('Invoice files of the last 7 days refused, in whole or in part'),
  failedNotices: z.int().describe('Emails of the last 7 days that could not be sent'),
  unposted: z.strictObject({ count: z.int(), amountCents: cents, oldestAt: instant.nullable() }),
});

export const overviewSchema = z
  .strictObject({
    at: instant,
    needs: needsSchema,
    paymentsByDay: z.array(
      z.strictObject({ day: z.string(), method: z.enum(['CC', 'ACH']), count: z.int(), amountCents: cents }),
    ),
    postsByHour: z.array(
      z.strictObject({ at: instant, posted: z.int(), rejected: z.int(), notSent: z.int(), unknown: z.int() }),
    ),
    refreshesByHour: z.array(
      z.strictObject({ at: instant, fresh: z.int(), failed: z.int(), medianMs: z.int(), slowMs: z.int() }),
    ),
    importsByDay: z.array(
      z.strictObject({
        day: z.string(),
        files: z.int(),
        refusedFiles: z.int(),
        invoicesAccepted: z.int(),
        invoicesRefused: z.int(),
      }),
    ),
  })
  .meta({ id: 'Overview' });
export type OverviewView = z.infer<typeof overviewSchema>;

export const workItemsQuery = z.strictObject({
  bid: z.coerce.number().pipe(bid).optional(),
  kind: z.string().max(60).optional(),
  state: z.enum(['open', 'closed']).default('open'),
  cursor: z
    .string()
    .regex(/^\d{1,10}-\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const workItemSchema = z
  .strictObject({
    bid: z.int(),
    billerName: z.string(),
    id: z.int(),
    kind: z.string(),
    subject: z.string().describe('What it is about, e.g. the number of a payment'),
    sentence: z.string(),
    detail: z.record(z.string(), z.json()),
    openedAt: instant,
    closedAt: instant.nullable(),
    closedBy: z.string().nullable(),
  })
  .meta({ id: 'WorkItem' });
export type WorkItemView = z.infer<typeof workItemSchema>;
export const workItemsPage = z.strictObject({ items: z.array(workItemSchema), nextCursor: z.string().nullable() });
export const workItemParams = z.object({ bid: z.coerce.number().pipe(bid), id: z.coerce.number().int().min(1) });
export const closeWorkItemBody = z.strictObject({
  reason: z.string().trim().min(3, 'say what was done, in a few words').max(500),
});

export const searchQuery = z.strictObject({
  q: z.string().trim().min(1).max(200).describe('Anything: a number, a name, a reference, an invoice number'),
  bid: z.coerce.number().pipe(bid).optional(),
});
export const HIT_KINDS = ['biller', 'account', 'invoice', 'payment', 'delivery', 'invoiceFile'] as const;
export const hitSchema = z
  .strictObject({
    kind: z.enum(HIT_KINDS),
    bid: z.int(),
    id: z.string().describe('As it stands in the address of its page'),
    title: z.string(),
    detail: z.string(),
    isExact: z.boolean(),
  })
  .meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof hitSchema>;
export const searchAnswer = z.strictObject({ items: z.array(hitSchema) });

/** How many things one question may name: an account's page asks for all of its payments and deliveries at once. */
const AUDIT_SUBJECTS_MAX = 200;
const auditSubject = z.string().min(1).max(200);
export const auditParams = z.object({ bid: z.coerce.number().pipe(bid) });
/** Which acts are wanted; everything that is given must fit. */
export const auditFilterQuery = z.strictObject({
  subject: z
    .union([auditSubject, z.array(auditSubject).max(AUDIT_SUBJECTS_MAX)])
    .optional()
    .describe('What it was done to, as `payment/1000`; may be given several times'),
  actor: z.string().trim().min(1).max(200).optional().describe('Part of the name of who did it'),
  act: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('An act, or its first word: `delivery` is every `delivery.…`'),
  q: z.string().trim().min(1).max(200).optional().describe('Text anywhere in it, the reason and details too'),
  from: storableMoment.optional(),
  to: storableMoment.optional().describe('Before this moment'),
});
export const auditQuery = auditFilterQuery.extend({
  beforeSeq: z.coerce
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Older than this; the `nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const auditChain = z.literal('system').optional().describe('`system`: what belongs to no biller. Left out: everything');
export const auditAcrossQuery = auditFilterQuery.extend({
  chain: auditChain,
  cursor: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT[\d:.]{8,18}Z~(\d{1,15}|system)~\d{1,15}$/)
    .transform((text, context) => {
      const [at = '', chain = '', seq = ''] = text.split('~');
      if (!storableInstantText.safeParse(at).success) {
        context.addIssue({ code: 'custom', message: 'is no cursor of this list' });
        return z.NEVER;
      }
      return { at, chain, seq: Number(seq) };
    })
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const format = z.enum(['csv', 'jsonl']).default('csv');
export const auditExportQuery = auditFilterQuery.extend({ format });
export const auditExportAcrossQuery = auditExportQuery.extend({ chain: auditChain });
/** One act of an audit chain: who did what to which thing, when and why. */
export const auditEventSchema = z
  .strictObject({
    chain: z.string().describe('The biller’s BID, or `system`'),
    seq: z.int().describe('1, 2, 3 … without a gap within a chain'),
    at: instant,
    actorKind: z.string().describe('`staff`, `credential`, `payer`, `operator` or `program`'),
    actor: z.string(),
    act: z.string(),
    subject: z.string(),
    reason: z.string().nullable(),
    detail: z.json(),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEventView = z.infer<typeof auditEventSchema>;
export const auditPage = z.strictObject({
  items: z.array(auditEventSchema),
  nextCursor: z.string().nullable().describe('Ask for it as `beforeSeq`'),
});
export const auditAcrossPage = z.strictObject({ items: z.array(auditEventSchema), nextCursor: z.string().nullable() });
export const auditVerifyBody = z.strictObject({ checkpoint: auditCheckpointSchema.optional() });
export const auditVerificationAnswer = z.strictObject({
  last: z
    .strictObject({
      at: instant,
      isSound: z.boolean(),
      chains: z.int(),
      events: z.int(),
      againstCheckpointOf: z.string().nullable().describe('When the checkpoint was made that it was compared with'),
      faults: z.array(z.string()),
    })
    .nullable(),
});
