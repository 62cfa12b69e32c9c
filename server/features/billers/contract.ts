import { z } from 'zod';
import {
  configurationDraftSchema,
  configurationViewSchema,
  newSecretSchema,
  SECTION_NAMES,
  type SectionName,
} from './configuration.ts';

export { type ConfigurationView, SECRET_MARK } from './configuration.ts';

/** Bodies and answers of the billers' routes. The web application and the command line take their types from here. */

/** As large as its column. */
const VERSION_MAX = 2_147_483_647;
const version = z.int().min(1).max(VERSION_MAX);
const reason = z.string().trim().min(3, 'say why, in a few words').max(500);
const sectionName = z.enum(SECTION_NAMES as [SectionName, ...SectionName[]]);

export const billerParams = z.object({ bid: z.coerce.number().int().min(1).max(2_147_483_647) });

export const billerSummarySchema = z.object({ bid: z.int(), slug: z.string(), name: z.string() });
export type BillerSummaryView = z.infer<typeof billerSummarySchema>;

export const partnerViewSchema = z.object({
  name: z.string(),
  operations: z.array(z.enum(['balance', 'payment', 'paperless', 'autopay', 'pdf'])),
  hasSeparateSignIn: z.boolean(),
  hasEnvironments: z.boolean(),
  hasPrivateKey: z.boolean(),
});
export type PartnerView = z.infer<typeof partnerViewSchema>;

export const billerSchema = billerSummarySchema.extend({
  guid: z.string(),
  version,
  integrationPartner: z.string(),
  partner: partnerViewSchema
    .nullable()
    .describe('What the partner can do; null when this installation does not know it'),
});
export type BillerView = z.infer<typeof billerSchema>;

export const createBillerBody = z.strictObject({
  bid: z.int().min(1).max(2_147_483_647),
  name: z.string().trim().min(1).max(120),
  slug: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,62}$/)
    .optional(),
  guid: z.guid().optional(),
});

export const renameBillerBody = z.strictObject({
  name: z.string().trim().min(1).max(120),
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/),
  guid: z.guid(),
  reason,
});

export const ruleFaultSchema = z.object({
  rule: z.string(),
  severity: z.enum(['error', 'warning']),
  sentence: z.string(),
  at: z.string().describe('The field, e.g. advancedSettings.8'),
});

export const differenceSchema = z.object({
  path: z.string(),
  section: sectionName,
  from: z.json().optional().describe('Absent: it was not there. Secrets as •••• (fingerprint)'),
  to: z.json().optional(),
  isSecret: z.boolean(),
});

export const settingViewSchema = z.object({
  number: z.string(),
  description: z.string(),
  text: z.string().describe('As typed; secrets as •••• (fingerprint)'),
  isSecret: z.boolean(),
  isKnown: z.boolean(),
});

export const configurationAnswer = z.object({
  bid: z.int(),
  version,
  configuration: configurationViewSchema.meta({ id: 'Configuration' }),
  settings: z.array(settingViewSchema),
  faults: z.array(ruleFaultSchema),
});
export type ConfigurationAnswer = z.infer<typeof configurationAnswer>;

export const savedAnswer = z.object({
  version,
  isChanged: z.boolean(),
  differences: z.array(differenceSchema),
  clearedSecrets: z
    .array(z.int())
    .describe('Settings whose secret was taken out because its endpoint leads to another host'),
  warnings: z.array(ruleFaultSchema),
});
export type SavedAnswer = z.infer<typeof savedAnswer>;

/** One section, or several, as a person leaves them; secrets either as shown (keep) or `{ "set": "…" }`. */
export const sectionsSchema = configurationDraftSchema.partial();
export const saveSectionsBody = z.strictObject({ expectedVersion: version, reason, sections: sectionsSchema });
export const checkBody = z.strictObject({ expectedVersion: version, sections: sectionsSchema });
export const checkAnswer = z.object({
  faults: z.array(ruleFaultSchema),
  differences: z.array(differenceSchema),
  clearedSecrets: z.array(z.int()),
});

/** The body of `PUT …/configuration/{section}`. */
export function saveSectionBody<Name extends SectionName>(section: Name) {
  return z.strictObject({ expectedVersion: version, reason, value: configurationDraftSchema.shape[section] });
}

