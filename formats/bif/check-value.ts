import { Buffer } from 'node:buffer';
import { parseIsoDate, parseUsDate } from './dates.ts';
import type { BifFaultCode } from './faults.ts';
import type { BifField } from './fields.ts';
import { ACCOUNT_CHARS_MAX, isAccountText, TYPE_CHARS_MAX } from './match-invoice.ts';
import { AMOUNT_CENTS_MAX, parseMoney, printMoney } from './money.ts';

/** Rules that are not the field's own. */
export type ValueRules = {
  readonly isTypeKnown: (id: string) => boolean;
  readonly isAccountDigits: boolean;
};
type ValueFault = { readonly code: BifFaultCode; readonly message: string };

const controlCharacter = /\p{Cc}/u;
const guidForm = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

/**
 * What is wrong with one value, in a sentence that says what was expected; null when it is right. The slow, wordy twin of
 * the byte checks: every field of every kind, in text.
 */
export function checkValue(value: string, field: BifField, rules: ValueRules): ValueFault | null {
  const { name } = field;
  if (field.required && (value === '' || (field.kind === 'text' && /^ +$/.test(value)))) {
    return { code: 'field-missing', message: `${name} is empty. It must be given: ${expected(field, rules)}.` };
  }
  if (value === '') return null;
  const control = controlCharacter.exec(value)?.[0];
  if (control !== undefined) return { code: 'control-character', message: controlMessage(name, control) };
  return checkKind(value, field, rules);
}

function checkKind(value: string, field: BifField, rules: ValueRules): ValueFault | null {
  const wrong = (code: BifFaultCode): ValueFault => ({
    code,
    message: `${field.name} is not ${expected(field, rules)}.`,
  });
  switch (field.kind) {
    case 'text':
    case 'rowType':
    case 'invoiceNumber':
      return null;
    case 'constant':
      return value === field.constant ? null : wrong('field-not-constant');
    case 'date':
      return parseUsDate(value) > 0 ? null : wrong('not-a-date');
    case 'fileDate':
      return parseUsDate(value) > 0 || parseIsoDate(value) > 0 ? null : wrong('not-a-date');
    case 'money':
      return isMoney(value, field) ? null : wrong('not-money');
    case 'flag':
      return value === '0' || value === '1' ? null : wrong('not-a-flag');
    case 'count':
      return /^\d{1,9}$/.test(value) ? null : wrong('not-a-count');
    case 'guid':
      return guidForm.test(value) ? null : wrong('not-a-guid');
    case 'account':
      return checkAccount(value, field, rules);
    case 'invoiceType':
      if (!/^[A-Za-z0-9-]+$/.test(value) || value.length > TYPE_CHARS_MAX) return wrong('forbidden-character');
      if (rules.isTypeKnown(value)) return null;
      return { code: 'invoice-type-unknown', message: `${value} is no invoice type of this biller.` };
    default:
      return field.kind satisfies never;
  }
}

function checkAccount(value: string, field: BifField, rules: ValueRules): ValueFault | null {
  if (value.length > ACCOUNT_CHARS_MAX) {
    const message = `${field.name} has ${value.length} characters; at most ${ACCOUNT_CHARS_MAX} were expected.`;
    return { code: 'value-too-long', message };
  }
  if (rules.isAccountDigits) {
    if (/^\d+$/.test(value)) return null;
    return { code: 'not-digits', message: `${field.name} is not ${expected(field, rules)}.` };
  }
  const bytes = Buffer.from(value, 'utf8');
  if (isAccountText(bytes, 0, bytes.length)) return null;
  return { code: 'forbidden-character', message: `${field.name} is not ${expected(field, rules)}.` };
}

function isMoney(value: string, field: BifField): boolean {
  const cents = parseMoney(value);
  if (cents === null) return false;
  if (field.name === 'TotalInvoiceAmount') return true; // a sum may be larger than one amount
  return cents <= BigInt(AMOUNT_CENTS_MAX) && cents >= -BigInt(AMOUNT_CENTS_MAX);
}

function expected(field: BifField, rules: ValueRules): string {
  switch (field.kind) {
    case 'rowType':
    case 'text':
      return 'text of at least one character other than a space';
    case 'constant':
      return `"${field.constant}"`;
    case 'date':
      return 'a real date in the form mm/dd/yyyy, from 1900 to 2199';
    case 'fileDate':
      return 'a real date in the form mm/dd/yyyy or yyyy-mm-dd, from 1900 to 2199';
    case 'money':
      return `an amount such as 1675.00, 1,675.00, $1,675.00, -12.50 or (12.50), with at most 2 places${field.name === 'TotalInvoiceAmount' ? '' : ` and at most ${printMoney(BigInt(AMOUNT_CENTS_MAX))}`}`;
    case 'flag':
      return '0 or 1';
    case 'count':
      return 'a whole number';
    case 'guid':
      return 'a GUID of the form XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX';
    case 'account':
      return rules.isAccountDigits ? 'digits only' : 'letters, digits and - _ . or spaces inside, not dots alone';
    case 'invoiceNumber':
      return 'AccountNumber-YYYY-MM-DD';
    case 'invoiceType':
      return `an invoice type: letters, digits and hyphens, at most ${TYPE_CHARS_MAX}`;
    default:
      return field.kind satisfies never;
  }
}

function controlMessage(name: string, control: string): string {
  const code = (control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const hint = control === '\r' ? ' (a lone carriage return; lines end in LF or CRLF)' : '';
  return `${name} holds the control character U+${code}${hint}. A value must be text on one line, without tabs.`;
}
