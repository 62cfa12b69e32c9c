import type { Configuration, InvoiceType, Method } from './configuration.ts';
import { catalogueRow } from './settings/settings-catalogue.ts';

const BASIS_POINTS = 10_000;

/** The invoice type of an InvoiceTypeID; undefined when the biller has none of that id. */
export function invoiceTypeOf(configuration: Configuration, id: string): InvoiceType | undefined {
  return configuration.invoiceTypes.find((type) => type.id === id);
}

/**
 * What paying `amountCents` costs the payer, in cents: the flat part and the percentage, half a cent rounded up. The
 * invoice type's own fees stand before those of Credit/Debit Cards.
 */
export function feeFor(
  configuration: Configuration,
  invoiceTypeId: string,
  method: Method,
  amountCents: number,
): number {
  if (!Number.isSafeInteger(amountCents) || amountCents < 0)
    throw new RangeError(`not an amount in cents: ${amountCents}`);
  return feeOf(feesOf(configuration, invoiceTypeId)[method], amountCents);
}

/** The fees of an invoice type: its own, else those of Credit/Debit Cards; a bill's own service fee stands before both. */
export function feesOf(
  configuration: Configuration,
  invoiceTypeId: string,
  ofBill: Readonly<Partial<Record<Method, number | undefined>>> = {},
): Configuration['cards']['fees'] {
  const fees = invoiceTypeOf(configuration, invoiceTypeId)?.fees ?? configuration.cards.fees;
  const own = (method: Method) => {
    const flatCents = ofBill[method];
    return flatCents === undefined ? fees[method] : { flatCents, basisPoints: 0 };
  };
  return { CC: own('CC'), ACH: own('ACH') };
}

/** A fee on an amount, in cents, half a cent rounded up. */
export function feeOf(
  { flatCents, basisPoints }: { readonly flatCents: number; readonly basisPoints: number },
  amountCents: number,
): number {
  // At most 1e11 cents times 1000 basis points: far inside the safe integers.
  return flatCents + Math.floor((amountCents * basisPoints + BASIS_POINTS / 2) / BASIS_POINTS);
}

/** Advanced Setting 131: whether the partner's payment types set the account's block flags (spec/imt.md, "Payment types"). */
export function blockedFlagsFollowPartner(configuration: Pick<Configuration, 'advancedSettings'>): boolean {
  const setting = configuration.advancedSettings['131'];
  if (setting?.kind !== 'json') return false;
  const value = setting.value;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const inner = value.RTDRConfig;
  return inner !== null && typeof inner === 'object' && !Array.isArray(inner) && inner?.UpdateBlockedFlags === true;
}

/** Whether payers come from the partner's own portal only: setting 3 is where every sign-in goes (spec/payer.md). */
export function isSsoOnly(configuration: Pick<Configuration, 'advancedSettings'>): boolean {
  return settingText(configuration, 3) !== undefined;
}

/** A setting that is switched on (32, 105); off when it is absent. */
export function isSettingOn(configuration: Pick<Configuration, 'advancedSettings'>, number: number): boolean {
  const setting = configuration.advancedSettings[String(number)];
  return setting?.kind === 'onOff' && setting.value;
}

/** Whether staff only read the two block flags of an account: setting 32, or the partner sets them (setting 131). */
export function areBlockFlagsReadOnly(configuration: Pick<Configuration, 'advancedSettings'>): boolean {
  return isSettingOn(configuration, 32) || blockedFlagsFollowPartner(configuration);
}

/** The value of a setting that is plain text or one address; undefined when it is absent or of another kind. */
export function settingText(
  configuration: Pick<Configuration, 'advancedSettings'>,
  number: number,
): string | undefined {
  const setting = configuration.advancedSettings[String(number)];
  if (setting === undefined || catalogueRow(String(number))?.kind === 'secret') return undefined;
  return setting.kind === 'text' && setting.value !== '' ? setting.value : undefined;
}
