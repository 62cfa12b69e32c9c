import { z } from 'zod';
import { isoDate, parseIsoDate, parseUsDate } from './dates.ts';
import { parseMoney } from './money.ts';

/** Days a date rule may reach. */
const OFFSET_DAYS_MAX = 366;
const TEXT_CHARS_MAX = 500;

type FeatureKind = 'money' | 'flag' | 'date' | 'text' | 'guid' | 'invoiceType';
type Feature = { readonly key: string; readonly kind: FeatureKind; readonly mustBeKnown?: boolean };

/** The features a biller may customize: the key of the derived field, and what it holds. An invoice can't be without the four `mustBeKnown`. */
export const bifFeatures = {
  AchServiceFee: { key: 'achServiceFeeCents', kind: 'money' },
  AllowPartialPayments: { key: 'allowPartialPayments', kind: 'flag' },
  AutoPayCollectionDate: { key: 'autoPayCollectionDate', kind: 'date' },
  BalanceForward: { key: 'balanceForward', kind: 'flag' },
  CreditCardServiceFee: { key: 'creditCardServiceFeeCents', kind: 'money' },
  FirstNotifyRequestedDate: { key: 'firstNotifyRequestedDate', kind: 'date' },
  SecondNotifyRequestedDate: { key: 'secondNotifyRequestedDate', kind: 'date' },
  ThirdNotifyRequestedDate: { key: 'thirdNotifyRequestedDate', kind: 'date' },
  InvoiceDate: { key: 'invoiceDate', kind: 'date', mustBeKnown: true },
  InvoiceDueDate: { key: 'dueDate', kind: 'date', mustBeKnown: true },
  InvoiceFormatGuid: { key: 'invoiceFormatGuid', kind: 'guid', mustBeKnown: true },
  InvoiceTypeID: { key: 'invoiceTypeId', kind: 'invoiceType', mustBeKnown: true },
  LateFeeDate: { key: 'lateFeeDate', kind: 'date' },
  LocationReference: { key: 'locationReference', kind: 'text' },
  MinimumAmountDue: { key: 'minimumAmountDueCents', kind: 'money' },
  PaymentExpirationDate: { key: 'paymentExpirationDate', kind: 'date' },
  PaymentExpirationMessage: { key: 'paymentExpirationMessage', kind: 'text' },
  PromptPayExpirationDate: { key: 'promptPayExpirationDate', kind: 'date' },
  RegistrationValue: { key: 'registrationValue', kind: 'text' },
} as const satisfies Record<string, Feature>;
export type BifFeature = keyof typeof bifFeatures;
export const bifFeatureNames = Object.keys(bifFeatures) as readonly BifFeature[];

/** Fields a `{field}` in a text may name: every feature, and what says whose invoice it is. */
export const templateFields = ['InvoiceNumber', 'AccountNumber', 'CustomerName', 'TotalAmountDue'] as const;

const featureName = z.enum(bifFeatureNames as [BifFeature, ...BifFeature[]]);

/**
 * How one feature gets its value: not at all, as sent, a constant (text form: a date `yyyy-mm-dd` or mm/dd/yyyy,
 * an amount, 0 or 1), days before or after another date, or a text with `{fields}`.
 */
export const customizationRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ignored') }),
  z.strictObject({ kind: z.literal('inBif') }),
  z.strictObject({ kind: z.literal('constant'), value: z.string().min(1).max(TEXT_CHARS_MAX) }),
  z.strictObject({
    kind: z.literal('date'),
    from: featureName,
    offset: z.int().min(-OFFSET_DAYS_MAX).max(OFFSET_DAYS_MAX),
    days: z.enum(['calendar', 'banking']),
  }),
  z.strictObject({ kind: z.literal('text'), template: z.string().min(1).max(TEXT_CHARS_MAX) }),
]);
export type CustomizationRule = z.infer<typeof customizationRuleSchema>;

const rulesShape = Object.fromEntries(bifFeatureNames.map((name) => [name, customizationRuleSchema])) as Record<
  BifFeature,
  typeof customizationRuleSchema
>;

/** A rule for each of the 19 features; refused where a rule can't give what its feature holds, or two wait for each other. */
export const bifCustomizationsSchema = z.strictObject(rulesShape).superRefine((rules, context) => {
  for (const feature of bifFeatureNames) {
    const message = ruleFault(feature, rules[feature]) ?? circleFault(feature, rules);
    if (message !== null) context.addIssue({ code: 'custom', path: [feature], message });
  }
});
export type CustomizationRules = z.infer<typeof bifCustomizationsSchema>;

