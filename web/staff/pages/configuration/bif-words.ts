import { api, type Reply, told } from '../../api.ts';
import type { Section } from './configuration-data.ts';

export type BifCatalogue = Reply<'/api/v1/bif-catalogue'>;
export type BifRecordName = BifCatalogue['records'][number]['record'];
export type Rule = Section<'integration'>['customizations']['LateFeeDate'];
export type FeatureName = keyof Section<'integration'>['customizations'];

export const bifCatalogueQuery = {
  queryKey: ['bif-catalogue'],
  staleTime: 600_000,
  queryFn: () => told(api.GET('/api/v1/bif-catalogue')),
};

/** The four records of a file, in the order they come, and what each is. */
export const RECORD_WORDS: Readonly<Record<BifRecordName, { readonly title: string; readonly says: string }>> = {
  fileHeader: { title: 'File header', says: 'The first line: whose file this is and what its invoices add up to.' },
  invoiceHeader: { title: 'Invoice header', says: 'Begins an invoice.' },
  customerRecord: { title: 'Customer record', says: 'Whose invoice it is.' },
  invoiceDetail: { title: 'Invoice detail', says: 'A line of the invoice; there may be several.' },
};

interface FeatureWords {
  readonly does: string;
  /** What the partner's mapping sheet says of it. */
  readonly sheet: string;
}

/** What each of the 19 customizations does, grouped as a person thinks of them. */
export const FEATURE_GROUPS: readonly (readonly [title: string, features: readonly FeatureName[]])[] = [
  [
    'Collection and notices',
    ['AutoPayCollectionDate', 'FirstNotifyRequestedDate', 'SecondNotifyRequestedDate', 'ThirdNotifyRequestedDate'],
  ],
  [
    'Dates the payer sees',
    [
      'InvoiceDate',
      'InvoiceDueDate',
      'LateFeeDate',
      'PromptPayExpirationDate',
      'PaymentExpirationDate',
      'PaymentExpirationMessage',
    ],
  ],
  [
    'Amounts and fees',
    ['AllowPartialPayments', 'MinimumAmountDue', 'BalanceForward', 'AchServiceFee', 'CreditCardServiceFee'],
  ],
  ['What the invoice is', ['InvoiceFormatGuid', 'InvoiceTypeID', 'LocationReference', 'RegistrationValue']],
];

const ASKED = 'on biller questionnaire';

export const FEATURE_WORDS: Readonly<Record<FeatureName, FeatureWords>> = {
  AutoPayCollectionDate: { does: 'The day AutoPay collects this invoice.', sheet: ASKED },
  FirstNotifyRequestedDate: { does: 'The day the payer is told of the bill.', sheet: ASKED },
  SecondNotifyRequestedDate: { does: 'The day of the second notice, where it is still unpaid.', sheet: ASKED },
  ThirdNotifyRequestedDate: { does: 'The day of the third notice, where it is still unpaid.', sheet: ASKED },
  InvoiceDate: { does: 'The date of the bill.', sheet: 'in BIF' },
  InvoiceDueDate: { does: 'The day payment is due.', sheet: 'in BIF (as sent)' },
  LateFeeDate: { does: 'Shown to the payer: from this day a late fee applies.', sheet: 'N/A' },
  PromptPayExpirationDate: { does: 'Shown to the payer: until this day the prompt-pay price holds.', sheet: ASKED },
  PaymentExpirationDate: { does: 'The last day the invoice can be paid online.', sheet: ASKED },
  PaymentExpirationMessage: { does: 'Shown in place of the pay button after that day.', sheet: ASKED },
  AllowPartialPayments: { does: 'Whether less than the amount due may be paid.', sheet: ASKED },
  MinimumAmountDue: { does: 'The least that has to be paid now.', sheet: 'N/A' },
  BalanceForward: { does: 'This invoice carries the account’s older open invoices forward.', sheet: ASKED },
  AchServiceFee: { does: 'Fee for paying this invoice from a bank account.', sheet: 'N/A' },
  CreditCardServiceFee: { does: 'Fee for paying this invoice by card.', sheet: 'N/A' },
  InvoiceFormatGuid: {
    does: 'The format the invoice is shown in. A conversion sets it.',
    sheet: 'set by the conversion',
  },
  InvoiceTypeID: { does: 'The invoice type it belongs to: methods, fees, environment.', sheet: 'in BIF' },
  LocationReference: { does: 'A place or branch, shown with the invoice.', sheet: 'N/A' },
  RegistrationValue: { does: 'What a payer must know to register for the account.', sheet: 'N/A' },
};

/** A rule as a sentence about its feature. */
export function ruleInWords(rule: Rule): string {
  switch (rule.kind) {
    case 'ignored':
      return 'N/A: the field is ignored.';
    case 'inBif':
      return 'As the file has it.';
    case 'constant':
      return `Always ${rule.value}.`;
    case 'text':
      return `“${rule.template}”`;
    case 'date': {
      if (rule.offset === 0 && rule.days === 'calendar') return `The same day as ${rule.from}.`;
      const count = Math.abs(rule.offset);
      const days = `${count} ${rule.days === 'banking' ? 'banking ' : ''}${count === 1 ? 'day' : 'days'}`;
      return `${days} ${rule.offset < 0 ? 'before' : 'after'} ${rule.from}.`;
    }
    default:
      return rule satisfies never;
  }
}
