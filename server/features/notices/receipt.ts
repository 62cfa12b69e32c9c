import { formatDollars } from '../../platform/money.ts';

/** What a receipt says. Money in cents; times are shown in the biller's zone, with its name. */
export interface Receipt {
  readonly locale: 'en' | 'es';
  readonly billerName: string;
  readonly timeZone: string;
  readonly confirmationNumber: string;
  readonly accountNumber: string;
  readonly invoiceNumbers: readonly string[];
  readonly payerName: string;
  /** Fee included. */
  readonly amountCents: number;
  readonly feeCents: number;
  readonly method: 'CC' | 'ACH';
  readonly brand: string | undefined;
  readonly lastFour: string | undefined;
  readonly takenAt: Temporal.Instant;
  /** Where the payer sees the payment's three clocks. */
  readonly url: string;
  /** The Nacha authorization the payer agreed to, of a bank debit: a copy must be given. */
  readonly authorizationText: string | undefined;
}

const words = {
  en: {
    subject: (biller: string, amount: string) => `Receipt: ${amount} paid to ${biller}`,
    title: 'We received your payment',
    hello: (name: string) => (name ? `Thank you, ${name}.` : 'Thank you.'),
    confirmation: 'Confirmation number',
    account: 'Account',
    invoices: 'Bill',
    bill: 'Towards your bill',
    fee: 'Convenience fee',
    total: 'Total paid',
    method: 'Paid with',
    when: 'When',
    CC: 'card',
    ACH: 'bank account',
    Checking: 'checking account',
    Savings: 'savings account',
    ending: 'ending',
    next: 'What happens next',
    nextCC: (biller: string) =>
      `We are telling ${biller} about this payment now. It is usually on your account within minutes.`,
    nextACH: (biller: string) =>
      `We are telling ${biller} about this payment now. Your bank takes one or two banking days to move the money; please keep it in the account until then.`,
    see: 'See this payment',
    authorization: 'What you authorized',
    keep: 'Keep this email. If something is wrong, answer your insurer’s bill contact and give the confirmation number.',
  },
  es: {
    subject: (biller: string, amount: string) => `Recibo: ${amount} pagados a ${biller}`,
    title: 'Recibimos su pago',
    hello: (name: string) => (name ? `Gracias, ${name}.` : 'Gracias.'),
    confirmation: 'Número de confirmación',
    account: 'Cuenta',
    invoices: 'Factura',
    bill: 'Para su factura',
    fee: 'Cargo por conveniencia',
    total: 'Total pagado',
    method: 'Pagado con',
    when: 'Fecha',
    CC: 'tarjeta',
    ACH: 'cuenta bancaria',
    Checking: 'cuenta corriente',
    Savings: 'cuenta de ahorros',
    ending: 'terminada en',
    next: 'Qué sigue',
    nextCC: (biller: string) =>
      `Estamos avisando a ${biller} de este pago. Normalmente aparece en su cuenta en pocos minutos.`,
    nextACH: (biller: string) =>
      `Estamos avisando a ${biller} de este pago. Su banco tarda uno o dos días hábiles en mover el dinero; déjelo en la cuenta hasta entonces.`,
    see: 'Ver este pago',
    authorization: 'Lo que usted autorizó',
    keep: 'Guarde este correo. Si algo no está bien, comuníquese con su aseguradora y dé el número de confirmación.',
  },
} as const;

/** The receipt as an email, as text and as HTML, in the payer's language. Every value is escaped in the HTML. */
export function receiptNotice(receipt: Receipt): { subject: string; text: string; html: string } {
  const say = words[receipt.locale];
  const language = receipt.locale === 'es' ? 'es-US' : 'en-US';
  const dollars = (cents: number) => formatDollars(cents, language);
  const { brand } = receipt;
  const kind = brand === 'Checking' || brand === 'Savings' ? say[brand] : brand;
  const paidWith = [kind || say[receipt.method], receipt.lastFour && `${say.ending} ${receipt.lastFour}`]
    .filter(Boolean)
    .join(' ');
  const when = receipt.takenAt
    .toZonedDateTimeISO(receipt.timeZone)
    .toLocaleString(language, { dateStyle: 'long', timeStyle: 'long' });
  const rows: (readonly [string, string])[] = [
    [say.confirmation, receipt.confirmationNumber],
    [say.account, receipt.accountNumber],
    ...(receipt.invoiceNumbers.length > 0 ? [[say.invoices, receipt.invoiceNumbers.join(', ')] as const] : []),
    [say.bill, dollars(receipt.amountCents - receipt.feeCents)],
    [say.fee, dollars(receipt.feeCents)],
    [say.total, dollars(receipt.amountCents)],
    [say.method, paidWith],
    [say.when, when],
  ];
  const next = receipt.method === 'CC' ? say.nextCC(receipt.billerName) : say.nextACH(receipt.billerName);
  const subject = say.subject(receipt.billerName, dollars(receipt.amountCents));
  const authorization = receipt.authorizationText;
  const text = [
    receipt.billerName,
    '',
    say.title,
    say.hello(receipt.payerName),
    '',
    ...rows.map(([name, value]) => `${name}: ${value}`),
    '',
    say.next,
    next,
    '',
    `${say.see}: ${receipt.url}`,
    ...(authorization ? ['', say.authorization, authorization] : []),
    '',
    say.keep,
    '',
  ].join('\n');
  return { subject, text, html: htmlOf({ receipt, rows, next, subject }) };
}

function htmlOf(from: {
  receipt: Receipt;
  rows: readonly (readonly [string, string])[];
  next: string;
  subject: string;
}): string {
  const { receipt } = from;
  const say = words[receipt.locale];
  const line = ([name, value]: readonly [string, string]) =>
    `<tr><th scope="row" style="text-align:left;padding:4px 16px 4px 0;font-weight:normal;color:#444">${escaped(name)}</th><td style="text-align:right;padding:4px 0">${escaped(value)}</td></tr>`;
  return [
    `<!doctype html><html lang="${receipt.locale}"><head><meta charset="utf-8"><title>${escaped(from.subject)}</title></head>`,
    '<body style="font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;color:#111;max-width:36rem;margin:0 auto;padding:16px">',
    `<p>${escaped(receipt.billerName)}</p><h1 style="font-size:22px">${escaped(say.title)}</h1><p>${escaped(say.hello(receipt.payerName))}</p>`,
    `<table style="border-collapse:collapse">${from.rows.map(line).join('')}</table>`,
    `<h2 style="font-size:18px">${escaped(say.next)}</h2><p>${escaped(from.next)}</p>`,
    `<p><a href="${escaped(receipt.url)}">${escaped(say.see)}</a></p>`,
    receipt.authorizationText
      ? `<h2 style="font-size:18px">${escaped(say.authorization)}</h2><p>${escaped(receipt.authorizationText)}</p>`
      : '',
    `<p style="color:#444">${escaped(say.keep)}</p></body></html>`,
  ].join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
