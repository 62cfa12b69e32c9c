import { formatDollars } from '../../platform/money.ts';
import { payerSchema } from '../payments/contract.ts';
import type { PaymentQuote } from '../payments/index.ts';
import type { FormFault, Locale } from './contract.ts';
import { fieldOf } from './find-routes.ts';

const EMAIL_CHARS_MAX = 260;

const SAY: Readonly<
  Record<
    Locale,
    Readonly<
      Record<'method' | 'amount' | 'name' | 'noNumbers' | 'email', string> &
        Record<'between' | 'changed', (one: string, other: string) => string>
    >
  >
> = {
  en: {
    method: 'Choose how to pay.',
    amount: 'Enter an amount in dollars, for example 128.40.',
    name: 'Enter your name.',
    noNumbers: 'Enter only your name here. You type your card or bank number later, on the processor’s page.',
    email: 'Enter an email address such as name@example.com, or leave it empty.',
    between: (least, most) => `The amount must be between ${least} and ${most}.`,
    changed: (from, to) => `The amount due changed from ${from} to ${to} while you were here. Check it, then continue.`,
  },
  es: {
    method: 'Elija cómo pagar.',
    amount: 'Escriba un monto en dólares, por ejemplo 128.40.',
    name: 'Escriba su nombre.',
    noNumbers:
      'Escriba aquí solo su nombre. El número de su tarjeta o cuenta lo escribe después, en la página del procesador.',
    email: 'Escriba un correo como nombre@example.com, o deje el campo vacío.',
    between: (least, most) => `El monto debe estar entre ${least} y ${most}.`,
    changed: (from, to) => `El total a pagar cambió de ${from} a ${to} mientras estaba aquí. Revíselo y continúe.`,
  },
};

/** The form of step 3 as it was filled in, and what is wrong with it. */
export interface PayForm {
  readonly method: 'CC' | 'ACH' | '';
  readonly amountChoice: 'whole' | 'minimum' | 'total' | 'other';
  readonly amount: string;
  readonly amountCents: number;
  readonly name: string;
  readonly email: string;
  readonly faults: readonly FormFault[];
}

/** Reads and checks the form against what the quote offers. Every fault at once, in the reader's language. */
export function readPayForm(body: Readonly<Record<string, unknown>>, quote: PaymentQuote, locale: Locale): PayForm {
  const say = SAY[locale];
  const faults: FormFault[] = [];
  const chosen = fieldOf(body, 'method');
  const method = chosen === 'CC' || chosen === 'ACH' ? chosen : '';
  if (method === '' || !quote.methods.some((offer) => offer.method === method && offer.isOffered))
    faults.push({ field: 'method', message: say.method });
  const wanted = fieldOf(body, 'amountChoice');
  const choice = otherChoices(quote).find((offered) => offered.kind === wanted);
  const amountChoice = choice?.kind ?? (quote.other.isAllowed && wanted === 'other' ? 'other' : 'whole');
  const amount = fieldOf(body, 'amount');
  const dueCents = quote.balance?.cents ?? 0;
  // What the form was shown with: a balance that moved since is asked about, whatever was chosen from it.
  const dueSeenCents = centsSeen(fieldOf(body, 'dueCents')) ?? dueCents;
  if (dueSeenCents !== dueCents)
    faults.push({ field: 'amountChoice', message: say.changed(formatDollars(dueSeenCents), formatDollars(dueCents)) });
  let amountCents = choice?.amountCents ?? dueCents;
  if (amountChoice === 'other') {
    const typed = centsTyped(amount);
    const { leastCents, mostCents } = amountLimits(quote, method);
    if (typed === undefined) faults.push({ field: 'amount', message: say.amount });
    else if (typed < leastCents || typed > mostCents)
      faults.push({ field: 'amount', message: say.between(formatDollars(leastCents), formatDollars(mostCents)) });
    amountCents = typed ?? 0;
  }
  const name = fieldOf(body, 'name');
  if (name === '') faults.push({ field: 'name', message: say.name });
  else if (!payerSchema.shape.name.safeParse(name).success) faults.push({ field: 'name', message: say.noNumbers });
  const email = fieldOf(body, 'email', EMAIL_CHARS_MAX);
  if (!payerSchema.shape.email.safeParse(email).success) faults.push({ field: 'email', message: say.email });
  return { method, amountChoice, amount, amountCents, name, email, faults };
}

/** Cents as a page of ours wrote them; below zero for a credit. */
export function centsSeen(text: string): number | undefined {
  return /^-?\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** The amounts besides what is due that are offered as they are: the least that is due now, and everything unpaid. */
export function otherChoices(
  quote: PaymentQuote,
): readonly { readonly kind: 'minimum' | 'total'; readonly amountCents: number }[] {
  return quote.choices.flatMap(({ kind, billAmountCents }) =>
    kind === 'balance' ? [] : [{ kind, amountCents: billAmountCents }],
  );
}

/** What may be typed as another amount: the offer's own limits, and those of the method. */
export function amountLimits(quote: PaymentQuote, method: string): { leastCents: number; mostCents: number } {
  const offered = quote.methods.filter((offer) => offer.isOffered && (method === '' || offer.method === method));
  const least = Math.min(...offered.map((offer) => offer.leastCents));
  const mosts = offered.map((offer) => offer.mostCents ?? Number.MAX_SAFE_INTEGER);
  const most = Math.min(quote.other.mostCents ?? Number.MAX_SAFE_INTEGER, Math.max(...mosts));
  return {
    leastCents: Math.max(quote.other.leastCents, Number.isFinite(least) ? least : 1),
    mostCents: Math.max(0, most),
  };
}

/** `128.40`, `$1,128.4`, `128`; undefined for anything that is no amount. */
function centsTyped(text: string): number | undefined {
  const found = /^\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,8})(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (!found) return undefined;
  return Number((found[1] ?? '').replaceAll(',', '')) * 100 + Number((found[2] ?? '').padEnd(2, '0') || '0');
}
