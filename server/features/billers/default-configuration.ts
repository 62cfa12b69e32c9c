import { imtCustomizations, imtLayout } from '@causeway/formats/bif';
import { type Configuration, SOURCES } from './configuration.ts';

const LEAST_CENTS = 100;
const MOST_CENTS = 1_000_000;

/** What payers can do from the first day; the rest is sold one by one. */
const startingProducts: Configuration['products'] = {
  virtualSite: true,
  customerPortal: true,
  autoPay: true,
  paperless: true,
  payByText: false,
  scheduledPayments: true,
  recurringScheduledPayments: true,
  obd: false,
  cloudIvrConnect: false,
  cloudPay: false,
  agentConnect: false,
  ssoConnect: false,
};

/**
 * The configuration a biller begins with: IMT's BIF layout and customizations (spec/bif.md), one invoice type paid by
 * CC and ACH without fees, the payer's products on, and nothing asked of the partner until its endpoints are set.
 */
export function defaultConfiguration(from: {
  name: string;
  integrationPartner: string;
  invoiceFormatGuid: string;
}): Configuration {
  return {
    profile: {
      integrationPartner: from.integrationPartner,
      timeZone: 'America/Chicago',
      contacts: [],
      isMultiUser: false,
      virtualSiteVerbiage: {
        en: `Pay your ${from.name} bill here. You need the account number printed on it.`,
        es: `Pague aquí su factura de ${from.name}. Necesita el número de cuenta impreso en ella.`,
      },
      brand: { displayName: from.name, accentColour: '#1f5a8c', logo: '' },
    },
    invoiceTypes: [
      {
        id: '1',
        name: 'Insurance',
        invoiceFormatGuid: from.invoiceFormatGuid,
        authType: 'Account Number with Registration Value',
        registration: { isSelfRegistrationOn: true, isPromptAfterPaymentOn: true, areEmailLinksOn: true },
        environment: null,
        methods: ['CC', 'ACH'],
        arePartialPaymentsAllowed: true,
        fees: null,
      },
    ],
    products: startingProducts,
    cards: {
      brands: ['visa', 'mastercard', 'amex', 'discover'],
      leastCents: LEAST_CENTS,
      mostCents: MOST_CENTS,
      fees: { CC: { flatCents: 0, basisPoints: 0 }, ACH: { flatCents: 0, basisPoints: 0 } },
      mayExceedBalance: false,
    },
    obd: { isOn: false, matchBy: 'account number' },
    ivr: { invoiceTypeIds: [] },
    invoicing: {
      realTimeDataRefresh: false,
      suppressStaleBalances: false,
      applyGlobalBifCustomizations: true,
      balanceMaxAgeSeconds: 300,
      refuseWholeFileOnInvoiceFault: false,
      respectAllowPayments: false,
    },
    integration: { layout: imtLayout, customizations: imtCustomizations },
    advancedSettings: { '105': { kind: 'onOff', value: false } },
    ftp: { users: [], pdfSettings: [], zipSettings: [] },
    dataPump: {
      payments: Object.fromEntries(
        SOURCES.map((source) => [source, { CC: false, ACH: false }]),
      ) as Configuration['dataPump']['payments'],
      nonPayment: { paperless: false, autopay: false },
      transactionIdSeparator: '',
      maxConcurrentRequests: 8,
      settleMinutes: 30,
    },
    portal: { texts: { welcome: { en: '', es: '' }, footer: { en: '', es: '' } }, css: '' },
  };
}