export const settingParams = billerParams.extend({ number: z.string().regex(/^\d{1,5}$/) });
/** A setting as text (with `|` as spec/configuration.md has it), or part by part, where any character is its own. */
export const saveSettingBody = z.strictObject({
  expectedVersion: version,
  reason,
  value: z.union([
    z.strictObject({ text: z.string().min(1).max(4000) }),
    z.strictObject({ privateKey: newSecretSchema.shape.set, password: newSecretSchema.shape.set }),
    z.strictObject({ environment1: z.string().min(1).max(2000), environment2: z.string().min(1).max(2000) }),
  ]),
});
export const removeSettingBody = z.strictObject({ expectedVersion: version, reason });

export const historyQuery = z.object({
  cursor: z.coerce.number().int().min(1).max(VERSION_MAX).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});
export const historyAnswer = z.object({
  items: z.array(
    z.object({
      version,
      changedBy: z.string(),
      changedAt: z.string(),
      reason: z.string(),
      sections: z.array(z.string()),
      restoredFrom: z.int().nullable(),
      differences: z.array(differenceSchema),
    }),
  ),
  nextCursor: z.string().nullable(),
});

export const diffQuery = z.object({
  from: z.coerce.number().int().min(1).max(VERSION_MAX),
  to: z.coerce.number().int().min(1).max(VERSION_MAX),
});
export const diffAnswer = z.object({ items: z.array(differenceSchema) });

export const restoreBody = z.strictObject({
  version,
  expectedVersion: version,
  sections: z.array(sectionName).min(1).optional(),
  reason,
});

export const catalogueAnswer = z.object({
  items: z.array(
    z.object({
      number: z.int(),
      description: z.string(),
      kind: z.enum(['url', 'text', 'secret', 'onOff', 'json', 'word']),
      pairs: z.enum(['needed', 'optional', 'never']),
      audience: z.enum(['console', 'biller']),
      with: z.array(z.int()),
      partners: z.array(z.string()).describe('The partners it exists for'),
      mayHoldPrivateKey: z.boolean(),
    }),
  ),
  rules: z.array(z.object({ id: z.string(), severity: z.enum(['error', 'warning']), says: z.string() })),
  partners: z.array(partnerViewSchema).describe('The partners this installation knows, and what each can do'),
  notServedYet: z
    .array(z.object({ path: z.string(), sentence: z.string() }))
    .describe('Fields that are kept and obeyed, but have no page, call or message yet; * is any invoice type'),
});

export const ftpUsersQuery = z.object({
  q: z.string().trim().max(100).default('').describe('Part of a username or of a biller’s name, or a BID'),
  cursor: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const ftpUsersAnswer = z.object({
  items: z.array(
    z.object({
      bid: z.int(),
      biller: z.string(),
      username: z.string(),
      hasPassword: z.boolean(),
      keyCount: z.int(),
      folderCount: z.int().describe('Its active PDF and zip settings'),
    }),
  ),
  nextCursor: z.string().nullable(),
});
export const describeKeysBody = z.strictObject({ keys: z.array(z.string().max(3000)).min(1).max(200) });
export const describeKeysAnswer = z.object({
  items: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('key'),
          type: z.string(),
          bits: z.int(),
          fingerprint: z.string(),
          comment: z.string(),
          line: z.string().describe('The key as it is kept'),
        }),
        z.object({ kind: z.literal('refused'), why: z.string() }),
      ]),
    )
    .describe('In the order asked'),
});

export const bifCatalogueAnswer = z.object({
  records: z.array(
    z.object({
      record: z.enum(['fileHeader', 'invoiceHeader', 'customerRecord', 'invoiceDetail']),
      fields: z.array(
        z.object({
          name: z.string(),
          fileSpecId: z.int().nullable().describe('The number of the mapping sheet; null where it gives none'),
          isRequired: z.boolean().describe('Every layout has it'),
          kind: z.string(),
          example: z.string(),
        }),
      ),
    }),
  ),
  features: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      isNeeded: z.boolean().describe('No invoice can be without it, so it can’t be ignored'),
    }),
  ),
  templateFields: z.array(z.string()).describe('What a {field} in a text may name'),
});
