import type { Rule } from './rule.ts';

const NO_GUID = '00000000-0000-0000-0000-000000000000';
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The rules about sections that name each other: invoice types, cards, products. */
export const documentRules: readonly Rule[] = [
  {
    id: 'invoice-format-guid',
    severity: 'error',
    says: 'InvoiceFormatGuid is a GUID.',
    find: ({ configuration }) =>
      configuration.invoiceTypes
        .filter((type) => !GUID.test(type.invoiceFormatGuid) || type.invoiceFormatGuid === NO_GUID)
        .map((type) => ({
          at: `invoiceTypes.${type.id}.invoiceFormatGuid`,
          sentence: `Invoice type ${type.id}: “${type.invoiceFormatGuid}” is not the GUID of an invoice format.`,
        })),
  },
  {
    id: 'invoice-type-once',
    severity: 'error',
    says: 'An InvoiceTypeID stands once.',
    find: ({ configuration }) =>
      repeated(configuration.invoiceTypes.map((type) => type.id)).map((id) => ({
        at: `invoiceTypes.${id}.id`,
        sentence: `InvoiceTypeID ${id} stands more than once.`,
      })),
  },
  {
    id: 'invoice-type-methods',
    severity: 'warning',
    says: 'An invoice type can be paid by at least one method.',
    find: ({ configuration }) =>
      configuration.invoiceTypes
        .filter((type) => type.methods.length === 0)
        .map((type) => ({
          at: `invoiceTypes.${type.id}.methods`,
          sentence: `Invoice type ${type.id} (${type.name}) takes neither CC nor ACH, so nobody can pay it here.`,
        })),
  },
  {
    id: 'ivr-invoice-types',
    severity: 'error',
    says: 'Cloud IVR Connect offers invoice types of the biller.',
    find: ({ configuration }) =>
      configuration.ivr.invoiceTypeIds
        .filter((id) => !configuration.invoiceTypes.some((type) => type.id === id))
        .map((id) => ({ at: 'ivr.invoiceTypeIds', sentence: `There is no invoice type ${id} to offer by phone.` })),
  },
  {
    id: 'card-limits',
    severity: 'error',
    says: 'The least payment is not above the most.',
    find: ({ configuration: { cards } }) =>
      cards.leastCents > cards.mostCents
        ? [{ at: 'cards.leastCents', sentence: 'The least payment is above the most, so no payment could be taken.' }]
        : [],
  },
  {
    id: 'card-brands',
    severity: 'error',
    says: 'Where CC is taken, so is at least one brand.',
    find: ({ configuration }) =>
      configuration.cards.brands.length === 0 && configuration.invoiceTypes.some((type) => type.methods.includes('CC'))
        ? [{ at: 'cards.brands', sentence: 'An invoice type takes CC, but no card brand is chosen.' }]
        : [],
  },
  {
    id: 'stale-balances',
    severity: 'warning',
    says: 'Suppress Stale Balances goes with Real Time Data Refresh.',
    find: ({ configuration: { invoicing } }) =>
      invoicing.suppressStaleBalances && !invoicing.realTimeDataRefresh
        ? [
            {
              at: 'invoicing.suppressStaleBalances',
              sentence: 'Without Real Time Data Refresh no balance becomes stale, so this changes nothing.',
            },
          ]
        : [],
  },
  {
    id: 'sso-product',
    severity: 'warning',
    says: 'An SSO-only biller has the product SSO Connect.',
    find: ({ configuration }) =>
      configuration.advancedSettings['3'] !== undefined && !configuration.products.ssoConnect
        ? [
            {
              at: 'products.ssoConnect',
              sentence:
                'Payers sign on at the partner (setting 3), but the product SSO Connect is off, so nobody can arrive.',
            },
          ]
        : [],
  },
];

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, n) => names.indexOf(name) !== n))];
}