const ignored: CustomizationRule = { kind: 'ignored' };
const inBif: CustomizationRule = { kind: 'inBif' };

/**
 * Where an IMT biller begins (mapping sheet, "BIF Customizations"). The features its questionnaire decides are ignored
 * until it is answered, so that no date nobody chose sends a notice or collects money; BalanceForward comes in IMT's file.
 */
export const imtCustomizations: CustomizationRules = {
  AchServiceFee: ignored,
  AllowPartialPayments: ignored,
  AutoPayCollectionDate: ignored,
  BalanceForward: inBif,
  CreditCardServiceFee: ignored,
  FirstNotifyRequestedDate: ignored,
  SecondNotifyRequestedDate: ignored,
  ThirdNotifyRequestedDate: ignored,
  InvoiceDate: inBif,
  InvoiceDueDate: inBif,
  InvoiceFormatGuid: inBif,
  InvoiceTypeID: inBif,
  LateFeeDate: ignored,
  LocationReference: ignored,
  MinimumAmountDue: ignored,
  PaymentExpirationDate: ignored,
  PaymentExpirationMessage: ignored,
  PromptPayExpirationDate: ignored,
  RegistrationValue: ignored,
};

/** A constant of a feature as its value, or null where it is none. */
export function constantValue(kind: FeatureKind, text: string): string | number | boolean | null {
  switch (kind) {
    case 'money': {
      const cents = parseMoney(text);
      return cents === null || cents < 0n || cents > 99_999_999_999n ? null : Number(cents);
    }
    case 'flag':
      return text === '1' ? true : text === '0' ? false : null;
    case 'date': {
      const day = parseIsoDate(text) || parseUsDate(text);
      return day === 0 ? null : isoDate(day);
    }
    case 'guid':
      return /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(text) ? text : null;
    case 'invoiceType':
      return /^[A-Za-z0-9-]{1,20}$/.test(text) ? text : null;
    case 'text':
      return text;
    default:
      return kind satisfies never;
  }
}

/** Why a rule can't give this feature a value, or null. */
function ruleFault(feature: BifFeature, rule: CustomizationRule): string | null {
  const { kind, mustBeKnown }: Feature = bifFeatures[feature];
  switch (rule.kind) {
    case 'ignored':
      return mustBeKnown === true ? `${feature} can't be N/A: no invoice can be without it.` : null;
    case 'inBif':
      return null;
    case 'constant':
      return constantValue(kind, rule.value) === null ? `${rule.value} is no ${kind}, which ${feature} holds.` : null;
    case 'date':
      if (kind !== 'date') return `${feature} holds no date.`;
      return bifFeatures[rule.from].kind === 'date' ? null : `${rule.from} holds no date to reckon from.`;
    case 'text': {
      if (kind !== 'text') return `${feature} holds no text.`;
      const unknown = namesIn(rule.template).find((name) => !isTemplateField(name));
      return unknown === undefined ? null : `There is no field {${unknown}}.`;
    }
    default:
      return rule satisfies never;
  }
}

/** Two rules that wait for each other give no value; nor does one that waits for itself. */
function circleFault(feature: BifFeature, rules: Record<BifFeature, CustomizationRule>): string | null {
  const waiting = [feature];
  for (let at = 0; at < waiting.length; at++) {
    for (const next of sourcesOf(rules[waiting[at] as BifFeature])) {
      if (next === feature) return `${feature} is reckoned from itself${at > 0 ? `, by way of ${waiting[at]}` : ''}.`;
      if (!waiting.includes(next)) waiting.push(next);
    }
  }
  return null;
}

function sourcesOf(rule: CustomizationRule): BifFeature[] {
  if (rule.kind === 'date') return [rule.from];
  return rule.kind === 'text' ? namesIn(rule.template).filter(isFeature) : [];
}

/** The names in the braces of a template. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(/\{([^{}]*)\}/g)].map((found) => found[1] ?? '');
}

export function isFeature(name: string): name is BifFeature {
  return Object.hasOwn(bifFeatures, name);
}

function isTemplateField(name: string): boolean {
  return isFeature(name) || (templateFields as readonly string[]).includes(name);
}
