import { bifCustomizationsSchema, bifFaultCodes, bifLayoutSchema } from '@causeway/formats/bif';
import { z } from 'zod';

const cents = z.int().describe('Whole US cents; a credit is negative');
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .describe('yyyy-mm-dd');
const instant = z.string().describe('ISO 8601 instant');
/** Values by field key, as the layout and the customizations name them. */
const values = z.record(z.string(), z.json());

export const invoiceNumberSchema = z.string().min(12).max(80).describe('AccountNumber-YYYY-MM-DD');
export const accountNumberSchema = z.string().min(1).max(50);
export const cursorSchema = z.string().max(400).optional();
const limitSchema = z.coerce.number().int().min(1).max(200).default(50);

export const FILE_STATES = ['received', 'reading', 'loaded', 'partly', 'refused', 'failed'] as const;
export const FILE_WAYS = ['upload', 'staff', 'sftp', 'cli'] as const;
export type FileState = (typeof FILE_STATES)[number];
export type FileWay = (typeof FILE_WAYS)[number];

/** One invoice as it is presented: dates, type and BalanceForward are what the biller's customizations make of them. */
export const invoiceSchema = z
  .object({
    invoiceNumber: z.string(),
    accountNumber: z.string(),
    invoiceDate: day,
    dueDate: day,
    totalCents: cents,
    balanceForward: z.boolean().describe('It carries the account’s older open invoices forward'),
    invoiceTypeId: z.string(),
    invoiceFormatGuid: z.string(),
    details: z.array(values).describe('The ID lines, by field key'),
    extras: values.describe('Other fields of the layout, as sent'),
    derived: values.describe('What the biller’s BIF customizations make of it, by feature'),
    carriedBy: z.string().nullable().describe('The later invoice that carries this one’s balance'),
    version: z.int().min(1),
    fileId: z.string().nullable().describe('The file it came in; null where it came by UploadInvoice'),
    madeOn: day.describe('The day of the newest file, or UploadInvoice, that says what it says'),
    updatedAt: instant,
  })
  .meta({ id: 'Invoice' });
export type InvoiceView = z.infer<typeof invoiceSchema>;

/** What an invoice said before a later one of the same number replaced it. */
export const invoiceVersionSchema = z
  .object({
    version: z.int(),
    invoiceDate: day,
    dueDate: day,
    totalCents: cents,
    balanceForward: z.boolean(),
    invoiceTypeId: z.string(),
    details: z.array(values),
    extras: values,
    fileId: z.string().nullable(),
    writtenAt: instant,
    replacedAt: instant,
  })
  .meta({ id: 'InvoiceVersion' });
export type InvoiceVersion = z.infer<typeof invoiceVersionSchema>;

export const invoiceWithHistorySchema = invoiceSchema.extend({ earlierVersions: z.array(invoiceVersionSchema) });

export const accountSchema = z
  .object({
    accountNumber: z.string(),
    customerName: z.string(),
    address1: z.string().nullable(),
    address2: z.string().nullable(),
    city: z.string().nullable(),
    state: z.string().nullable(),
    zip: z.string().nullable(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    blockAch: z.boolean(),
    blockCc: z.boolean(),
    blockReason: z.string().nullable(),
    paperless: z.boolean(),
    autopay: z.boolean(),
  })
  .meta({ id: 'Account' });
export type AccountRow = z.infer<typeof accountSchema>;

/** One fault of a file, as `causeway bif validate --json` and the faults of an upload give it. */
export const faultSchema = z
  .object({
    line: z.int().describe('From 1; 0 is the file as a whole'),
    field: z.string().nullable(),
    fileSpecId: z.int().nullable(),
    position: z.int().nullable().describe('The field’s place in its record, from 1'),
    value: z.string().describe('As sent, cut at 100 characters'),
    code: z.enum(bifFaultCodes),
    message: z.string(),
    scope: z.enum(['file', 'invoice']),
  })
  .meta({ id: 'BifFault' });
export type FaultView = z.infer<typeof faultSchema>;

/** The answer of `?validateOnly=true`: nothing was stored. */
export const reportSchema = z
  .object({
    verdict: z.enum(['accepted', 'partly', 'refused']),
    invoices: z.object({ accepted: z.int(), refused: z.int() }),
    totalCents: cents,
    faults: z.array(faultSchema),
  })
  .meta({ id: 'BifReport' });

/** One upload: its state, how far it has been read, and what came of it. */
export const invoiceFileSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    state: z.enum(FILE_STATES),
    way: z.enum(FILE_WAYS),
    sha256: z.string(),
    sizeBytes: z.int(),
    bytesRead: z.int(),
    fileDate: day.nullable().describe('FileCreationDate'),
    receivedBy: z.string(),
    receivedAt: instant,
    finishedAt: instant.nullable(),
    invoices: z.object({
      accepted: z.int(),
      refused: z.int(),
      unchanged: z.int().describe('Accepted, and already stored just so'),
      kept: z.int().describe('Accepted, but what is stored was made later, so that it stands'),
    }),
    totalCents: cents,
    faultCount: z.int().describe('All faults; at most 10,000 of them are listed'),
    failure: z.string().nullable().describe('Why it could not be read to its end, where that is so'),
  })
  .meta({ id: 'InvoiceFile' });
