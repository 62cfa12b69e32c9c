import type { Configuration, InvoiceType, Source } from './configuration.ts';
import { invoiceTypeOf, isSsoOnly } from './fees.ts';

type Product = keyof Configuration['products'];

/** The product that a payment of each source is part of; staff take payments through AgentConnect. */
const PRODUCT_OF_SOURCE: Readonly<Record<Source, Product>> = {
  'Virtual Site': 'virtualSite',
  'Customer Portal': 'customerPortal',
  AutoPay: 'autoPay',
  Scheduled: 'scheduledPayments',
  Recurring: 'recurringScheduledPayments',
  'Pay by Text': 'payByText',
  IVR: 'cloudIvrConnect',
  OBD: 'obd',
  CSR: 'agentConnect',
};
const PRODUCT_OF_CHANGE = { paperless: 'paperless', autopay: 'autoPay' } as const satisfies Record<string, Product>;

export type SourceOffer = 'offered' | 'product-off' | 'type-not-offered';

/**
 * Whether payments of a source are taken, for an invoice type: its product is on, OBD is switched on as well, bills of an
 * SSO-only biller are not paid on the Virtual Site, and by phone only the types of Cloud IVR Connect.
 */
export function sourceOffer(
  configuration: Configuration,
  from: { source: Source; invoiceTypeId: string },
): SourceOffer {
  const { source } = from;
  if (!configuration.products[PRODUCT_OF_SOURCE[source]]) return 'product-off';
  if (source === 'OBD' && !configuration.obd.isOn) return 'product-off';
  if (source === 'Virtual Site' && isSsoOnly(configuration)) return 'product-off';
  if (source === 'IVR' && !configuration.ivr.invoiceTypeIds.includes(from.invoiceTypeId)) return 'type-not-offered';
  return 'offered';
}

/** Whether bills are found and paid on the biller's own pages without a login. */
export function isVirtualSiteOn(configuration: Configuration): boolean {
  return configuration.products.virtualSite && !isSsoOnly(configuration);
}

/** Whether payers may change the setting at all; what is not sold is not posted either. */
export function isChangeOffered(configuration: Configuration, kind: 'paperless' | 'autopay'): boolean {
  return configuration.products[PRODUCT_OF_CHANGE[kind]];
}

export type RegistrationWay = 'self' | 'after-payment' | 'email-link' | 'sso';
export type RegistrationOffer =
  | { readonly kind: 'offered'; readonly authType: InvoiceType['authType'] }
  | {
      readonly kind: 'refused';
      readonly why: 'product-off' | 'sso-only' | 'unknown-type' | 'way-off' | 'one-login';
    };

/**
 * Whether someone may register a login for an account, and what is asked of them (spec/configuration.md, Auth Types).
 * Through SSO the partner vouches for the owner, so only its product counts; a second login needs multi-user.
 */
export function registrationOffer(
  configuration: Configuration,
  from: { invoiceTypeId: string; way: RegistrationWay; loginsOfAccount: number },
): RegistrationOffer {
  const isSso = from.way === 'sso';
  const { products, profile } = configuration;
  if (!(isSso ? products.ssoConnect : products.customerPortal)) return { kind: 'refused', why: 'product-off' };
  if (!isSso && isSsoOnly(configuration)) return { kind: 'refused', why: 'sso-only' };
  const type = invoiceTypeOf(configuration, from.invoiceTypeId);
  if (!type) return { kind: 'refused', why: 'unknown-type' };
  if (!isWayOn(type, from.way)) return { kind: 'refused', why: 'way-off' };
  if (from.loginsOfAccount > 0 && !profile.isMultiUser) return { kind: 'refused', why: 'one-login' };
  return { kind: 'offered', authType: type.authType };
}

function isWayOn({ registration }: InvoiceType, way: RegistrationWay): boolean {
  switch (way) {
    case 'self':
      return registration.isSelfRegistrationOn;
    case 'after-payment':
      return registration.isPromptAfterPaymentOn;
    case 'email-link':
      return registration.areEmailLinksOn;
    case 'sso':
      return true;
    default:
      return way satisfies never;
  }
}

/** Whom payers call or write to: the contacts whose role is customer service. */
export function customerServiceOf(configuration: Configuration): Configuration['profile']['contacts'] {
  return configuration.profile.contacts.filter(
    ({ role, phone, email }) => /^\s*customer service\s*$/i.test(role) && (phone !== '' || email !== ''),
  );
}
