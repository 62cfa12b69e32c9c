/** How the network answers: at once, and what is still to come. */
export interface Behaviour {
  /** Null approves. */
  decline: { code: string; words: string; sentence: { en: string; es: string } } | null;
  /** The same number stored and charged later is declined with this. */
  declineLater?: boolean;
  waitMs?: number;
  /** What goes wrong around the charge on the page: the charge is made, or is not, and no good answer comes. */
  trouble?: 'error-after-charge' | 'cut-after-charge' | 'error-before-charge';
  later?: { kind: 'return' | 'chargeback'; code: string };
}

/** A number the page takes. Real ones are refused. */
export interface TestNumber extends Behaviour {
  name: string;
  kind: 'CC' | 'ACH';
  /** Card number, or account number. */
  number: string;
  label: { en: string; es: string };
}

/** Any routing number with a right checksum is taken; this one stands in the list. */
export const TEST_ROUTING = '110000000';

function declined(code: string, words: string, en: string, es: string): NonNullable<Behaviour['decline']> {
  return { code, words, sentence: { en, es } };
}

const FUNDS = declined(
  '51',
  'INSUFFICIENT FUNDS',
  'The card does not have enough money for this payment.',
  'La tarjeta no tiene fondos suficientes para este pago.',
);

function card(
  name: string,
  number: string,
  label: { en: string; es: string },
  behaviour: Partial<Behaviour> = {},
): TestNumber {
  return { name, kind: 'CC', number, label, decline: null, ...behaviour };
}

function bank(
  name: string,
  number: string,
  label: { en: string; es: string },
  behaviour: Partial<Behaviour> = {},
): TestNumber {
  return { name, kind: 'ACH', number, label, decline: null, ...behaviour };
}

