/**
 * The return reason codes of the ACH network, as dated data. Source of the list and of the meanings: Nacha Operating
 * Rules, appendix on returns, as kept by the open dictionary of moov-io/ach; windows as banks publish them from the same
 * table (the rules themselves are sold, not published). A code is looked up for a date: what it meant when the return was made.
 */

/**
 * How long after settlement. `next-file`: the network's operator returns it itself, before it is posted. `not-fixed`: by
 * agreement, on refusal, or at an agency's discretion. Dishonored and contested returns are between banks.
 */
export type ReturnWindow =
  | { readonly count: 2 | 5; readonly unit: 'banking days' }
  | { readonly count: 60; readonly unit: 'calendar days' }
  | { readonly unit: 'next-file' | 'not-fixed' };

export interface ReturnCode {
  readonly code: string;
  readonly meaning: string;
  readonly window: ReturnWindow;
  /** Whether a debit may be tried again: `twice` within 180 days of the first; `after-consent`; `after-correction`; `never`. */
  readonly retry: 'twice' | 'after-consent' | 'after-correction' | 'never';
  readonly stopsAutopay: boolean;
  readonly from: string;
  readonly until: string | undefined;
  readonly source: string;
}

const TWO_DAYS: ReturnWindow = { count: 2, unit: 'banking days' };
const FIVE_DAYS: ReturnWindow = { count: 5, unit: 'banking days' };
const SIXTY_DAYS: ReturnWindow = { count: 60, unit: 'calendar days' };
const NEXT_FILE: ReturnWindow = { unit: 'next-file' };
const NOT_FIXED: ReturnWindow = { unit: 'not-fixed' };
const SOURCE = 'Nacha Operating Rules, Appendix Four; moov-io/ach addenda99.go';
const SOURCE_R90 = 'Nacha rule amendment, sanctions returns, effective 17 March 2028';
const RULES_FROM = '2021-04-01';
const R90_FROM = '2028-03-17';

/** Every other code has two banking days. */
const windows: readonly (readonly [ReturnWindow, readonly string[]])[] = [
  [SIXTY_DAYS, ['R05', 'R07', 'R10', 'R11', 'R33', 'R37', 'R38', 'R51', 'R52', 'R53']],
  [NEXT_FILE, ['R13', 'R18', 'R19', 'R25', 'R26', 'R27', 'R28', 'R30', 'R32', 'R34', 'R35', 'R36']],
  [NOT_FIXED, ['R06', 'R23', 'R31', 'R40', 'R41', 'R42', 'R43', 'R44', 'R45', 'R46', 'R47', 'R90']],
  [FIVE_DAYS, ['R61', 'R62', 'R67', 'R68', 'R69', 'R70']],
];
const retries: Readonly<Record<string, ReturnCode['retry']>> = {
  R01: 'twice',
  R09: 'twice',
  R08: 'after-consent',
  R11: 'after-correction',
};
/**
 * The account or the authorization is gone: charging it again by a standing order would be wrong or forbidden. Not R11: the
 * authorization stands, and what did not keep to it may be corrected and sent again within 60 days (Nacha, 1 April 2020).
 */
const autopayStops = new Set(['R02', 'R03', 'R04', 'R05', 'R07', 'R08', 'R10', 'R14', 'R15', 'R16', 'R20', 'R29']);

