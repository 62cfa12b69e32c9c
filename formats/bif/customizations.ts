import { type BankingCalendar, shiftBankingDays, shiftDays } from './banking-days.ts';
import type { BifInvoice, BifValue } from './batch.ts';
import {
  type BifFeature,
  bifFeatureNames,
  bifFeatures,
  type CustomizationRule,
  type CustomizationRules,
  constantValue,
  isFeature,
} from './customization-rules.ts';
import { usDate } from './dates.ts';
import { printMoney } from './money.ts';
import { printCustomizationRule } from './write-rule.ts';

/** What the rules look at; a BifInvoice fits, and so does one that came by UploadInvoice. */
export type CustomizableInvoice = Pick<
  BifInvoice,
  | 'invoiceNumber'
  | 'accountNumber'
  | 'customerName'
  | 'invoiceDate'
  | 'dueDate'
  | 'totalCents'
  | 'balanceForward'
  | 'invoiceTypeId'
  | 'invoiceFormatGuid'
  | 'extras'
>;

/** The 19 fields after the rules: dates `yyyy-mm-dd`, amounts integer cents, null where the invoice has none. */
export type DerivedFields = {
  readonly achServiceFeeCents: number | null;
  readonly allowPartialPayments: boolean | null;
  readonly autoPayCollectionDate: string | null;
  readonly balanceForward: boolean;
  readonly creditCardServiceFeeCents: number | null;
  readonly firstNotifyRequestedDate: string | null;
  readonly secondNotifyRequestedDate: string | null;
  readonly thirdNotifyRequestedDate: string | null;
  readonly invoiceDate: string;
  readonly dueDate: string;
  readonly invoiceFormatGuid: string;
  readonly invoiceTypeId: string;
  readonly lateFeeDate: string | null;
  readonly locationReference: string | null;
  readonly minimumAmountDueCents: number | null;
  readonly paymentExpirationDate: string | null;
  readonly paymentExpirationMessage: string | null;
  readonly promptPayExpirationDate: string | null;
  readonly registrationValue: string | null;
};

/** For a preview: what was sent, what the rule made of it, and the rule in words. */
export type CustomizationEffect = {
  readonly feature: BifFeature;
  readonly rule: string;
  readonly sent: BifValue | null;
  readonly value: BifValue | null;
};
export type CustomizationResult = { readonly fields: DerivedFields; readonly effects: readonly CustomizationEffect[] };

/**
 * The invoice's fields after the biller's rules. Pure, and total for rules that `bifCustomizationsSchema` accepts. A date
 * reckoned from a date that the invoice does not have is null, not today's or any other.
 */
export function applyCustomizations(
  invoice: CustomizableInvoice,
  rules: CustomizationRules,
  { bankingDay }: { readonly bankingDay: BankingCalendar },
): CustomizationResult {
  const known = new Map<BifFeature, BifValue | null>();
  const derived = (feature: BifFeature): BifValue | null => {
    const before = known.get(feature);
    if (before !== undefined) return before;
    known.set(feature, null); // ends a circle, which the schema refuses anyway
    const value = derive(feature, rules[feature]);
    known.set(feature, value);
    return value;
  };
  const derive = (feature: BifFeature, rule: CustomizationRule): BifValue | null => {
    switch (rule.kind) {
      case 'ignored':
        return null;
      case 'inBif':
        return sentValue(invoice, feature);
      case 'constant':
        return constantValue(bifFeatures[feature].kind, rule.value);
      case 'date': {
        const from = derived(rule.from);
        if (typeof from !== 'string') return null;
        return rule.days === 'banking' ? shiftBankingDays(from, rule.offset, bankingDay) : shiftDays(from, rule.offset);
      }
      case 'text':
        return rule.template.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => wordFor(invoice, name, derived));
      default:
        return rule satisfies never;
    }
  };
  const effects = bifFeatureNames.map((feature) => ({
    feature,
    rule: inWords(rules[feature]),
    sent: sentValue(invoice, feature),
    value: derived(feature),
  }));
  const fields: Record<string, BifValue | null> = {};
  for (const { feature, value } of effects) fields[bifFeatures[feature].key] = value;
  return { fields: { ...(fields as DerivedFields), balanceForward: fields.balanceForward === true }, effects };
}

/** A rule is written once, not for each invoice of a file. */
const written = new WeakMap<CustomizationRule, string>();
function inWords(rule: CustomizationRule): string {
  const known = written.get(rule);
  if (known !== undefined) return known;
  const text = printCustomizationRule(rule);
  written.set(rule, text);
  return text;
}

/** The value the file gave, or null. */
function sentValue(invoice: CustomizableInvoice, feature: BifFeature): BifValue | null {
  switch (feature) {
    case 'BalanceForward':
      return invoice.balanceForward;
    case 'InvoiceDate':
      return invoice.invoiceDate;
    case 'InvoiceDueDate':
      return invoice.dueDate;
    case 'InvoiceFormatGuid':
      return invoice.invoiceFormatGuid;
    case 'InvoiceTypeID':
      return invoice.invoiceTypeId;
    default:
      return invoice.extras[bifFeatures[feature].key] ?? null;
  }
}

/** A field in a text that a payer reads: dates mm/dd/yyyy, amounts with a dollar sign, nothing where there is none. */
function wordFor(
  invoice: CustomizableInvoice,
  name: string,
  derived: (feature: BifFeature) => BifValue | null,
): string {
  if (name === 'InvoiceNumber') return invoice.invoiceNumber;
  if (name === 'AccountNumber') return invoice.accountNumber;
  if (name === 'CustomerName') return invoice.customerName;
  if (name === 'TotalAmountDue') return dollars(invoice.totalCents);
  if (!isFeature(name)) return '';
  const value = derived(name);
  if (value === null) return '';
  if (typeof value === 'number') return dollars(value);
  if (bifFeatures[name].kind === 'date') return usDate(String(value));
  return typeof value === 'boolean' ? (value ? '1' : '0') : value;
}

function dollars(cents: number): string {
  return `${cents < 0 ? '-' : ''}$${printMoney(BigInt(Math.abs(cents)))}`;
}
