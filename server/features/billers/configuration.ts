import { bifCustomizationsSchema, bifLayoutSchema } from '@causeway/formats/bif';
import { FTP_USERNAME, readFtpPath } from '@causeway/formats/ftp-path';
import { z } from 'zod';

/** The configuration document of one biller: screens, CLI, API, conversions and snapshots read and write this, and only this. */

const cents = z.int().min(0).max(99_999_999_999);
const text = (max: number) => z.string().max(max);
const bothLanguages = (max: number) => z.strictObject({ en: text(max), es: text(max) });

export const METHODS = ['CC', 'ACH'] as const;
export const SOURCES = [
  'Virtual Site',
  'Customer Portal',
  'AutoPay',
  'Scheduled',
  'Recurring',
  'Pay by Text',
  'IVR',
  'OBD',
  'CSR',
] as const;
export const AUTH_TYPES = [
  'Email Address with Password',
  'Account Number with Registration Value',
  'Email Address with Registration Value',
] as const;
export const CARD_BRANDS = ['visa', 'mastercard', 'amex', 'discover'] as const;

/** A sealed value: what is kept instead of the secret. `fingerprint` lets two people compare without seeing it. */
export const sealedSchema = z.strictObject({
  sealed: z.string().min(1),
  fingerprint: z.string().regex(/^[0-9a-f]{8}$/),
});
export type Sealed = z.infer<typeof sealedSchema>;
export const SECRET_MARK = '••••';
/** How a secret looks on a screen, in the API, in a diff and in an export. Sent back unchanged it means "keep it". */
export const shownSecretSchema = z.strictObject({
  shown: z.literal(SECRET_MARK),
  fingerprint: z.string().regex(/^[0-9a-f]{8}$/),
});
export type ShownSecret = z.infer<typeof shownSecretSchema>;
/** A secret as it is entered: sealed on arrival, never told again. */
export const newSecretSchema = z.strictObject({ set: z.string().min(1).max(2000) });
export type NewSecret = z.infer<typeof newSecretSchema>;
/** A secret in a file for another installation, sealed to its public key and to its place (exchange/seal-secret.ts). */
export const jweSecretSchema = z.strictObject({ sealedTo: z.string().max(20), jwe: z.string().min(1).max(8000) });
export type JweSecret = z.infer<typeof jweSecretSchema>;
/** What may stand where a secret belongs in a document that is being saved. */
export type SecretEntry = ShownSecret | NewSecret | Sealed;

const feeSchema = z.strictObject({ flatCents: cents, basisPoints: z.int().min(0).max(1000) });
/** What paying costs the payer: a flat part and a percentage (in basis points), by method. */
export const feesSchema = z.strictObject({ CC: feeSchema, ACH: feeSchema });

const profileSchema = z.strictObject({
  integrationPartner: text(60).describe('Integration Partner ID'),
  timeZone: z.string().refine(isTimeZone, 'must be a time zone such as America/Chicago'),
  contacts: z
    .array(
      z.strictObject({ role: text(60), name: text(120), email: z.union([z.email(), z.literal('')]), phone: text(40) }),
    )
    .max(50),
  isMultiUser: z.boolean(),
  virtualSiteVerbiage: bothLanguages(4000),
  brand: z.strictObject({
    displayName: text(120).min(1),
    accentColour: z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #1f5a8c'),
    logo: z
      .string()
      .max(200_000)
      .regex(/^(data:image\/(png|svg\+xml|webp);base64,[A-Za-z0-9+/=]+)?$/, 'must be a PNG, SVG or WebP image')
      .describe('A data URL, or empty'),
  }),
});

const invoiceTypeSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,20}$/),
  name: text(80).min(1),
  invoiceFormatGuid: z.guid(),
  authType: z.enum(AUTH_TYPES),
  registration: z.strictObject({
    isSelfRegistrationOn: z.boolean(),
    isPromptAfterPaymentOn: z.boolean(),
    areEmailLinksOn: z.boolean(),
  }),
  environment: z.union([z.literal(1), z.literal(2)]).nullable(),
  methods: z.array(z.enum(METHODS)).max(2),
  arePartialPaymentsAllowed: z.boolean(),
  fees: feesSchema.nullable().describe('Null: the fees of Credit/Debit Cards apply'),
});

const productNames = [
  'virtualSite',
  'customerPortal',
  'autoPay',
  'paperless',
  'payByText',
  'scheduledPayments',
  'recurringScheduledPayments',
  'obd',
  'cloudIvrConnect',
  'cloudPay',
  'agentConnect',
  'ssoConnect',
] as const;
const productsSchema = z.strictObject(
  Object.fromEntries(productNames.map((name) => [name, z.boolean()])) as Record<
    (typeof productNames)[number],
    z.ZodBoolean
  >,
);

const cardsSchema = z.strictObject({
  brands: z.array(z.enum(CARD_BRANDS)).max(4),
  leastCents: cents,
  mostCents: cents,
  fees: feesSchema,
  mayExceedBalance: z.boolean(),
});

const invoicingSchema = z.strictObject({
  realTimeDataRefresh: z.boolean(),
  suppressStaleBalances: z.boolean(),
  applyGlobalBifCustomizations: z.boolean(),
  balanceMaxAgeSeconds: z.int().min(0).max(86_400),
  refuseWholeFileOnInvoiceFault: z.boolean(),
  respectAllowPayments: z.boolean().describe('Refuse payment where the partner says allow_payments: false'),
});