export const TEST_NUMBERS: readonly TestNumber[] = [
  card('visa', '4242424242424242', { en: 'Visa, approved', es: 'Visa, aprobada' }),
  card('mastercard', '5555555555554444', { en: 'Mastercard, approved', es: 'Mastercard, aprobada' }),
  card('amex', '378282246310005', { en: 'American Express, approved', es: 'American Express, aprobada' }),
  card('discover', '6011111111111117', { en: 'Discover, approved', es: 'Discover, aprobada' }),
  card(
    'insufficient-funds',
    '4000000000009995',
    { en: 'Declined: insufficient funds', es: 'Rechazada: fondos insuficientes' },
    { decline: FUNDS },
  ),
  card(
    'lost-card',
    '4000000000009987',
    { en: 'Declined: lost card', es: 'Rechazada: tarjeta perdida' },
    {
      decline: declined('41', 'LOST CARD', 'The bank refused this card.', 'El banco rechazó esta tarjeta.'),
    },
  ),
  card(
    'expired-card',
    '4000000000000069',
    { en: 'Declined: expired card', es: 'Rechazada: tarjeta vencida' },
    {
      decline: declined('54', 'EXPIRED CARD', 'The card has expired.', 'La tarjeta está vencida.'),
    },
  ),
  card(
    'do-not-honor',
    '4000000000000002',
    { en: 'Declined: do not honor', es: 'Rechazada: no autorizar' },
    {
      decline: declined('05', 'DO NOT HONOR', 'The bank refused this payment.', 'El banco rechazó este pago.'),
    },
  ),
  card(
    'wrong-code',
    '4000000000000127',
    { en: 'Declined: wrong security code', es: 'Rechazada: código de seguridad' },
    {
      decline: declined(
        'N7',
        'CVV2 MISMATCH',
        'The security code is not right.',
        'El código de seguridad no es correcto.',
      ),
    },
  ),
  card(
    'declines-later',
    '4000000000000341',
    { en: 'Approved now, declined when charged again later', es: 'Aprobada ahora, rechazada después' },
    { declineLater: true },
  ),
  card(
    'slow',
    '4000000000000077',
    { en: 'Approved after 8 seconds', es: 'Aprobada después de 8 segundos' },
    { waitMs: 8_000 },
  ),
  card(
    'error-after-charge',
    '4000000000005126',
    { en: 'Charged, then an error page', es: 'Cobrada, luego una página de error' },
    { trouble: 'error-after-charge' },
  ),
  card(
    'cut-after-charge',
    '4000000000007726',
    { en: 'Charged, then the connection is cut', es: 'Cobrada, luego se corta la conexión' },
    { trouble: 'cut-after-charge' },
  ),
  card(
    'error-before-charge',
    '4000002500003155',
    { en: 'Error page, not charged', es: 'Página de error, sin cobro' },
    { trouble: 'error-before-charge' },
  ),
  card(
    'chargeback',
    '4000000000000259',
    { en: 'Approved, charged back after it has settled', es: 'Aprobada, contracargo después de liquidarse' },
    { later: { kind: 'chargeback', code: '10.4' } },
  ),
  bank('bank', '000123456789', { en: 'Bank account, approved', es: 'Cuenta bancaria, aprobada' }),
  bank(
    'bank-r01',
    '000222222227',
    { en: 'Approved, returned R01 (insufficient funds)', es: 'Aprobada, devuelta R01 (fondos insuficientes)' },
    { later: { kind: 'return', code: 'R01' } },
  ),
  bank(
    'bank-r03',
    '000333333335',
    { en: 'Approved, returned R03 (no account)', es: 'Aprobada, devuelta R03 (cuenta inexistente)' },
    { later: { kind: 'return', code: 'R03' } },
  ),
  bank(
    'bank-r10',
    '000444444440',
    { en: 'Approved, returned R10 (not authorized)', es: 'Aprobada, devuelta R10 (no autorizado)' },
    { later: { kind: 'return', code: 'R10' } },
  ),
  bank(
    'bank-closed',
    '000111111116',
    { en: 'Declined: account closed', es: 'Rechazada: cuenta cerrada' },
    {
      decline: declined(
        'R02',
        'ACCOUNT CLOSED',
        'The bank says this account is closed.',
        'El banco dice que esta cuenta está cerrada.',
      ),
    },
  ),
  bank(
    'bank-slow',
    '000555555559',
    { en: 'Approved after 8 seconds', es: 'Aprobada después de 8 segundos' },
    { waitMs: 8_000 },
  ),
  bank(
    'bank-error-after-charge',
    '000666666661',
    { en: 'Charged, then an error page', es: 'Cobrada, luego una página de error' },
    { trouble: 'error-after-charge' },
  ),
];

/** The decline of a number that only fails once it is stored. */
export const LATER_DECLINE = FUNDS;

export function findTestNumber(kind: 'CC' | 'ACH', number: string): TestNumber | undefined {
  return TEST_NUMBERS.find((known) => known.kind === kind && known.number === number);
}

export function namedTestNumber(name: string): TestNumber | undefined {
  return TEST_NUMBERS.find((known) => known.name === name);
}

/** ISO/IEC 7812 check digit, for 12 to 19 digits. */
export function passesLuhn(number: string): boolean {
  if (!/^\d{12,19}$/.test(number)) return false;
  let sum = 0;
  for (let at = 0; at < number.length; at += 1) {
    const digit = Number(number[number.length - 1 - at]);
    sum += at % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}

/** ABA checksum: 3, 7, 1 over nine digits; nine zeros are no bank. */
export function passesAba(routing: string): boolean {
  if (!/^\d{9}$/.test(routing) || routing === '000000000') return false;
  const weights = [3, 7, 1];
  let sum = 0;
  for (let at = 0; at < 9; at += 1) sum += Number(routing[at]) * (weights[at % 3] ?? 0);
  return sum % 10 === 0;
}

/** The brand by its leading digits, or null for one this page does not know. */
export function cardBrand(number: string): string | null {
  if (/^4/.test(number)) return 'Visa';
  if (/^(5[1-5]|2[2-7])/.test(number)) return 'Mastercard';
  if (/^3[47]/.test(number)) return 'American Express';
  if (/^(6011|65|64[4-9])/.test(number)) return 'Discover';
  return null;
}
