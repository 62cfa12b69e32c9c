import { createHash } from 'node:crypto';
import { type Biller, customerServiceOf } from '../billers/index.ts';
import type { PaymentsDeps } from './deps.ts';
import { webAuthorization } from './nacha-web.ts';

const MARK_CHARS = 22;

/** Names an authorization's text: what was shown is what is kept, or the payer is asked again. */
export function markOfAuthorization(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, MARK_CHARS);
}

/** The Nacha WEB text of a bank debit made today, as the review page shows it and the payment keeps it. */
export function authorizationFor(
  deps: Pick<PaymentsDeps, 'clock'>,
  from: { biller: Biller; locale: 'en' | 'es'; payerName: string; amountCents: number; feeCents: number },
): { version: string; text: string } {
  const { profile } = from.biller.configuration;
  const { configuration } = from.biller;
  const phone = [...customerServiceOf(configuration), ...profile.contacts].find(
    (contact) => contact.phone !== '',
  )?.phone;
  return webAuthorization({
    locale: from.locale,
    day: deps.clock.now().toZonedDateTimeISO(profile.timeZone).toPlainDate().toString(),
    payerName: from.payerName,
    billerName: profile.brand.displayName,
    amountCents: from.amountCents,
    feeCents: from.feeCents,
    contact: phone === undefined ? '' : from.locale === 'es' ? `al ${phone}` : `at ${phone}`,
  });
}