export type InvoiceFileView = z.infer<typeof invoiceFileSchema>;

/** `isRepeat`: the same bytes were sent before, and this is that upload's result. */
export const receivedFileSchema = invoiceFileSchema.extend({ isRepeat: z.boolean() });
export type ReceivedFile = z.infer<typeof receivedFileSchema>;

/** null is a field left out, as many senders write it. */
const bifScalar = z.union([z.string().max(4000), z.number(), z.boolean(), z.null()], {
  error: 'must be text of at most 4000 characters, a number, true, false or null',
});
/** UploadInvoice as JSON: the field names of the biller's layout; the ID lines under `Details`. */
export const uploadInvoiceSchema = z
  .object({
    Details: z
      .array(z.record(z.string().max(60), bifScalar))
      .max(2000)
      .default([]),
  })
  .catchall(z.union([bifScalar, z.array(z.record(z.string().max(60), bifScalar))]))
  .meta({ id: 'UploadInvoice' });
export type UploadInvoice = z.infer<typeof uploadInvoiceSchema>;

export const storedInvoiceSchema = z.object({
  outcome: z.enum(['created', 'replaced', 'unchanged']),
  invoice: invoiceSchema,
});
export type StoredInvoice = z.infer<typeof storedInvoiceSchema>;

export const previewSchema = z.object({
  invoices: z
    .array(
      z.object({
        line: z.int(),
        invoiceNumber: z.string(),
        changes: z.array(
          z.object({
            feature: z.string(),
            before: z.json().describe('As sent; null where the file has no such field'),
            after: z.json().describe('What the rule makes of it; null where it is ignored'),
            rule: z.string().describe('The rule as it is written on the screen'),
          }),
        ),
      }),
    )
    .describe('The first invoices of the file that can be read'),
  invoiceCount: z.int().describe('Invoices the figures below are of'),
  isWhole: z.boolean().describe('False: the file is so large that only its beginning was counted'),
  features: z.array(
    z.object({
      feature: z.string(),
      rule: z.string(),
      sent: z.int().describe('Invoices in whose file record it stands'),
      set: z.int().describe('Invoices that have it after the rules'),
      changed: z.int(),
      least: z.string().nullable().describe('The earliest date it is set to; null where it is no date'),
      most: z.string().nullable(),
    }),
  ),
  faults: z.array(faultSchema).describe('The first of them'),
  faultCount: z.int(),
});
export type CustomizationPreview = z.infer<typeof previewSchema>;

export const bidParams = z.object({ bid: z.coerce.number().int().positive() });
export const fileParams = bidParams.extend({ id: z.uuid() });
export const invoiceParams = bidParams.extend({ invoiceNumber: invoiceNumberSchema });
export const accountParams = bidParams.extend({ accountNumber: accountNumberSchema });
export const uploadQuery = z.object({
  validateOnly: z.stringbool().default(false),
  name: z.string().max(200).optional().describe('The file’s name; multipart uploads carry their own'),
});
export const pageQuery = z.object({ cursor: cursorSchema, limit: limitSchema });
export const accountsQuery = pageQuery.extend({
  q: z
    .string()
    .trim()
    .max(100)
    .default('')
    .describe('The start of an account number, or of a word of the customer’s name'),
});
export const blockFlagsBody = z.strictObject({
  blockAch: z.boolean(),
  blockCc: z.boolean(),
  reason: z.string().trim().min(3, 'say why, in a few words').max(500),
});
export const invoicesQuery = pageQuery.extend({ accountNumber: accountNumberSchema.optional() });
const previewDraft = {
  customizations: bifCustomizationsSchema.optional().describe('Left out: the biller’s saved rules'),
  layout: bifLayoutSchema.optional().describe('Left out: the biller’s saved layout'),
};
/** Which file the rules are tried on, and rules and a layout that are not saved yet. */
export const previewRequestSchema = z.strictObject({
  fileId: z.uuid(),
  ...previewDraft,
  count: z.int().min(1).max(100).default(10),
});
/** The field `draft` of a form whose file is tried. */
export const previewDraftSchema = z.strictObject(previewDraft);
export const previewQuery = z.object({ count: z.coerce.number().int().min(1).max(100).default(10) });

/** A page of a list: `nextCursor` is null on the last one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
