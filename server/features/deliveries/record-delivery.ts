import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/database.ts';
import { openWorkItem } from '../../platform/work-items.ts';
import type { Method, Source } from '../billers/configuration.ts';
import { type Biller, type Billers, isChangeOffered } from '../billers/index.ts';
import type { PartnerConnection, PaymentPosting } from '../billers/partner.ts';
import { type DeliveryKind, type Destination, familyOf, type HeldKind, laneIdOf, type Payload } from './delivery.ts';
import { insertDelivery, supersedeOlder, wakeLane } from './delivery-store.ts';

const RESTORED =
  'under way when the backup was made that was restored: it may have been posted since; compare with the partner';

/** What must be told to the partner: a payment that was taken, or a setting the payer changed. */
export type DeliveryRequest = { readonly biller: Biller; readonly invoiceTypeId: string } & (
  | {
      readonly kind: 'payment';
      readonly paymentId: number;
      /** It was under way in a backup that was restored: it may have been posted since, and is held. */
      readonly isRestored?: boolean;
      readonly payment: Omit<PaymentPosting, 'transactionId'>;
      readonly source: Source;
      readonly method: Method;
    }
  | { readonly kind: 'paperless' | 'autopay'; readonly accountNumber: string; readonly isOn: boolean }
);

export interface RecordedDelivery {
  readonly deliveryId: number;
  /** `held`: it is wanted, yet the settings do not say where it goes; someone is told. */
  readonly state: 'queued' | 'held' | 'not_sent';
  readonly reason?: string;
}

/**
 * Writes what must be posted in the transaction that causes it (spec/payments.md, DataPump): always a row, `not_sent`
 * with the reason where DataPump Management says so. The destination is frozen here and never computed again. Wakes
 * the lane when the transaction commits.
 */
export async function recordDelivery(
  tx: Tx,
  deps: { readonly billers: Billers; readonly clock: Clock },
  request: DeliveryRequest,
): Promise<RecordedDelivery> {
  const { biller } = request;
  const accountNumber = request.kind === 'payment' ? request.payment.accountNumber : request.accountNumber;
  const refusal = whyNotSent(request);
  const connection = await deps.billers.connectionFor(biller, request.kind, { invoiceTypeId: request.invoiceTypeId });
  const missing = 'missing' in connection ? connection.missing : null;
  const destination = freeze(biller, request.kind, connection);
  const { state, reason, heldKind } = startOf(
    refusal,
    missing,
    request.kind === 'payment' && request.isRestored === true,
  );
  const laneId = laneIdOf(biller.bid, familyOf(request.kind), destination.environment);
  const createdAt = deps.clock.now();
  const { transactionId, ...rest } = describePayment(request);
  const deliveryId = await insertDelivery(tx, {
    bid: biller.bid,
    laneId,
    kind: request.kind,
    accountNumber,
    transactionId,
    destination,
    state,
    reason,
    heldKind,
    createdAt,
    ...rest,
  });
  if (request.kind !== 'payment' && state !== 'not_sent') {
    await supersedeOlder(tx, {
      bid: biller.bid,
      accountNumber,
      kind: request.kind,
      newerThan: deliveryId,
      at: createdAt,
    });
  }
  if (state === 'held') {
    await openWorkItem(tx, {
      bid: biller.bid,
      kind: 'delivery-held',
      subject: `delivery/${deliveryId}`,
      sentence: reason ?? '',
    });
  }
  if (state === 'queued') {
    await wakeLane(tx, {
      bid: biller.bid,
      laneId,
      family: familyOf(request.kind),
      environment: destination.environment,
    });
  }
  return reason === null ? { deliveryId, state } : { deliveryId, state, reason };
}

/** The part of a connection that names its destination, without anything secret. */
export function freeze(
  biller: Biller,
  operation: DeliveryKind,
  connection: PartnerConnection | { readonly missing: string },
): Destination {
  if ('missing' in connection) {
    const partner = biller.configuration.profile.integrationPartner;
    return {
      partner,
      environment: 1,
      operation,
      url: '',
      authUrl: null,
      username: '',
      settingsVersion: biller.version,
    };
  }
  return {
    partner: connection.partner,
    environment: connection.environment,
    operation,
    url: connection.url,
    authUrl: connection.authUrl ?? null,
    username: connection.username,
    settingsVersion: biller.version,
  };
}

function startOf(
  refusal: string | null,
  missing: string | null,
  isRestored: boolean,
): { state: RecordedDelivery['state']; reason: string | null; heldKind: HeldKind | null } {
  if (refusal !== null) return { state: 'not_sent', reason: refusal, heldKind: null };
  // First of the two: what lacks an endpoint is replayed by one person, and this may have been posted already.
  if (isRestored) return { state: 'held', reason: RESTORED, heldKind: 'restored' };
  if (missing !== null) return { state: 'held', reason: `it cannot be posted: ${missing}`, heldKind: 'destination' };
  return { state: 'queued', reason: null, heldKind: null };
}

/** DataPump Management: payments by source and method, settings by kind; what the biller does not offer is no change. */
function whyNotSent(request: DeliveryRequest): string | null {
  const { dataPump } = request.biller.configuration;
  if (request.kind !== 'payment') {
    if (!isChangeOffered(request.biller.configuration, request.kind))
      return `the product ${request.kind === 'paperless' ? 'Paperless' : 'AutoPay'} is off`;
    return dataPump.nonPayment[request.kind] ? null : `DataPump Management does not post ${request.kind} changes`;
  }
  const { source, method } = request;
  return dataPump.payments[source][method] ? null : `DataPump Management does not post ${source} payments by ${method}`;
}

interface Described {
  readonly paymentId: number | null;
  readonly transactionId: string | null;
  readonly amountCents: number | null;
  readonly payload: Payload;
}

/** The transaction id is made once, here: BillerID and PaymentID, joined as the biller's settings say (assumption A4). */
function describePayment(request: DeliveryRequest): Described {
  if (request.kind !== 'payment') {
    return {
      paymentId: null,
      transactionId: null,
      amountCents: null,
      payload: { kind: request.kind, isOn: request.isOn },
    };
  }
  const { biller, paymentId, payment } = request;
  const transactionId = `${biller.bid}${biller.configuration.dataPump.transactionIdSeparator}${paymentId}`;
  return {
    paymentId,
    transactionId,
    amountCents: payment.amountCents - payment.feeCents,
    payload: { kind: 'payment', posting: { ...payment, transactionId } },
  };
}