/** One Advanced Setting as kept: structured, so that a secret may hold a `|`. The text form is made by setting-text.ts. */
function settingSchema<Secret extends z.ZodType>(secret: Secret) {
  return z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('text'), value: text(4000) }),
    z.strictObject({ kind: z.literal('pair'), environment1: text(2000), environment2: text(2000) }),
    z.strictObject({ kind: z.literal('secret'), secret }),
    z.strictObject({ kind: z.literal('secretPair'), environment1: secret, environment2: secret }),
    z.strictObject({ kind: z.literal('keyAndPassword'), privateKey: secret, password: secret }),
    z.strictObject({ kind: z.literal('onOff'), value: z.boolean() }),
    z.strictObject({ kind: z.literal('json'), value: z.json() }),
  ]);
}
export const settingValueSchema = settingSchema(sealedSchema);
export type SettingValue = z.infer<typeof settingValueSchema>;
export type SettingValueOf<Secret> = z.infer<ReturnType<typeof settingSchema<z.ZodType<Secret>>>>;

/**
 * A folder of an FTP user. Both slashes are taken, and a user in front of it (`prairiepinemutualftp\\ToInvoiceCloud\\PDFs`)
 * becomes the setting's user; it is kept as `/ToInvoiceCloud/PDFs` (spec/files.md).
 */
const folder = text(400).superRefine((value, context) => {
  const read = readFtpPath(value);
  if (read.kind === 'refused') context.addIssue({ code: 'custom', message: read.why });
});
const ftpUsername = z
  .string()
  .regex(FTP_USERNAME, 'must be 3 to 40 small letters, digits, dots, hyphens or underscores, a letter or digit first');

function withPlace<Setting extends { username: string; path: string }>(setting: Setting): Setting {
  const read = readFtpPath(setting.path);
  if (read.kind === 'refused') return setting;
  return { ...setting, username: read.username ?? setting.username, path: read.folder };
}

function ftpSchemaOf<Secret extends z.ZodType>(secret: Secret) {
  return z.strictObject({
    users: z
      .array(
        z.strictObject({ username: ftpUsername, password: secret.nullable(), publicKeys: z.array(text(3000)).max(10) }),
      )
      .max(20),
    pdfSettings: z
      .array(
        z
          .strictObject({
            username: text(40),
            path: folder,
            isBackupOn: z.boolean(),
            moveAction: z.enum(['Move to Filename Pending', 'Leave', 'Delete', 'Move to Error']),
            isActive: z.boolean(),
          })
          .overwrite(withPlace),
      )
      .max(50),
    zipSettings: z
      .array(
        z
          .strictObject({
            username: text(40),
            path: folder,
            isBackupOn: z.boolean(),
            areZipFilesDeleted: z.boolean(),
            isActive: z.boolean(),
          })
          .overwrite(withPlace),
      )
      .max(50),
  });
}

const methodChoice = z.strictObject({ CC: z.boolean(), ACH: z.boolean() });
const dataPumpSchema = z.strictObject({
  payments: z.strictObject(
    Object.fromEntries(SOURCES.map((source) => [source, methodChoice])) as Record<
      (typeof SOURCES)[number],
      typeof methodChoice
    >,
  ),
  nonPayment: z.strictObject({ paperless: z.boolean(), autopay: z.boolean() }),
  transactionIdSeparator: z
    .string()
    .regex(/^[-_.]?$/)
    .describe('Between BillerID and PaymentID; empty joins them (A4)'),
  maxConcurrentRequests: z.int().min(1).max(100),
  settleMinutes: z.int().min(0).max(1440).describe('How long an unknown post settles before it is looked at'),
});

const portalSchema = z.strictObject({
  texts: z.strictObject({ welcome: bothLanguages(2000), footer: bothLanguages(2000) }),
  css: text(20_000),
});

function documentSchema<Secret extends z.ZodType>(secret: Secret) {
  return z.strictObject({
    profile: profileSchema,
    invoiceTypes: z.array(invoiceTypeSchema).min(1).max(50),
    products: productsSchema,
    cards: cardsSchema,
    obd: z.strictObject({ isOn: z.boolean(), matchBy: z.enum(['account number', 'account number and name']) }),
    ivr: z.strictObject({ invoiceTypeIds: z.array(z.string()).max(50) }),
    invoicing: invoicingSchema,
    integration: z.strictObject({ layout: bifLayoutSchema, customizations: bifCustomizationsSchema }),
    advancedSettings: z.record(z.string().regex(/^\d{1,5}$/), settingSchema(secret)),
    ftp: ftpSchemaOf(secret),
    dataPump: dataPumpSchema,
    portal: portalSchema,
  });
}

/** The document as kept: every secret sealed. */
export const configurationSchema = documentSchema(sealedSchema);
export type Configuration = z.infer<typeof configurationSchema>;
/** The document as shown: every secret a mark and a fingerprint. */
export const configurationViewSchema = documentSchema(shownSecretSchema);
export type ConfigurationView = z.infer<typeof configurationViewSchema>;
/** The document as sent in: a secret is either kept (as shown) or set anew. */
export const configurationDraftSchema = documentSchema(z.union([shownSecretSchema, newSecretSchema]));
/** The document in an exported file: a secret is a fingerprint, or sealed to another installation. */
export const configurationFileSchema = documentSchema(z.union([shownSecretSchema, jweSecretSchema]));
export type ConfigurationOf<Secret> = z.infer<ReturnType<typeof documentSchema<z.ZodType<Secret>>>>;
/** A draft inside the program: what is restored is sealed already. */
export type ConfigurationDraft = ConfigurationOf<SecretEntry>;
export type SectionName = keyof Configuration;
export const SECTION_NAMES = Object.keys(configurationSchema.shape) as readonly SectionName[];
export type InvoiceType = Configuration['invoiceTypes'][number];
export type Method = (typeof METHODS)[number];
export type Source = (typeof SOURCES)[number];

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
