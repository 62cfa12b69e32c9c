/** Until when a payment can still come back, as dated network rules with their sources. */
export interface ComeBackRule {
  readonly method: 'CC' | 'ACH';
  /** Banking days from taking to settling, as it usually is. */
  readonly settlesBankingDays: number;
  /** Banking days after settlement for the usual returns (no money, no account); undefined where there are none. */
  readonly usualBankingDays: number | undefined;
  /** Calendar days after settlement in which the payer can dispute it. */
  readonly disputeDays: number;
  readonly from: string;
  readonly until: string | undefined;
  readonly source: string;
}

export const COME_BACK_RULES: readonly ComeBackRule[] = [
  {
    method: 'ACH',
    settlesBankingDays: 1,
    usualBankingDays: 2,
    disputeDays: 60,
    from: '2021-04-01',
    until: undefined,
    source:
      'Nacha Operating Rules: returns within 2 banking days; R05, R07, R10, R11 within 60 calendar days of settlement',
  },
  {
    method: 'CC',
    settlesBankingDays: 2,
    usualBankingDays: undefined,
    disputeDays: 120,
    from: '2018-04-13',
    until: undefined,
    source:
      'Visa Core Rules, dispute time limits: 120 calendar days from processing. American Express and Discover: 120; Mastercard: 90 or 120 by reason. The longest is told',
  },
];

/** The rule in force for a method on a day (`yyyy-mm-dd`). */
export function comeBackRules(method: 'CC' | 'ACH', isoDate: string): ComeBackRule {
  const rule = COME_BACK_RULES.find(
    (entry) => entry.method === method && entry.from <= isoDate && (entry.until === undefined || isoDate < entry.until),
  );
  if (rule === undefined) throw new Error(`no rule says until when a ${method} payment of ${isoDate} can come back`);
  return rule;
}
