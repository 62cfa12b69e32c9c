import { formatDollars } from '../../platform/money.ts';
import { feeOf } from '../billers/index.ts';
import { authorizationFor, markOfAuthorization, type PaymentQuote } from '../payments/index.ts';
import type { OpenBill } from './bill-routes.ts';
import type { ReviewPage } from './contract.ts';
import type { PayerSiteDeps } from './payer-site-deps.ts';

/** What the review page shows: every figure of the payment as it would be taken now, and what the payer agrees to. */
export function reviewShown(
  deps: PayerSiteDeps,
  open: OpenBill,
  quote: PaymentQuote,
  extra: Partial<Pick<ReviewPage, 'duplicateOf' | 'changed' | 'faults'>>,
): ReviewPage {
  const { draft } = open.session;
  const method = draft.method === 'ACH' ? 'ACH' : 'CC';
  const feeCents = feeIn(quote, method, draft.amountCents);
  const totalCents = draft.amountCents + feeCents;
  const authorization = authorizationShown(deps, open, { method, totalCents, feeCents });
  return {
    accountNumber: quote.accountNumber,
    method,
    amountCents: draft.amountCents,
    feeCents,
    totalCents,
    name: draft.name,
    email: draft.email,
    authorization,
    authorizationMark: markOfAuthorization(authorization),
    idempotencyKey: draft.idempotencyKey,
    duplicateOf: extra.duplicateOf,
    changed: extra.changed,
    faults: extra.faults ?? [],
  };
}

/** The fee of an amount by a method, as it is now. */
export function feeIn(quote: PaymentQuote, method: 'CC' | 'ACH', amountCents: number): number {
  const offer = quote.methods.find((each) => each.method === method);
  return offer ? feeOf(offer.fee, amountCents) : 0;
}

function authorizationShown(
  deps: PayerSiteDeps,
  open: OpenBill,
  from: { method: 'CC' | 'ACH'; totalCents: number; feeCents: number },
): string {
  const { locale } = open.frame;
  const { draft } = open.session;
  if (from.method === 'ACH') {
    return authorizationFor(deps, {
      biller: open.biller,
      locale,
      payerName: draft.name,
      amountCents: from.totalCents,
      feeCents: from.feeCents,
    }).text;
  }
  const total = formatDollars(from.totalCents);
  const fee = formatDollars(from.feeCents);
  if (locale === 'es')
    return `Al oprimir Pagar, autorizo un único cargo de ${total} a mi tarjeta${from.feeCents > 0 ? `, que incluye un cargo por servicio de ${fee}` : ''}.`;
  return `By pressing Pay, I authorize one single charge of ${total} to my card${from.feeCents > 0 ? `, which includes a fee of ${fee}` : ''}.`;
}
