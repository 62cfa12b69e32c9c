import { z } from 'zod';

export const NOTICE_STATES = ['queued', 'sent', 'failed'] as const;

const instant = z.iso.datetime({ offset: true });

/** One email to a payer, as staff see it. */
export const noticeSchema = z
  .strictObject({
    id: z.int(),
    kind: z.string().describe('receipt …'),
    accountNumber: z.string().nullable(),
    paymentId: z.int().nullable(),
    to: z.string(),
    locale: z.string(),
    subject: z.string(),
    text: z.string(),
    state: z.enum(NOTICE_STATES),
    attempts: z.int(),
    nextAt: instant.nullable().describe('When it is tried next; null unless it waits'),
    lastError: z.string().nullable(),
    createdAt: instant,
    sentAt: instant.nullable(),
  })
  .meta({ id: 'Notice' });
export type NoticeView = z.infer<typeof noticeSchema>;

export const noticesQuerySchema = z.strictObject({
  state: z.enum(NOTICE_STATES).optional(),
  accountNumber: z.string().max(60).optional(),
  paymentId: z.coerce.number().int().optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type NoticesQuery = z.infer<typeof noticesQuerySchema>;

export const noticesPageSchema = z.strictObject({ items: z.array(noticeSchema), nextCursor: z.string().nullable() });
