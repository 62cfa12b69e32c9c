import {
  type BifField,
  type BifFieldKind,
  bifFeatureNames,
  bifFeatures,
  bifFieldCatalogue,
  bifRecords,
  templateFields,
} from '@causeway/formats/bif';

/** How a value of each kind stands in a file; names of fields with a telling example of their own come first. */
const BY_NAME: Readonly<Record<string, string>> = {
  ThirdPartyFileReference: 'BILLS-1120',
  FileCreationDate: '11/20/2026',
  TotalInvoiceAmount: '128.40',
  InvoiceDueDate: '12/12/2026',
  TotalAmountDue: '128.40',
  BalanceForward: '',
  MinimumAmountDue: '25.00',
  AchServiceFee: '0.00',
  CreditCardServiceFee: '3.50',
  CustomerName: 'JANE SAMPLE',
  Description: 'Insurance',
  PaymentExpirationMessage: 'Please call us to pay.',
  LocationReference: 'Des Moines',
  Address1: '12 Levee Road',
  City: 'Des Moines',
  State: 'IA',
  Zip: '50265',
  Phone: '515-555-0134',
  EmailAddress: 'jane@example.com',
  RegistrationValue: '50265',
  DetailAmount: '128.40',
};
const BY_KIND: Readonly<Record<BifFieldKind, string>> = {
  rowType: '',
  constant: '',
  text: 'text',
  date: '11/20/2026',
  fileDate: '11/20/2026',
  money: '128.40',
  flag: '1',
  count: '1',
  guid: 'a7da43f3-9d20-45c9-8dc5-be5ae931a8a3',
  account: '20240903',
  invoiceNumber: '20240903-2026-11-20',
  invoiceType: '252',
};

/** The fields a BIF layout may hold and the features a customization may set, as data for the screens. */
export function bifCatalogue() {
  return {
    records: bifRecords.map((record) => ({
      record,
      fields: bifFieldCatalogue[record].map((field) => ({
        name: field.name,
        fileSpecId: field.fileSpecId,
        isRequired: field.required,
        kind: field.kind,
        example: exampleOf(field),
      })),
    })),
    features: bifFeatureNames.map((name) => {
      const feature: { readonly kind: string; readonly mustBeKnown?: boolean } = bifFeatures[name];
      return { name, kind: feature.kind, isNeeded: feature.mustBeKnown === true };
    }),
    templateFields: [...templateFields, ...bifFeatureNames],
  };
}

function exampleOf(field: BifField): string {
  return BY_NAME[field.name] ?? field.constant ?? BY_KIND[field.kind];
}
