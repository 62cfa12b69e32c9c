import {
  applyCustomizations,
  type BifBatch,
  type BifFeature,
  type BifLayout,
  bifFeatureNames,
  bifFeatures,
  type CustomizableInvoice,
  type CustomizationRules,
  isBankingDay,
} from '@causeway/formats/bif';

/** The features that are columns of an invoice, by their derived key; the others live in `derived` alone. */
export const columnFeatures = {
  InvoiceDate: 'invoiceDate',
  InvoiceDueDate: 'dueDate',
  InvoiceFormatGuid: 'invoiceFormatGuid',
  InvoiceTypeID: 'invoiceTypeId',
  BalanceForward: 'balanceForward',
} as const satisfies Partial<Record<BifFeature, string>>;
type ColumnFeature = keyof typeof columnFeatures;
export type ColumnKey = (typeof columnFeatures)[ColumnFeature];

/**
 * What a biller's rules look at in an invoice: nothing of it (`same`), its two dates (`dates`), or more (`each`). It
 * decides how often they are applied in a file: once, once for each pair of dates, or to each invoice.
 */
export type DerivationReach = 'same' | 'dates' | 'each';

export interface Derivation {
  readonly reach: DerivationReach;
  /** Columns whose value the rules decide; of the others the sent value stands. */
  readonly overridden: readonly ColumnKey[];
  /** The derived fields as kept: those with a value, of features that are not a sent column. */
  readonly of: (invoice: CustomizableInvoice) => DerivedJson;
  /** The same of one invoice of a batch, as JSON. */
  readonly jsonAt: (batch: BifBatch, index: number) => string;
}
export type DerivedJson = Readonly<Record<string, string | number | boolean>>;

/** No rule of the biller applies, so what was sent stands: UploadInvoice where "Apply Global BIF Customizations" is off. */
export const everythingInBif = Object.fromEntries(
  bifFeatureNames.map((feature) => [feature, { kind: 'inBif' }]),
) as CustomizationRules;

/** Makes a biller's rules ready for its invoices (bif.md, BIF customizations). */
export function compileDerivation(rules: CustomizationRules, layout: BifLayout): Derivation {
  const kept = bifFeatureNames.filter((feature) => !isColumn(feature) || rules[feature].kind !== 'inBif');
  const keys = kept.map((feature) => bifFeatures[feature].key);
  const reach = widest(kept.map((feature) => reachOf(feature, rules, layout)));
  const of = (invoice: CustomizableInvoice): DerivedJson => {
    const fields: Readonly<Record<string, string | number | boolean | null>> = {
      ...applyCustomizations(invoice, rules, { bankingDay: isBankingDay }).fields,
    };
    const derived: Record<string, string | number | boolean> = {};
    for (const key of keys) {
      const value = fields[key] ?? null;
      if (value !== null) derived[key] = value;
    }
    return derived;
  };
  return {
    reach,
    overridden: kept.filter(isColumn).map((feature) => columnFeatures[feature]),
    of,
    jsonAt: (batch, index) => JSON.stringify(of(batch.invoice(index))),
  };
}

function reachOf(feature: BifFeature, rules: CustomizationRules, layout: BifLayout): DerivationReach {
  const rule = rules[feature];
  switch (rule.kind) {
    case 'ignored':
    case 'constant':
      return 'same';
    case 'text':
      return /\{[^{}]*\}/.test(rule.template) ? 'each' : 'same';
    case 'date':
      return reachOf(rule.from, rules, layout);
    case 'inBif': {
      if (feature === 'InvoiceDate' || feature === 'InvoiceDueDate') return 'dates';
      const isInLayout = layout.invoiceHeader.includes(feature) || layout.customerRecord.includes(feature);
      return isInLayout ? 'each' : 'same';
    }
    default:
      return rule satisfies never;
  }
}

function widest(reaches: readonly DerivationReach[]): DerivationReach {
  if (reaches.includes('each')) return 'each';
  return reaches.includes('dates') ? 'dates' : 'same';
}

function isColumn(feature: BifFeature): feature is ColumnFeature {
  return Object.hasOwn(columnFeatures, feature);
}