const meanings = {
  R01: 'not enough money in the account',
  R02: 'the account is closed',
  R03: 'no such account, or it does not match the name',
  R04: 'the account number is not valid',
  R05: 'a business debit on a consumer’s account, not authorized',
  R06: 'returned because the sending bank asked for it',
  R07: 'the customer has revoked the authorization',
  R08: 'the customer has stopped this payment',
  R09: 'the money in the account is not yet collected',
  R10: 'the customer says the debit is unknown or not authorized',
  R11: 'authorized, but not on these terms',
  R12: 'the branch now belongs to another bank',
  R13: 'the bank takes no such entries',
  R14: 'the representative payee has died or cannot act',
  R15: 'the beneficiary or account holder has died',
  R16: 'the account is frozen, or the entry was returned on instruction of OFAC',
  R17: 'a field cannot be processed, or a questionable account number',
  R18: 'wrong effective date',
  R19: 'the amount field is wrong',
  R20: 'the account does not allow such payments',
  R21: 'wrong company identification',
  R22: 'wrong individual identification',
  R23: 'the receiver refused the credit',
  R24: 'duplicate entry',
  R25: 'addenda record is wrong',
  R26: 'a mandatory field is wrong',
  R27: 'the trace number is wrong',
  R28: 'the routing number’s check digit is wrong',
  R29: 'a business customer says the debit is not authorized',
  R30: 'the bank takes no part in check truncation',
  R31: 'a return of a business entry the sending bank agreed to',
  R32: 'the bank cannot settle the entry',
  R33: 'return of a destroyed-check entry',
  R34: 'the bank’s participation is limited',
  R35: 'a debit not allowed for this kind of entry',
  R36: 'a credit not allowed for this kind of entry',
  R37: 'the check itself was presented too',
  R38: 'payment of the source document was stopped',
  R39: 'the source document is not eligible',
  R40: 'returned by a federal agency (enrolment)',
  R41: 'wrong transaction code (enrolment)',
  R42: 'wrong routing number (enrolment)',
  R43: 'wrong account number (enrolment)',
  R44: 'wrong individual identification (enrolment)',
  R45: 'wrong name (enrolment)',
  R46: 'wrong representative payee mark (enrolment)',
  R47: 'duplicate enrolment',
  R50: 'state law does not allow the re-presented check',
  R51: 'the re-presented check is not eligible',
  R52: 'payment of the re-presented check was stopped',
  R53: 'the check and its re-presentation were both presented',
  R61: 'dishonored: the return was misrouted',
  R62: 'dishonored: return of an erroneous or reversing debit',
  R67: 'dishonored: duplicate return',
  R68: 'dishonored: the return came too late',
  R69: 'dishonored: fields of the return are wrong',
  R70: 'dishonored: the return was not agreed or asked for',
  R71: 'contested: the dishonored return was misrouted',
  R72: 'contested: the dishonored return came too late',
  R73: 'contested: the original return was in time',
  R74: 'contested: the return, corrected',
  R75: 'contested: the return was no duplicate',
  R76: 'contested: the return had no errors',
  R77: 'contested: a dishonored reversal is not accepted',
  R80: 'international entry wrongly coded',
  R81: 'takes no part in international entries',
  R82: 'the foreign bank’s identification is wrong',
  R83: 'the foreign bank cannot settle',
  R84: 'the gateway did not process the entry',
  R85: 'an international payment not coded as one',
} as const;

/** All codes with the dates between which each row holds; R16 changes on the day R90 begins. */
export const ACH_RETURN_CODES: readonly ReturnCode[] = [
  ...Object.entries(meanings).map(([code, meaning]) => row(code, meaning, code === 'R16' ? { until: R90_FROM } : {})),
  row('R16', 'the account is frozen by the bank or a legal order', { from: R90_FROM, source: SOURCE_R90 }),
  row('R90', 'returned for sanctions (OFAC)', { from: R90_FROM, source: SOURCE_R90 }),
];

/** What a return code means on a day; undefined for a code that is not in force then. */
export function explainReturn(code: string, isoDate: string): ReturnCode | undefined {
  return ACH_RETURN_CODES.find(
    (entry) => entry.code === code && entry.from <= isoDate && (entry.until === undefined || isoDate < entry.until),
  );
}

function row(code: string, meaning: string, dated: { from?: string; until?: string; source?: string }): ReturnCode {
  return {
    code,
    meaning,
    window: windows.find(([, codes]) => codes.includes(code))?.[0] ?? TWO_DAYS,
    retry: retries[code] ?? 'never',
    stopsAutopay: autopayStops.has(code) || code === 'R90',
    from: dated.from ?? RULES_FROM,
    until: dated.until,
    source: dated.source ?? SOURCE,
  };
}
