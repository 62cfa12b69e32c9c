import { expect, test } from 'vitest';
import { ACH_RETURN_CODES, explainReturn } from './ach-return-codes.ts';
import { comeBackRules } from './come-back-rules.ts';
import { missingElements, WEB_AUTHORIZATIONS, WEB_ELEMENTS, webAuthorization } from './nacha-web.ts';

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `R${String(from + index).padStart(2, '0')}`);
const REAL = [...numbered(1, 47), ...numbered(50, 53), 'R61', 'R62', ...numbered(67, 77), ...numbered(80, 85), 'R90'];

test('the table holds the 71 real codes and no other', () => {
  expect(REAL).toHaveLength(71);
  expect([...new Set(ACH_RETURN_CODES.map((row) => row.code))].sort()).toEqual([...REAL].sort());
  for (const row of ACH_RETURN_CODES) expect(row.source).not.toBe('');
});

test('on 17 March 2028 R90 begins and R16 loses its sanctions meaning', () => {
  expect(explainReturn('R90', '2028-03-16')).toBeUndefined();
  expect(explainReturn('R90', '2028-03-17')?.meaning).toContain('sanctions');
  expect(explainReturn('R16', '2028-03-16')?.meaning).toContain('OFAC');
  expect(explainReturn('R16', '2028-03-17')?.meaning).not.toContain('OFAC');
  for (const code of REAL)
    expect(
      ACH_RETURN_CODES.filter(
        (row) => row.code === code && row.from <= '2028-04-01' && (row.until === undefined || row.until > '2028-04-01'),
      ),
    ).toHaveLength(1);
});

test('windows and effects are those of the specification', () => {
  for (const code of ['R05', 'R07', 'R10', 'R11'])
    expect(explainReturn(code, '2026-11-20')?.window).toEqual({ count: 60, unit: 'calendar days' });
  for (const code of ['R06', 'R23', 'R31', 'R42', 'R90'])
    expect(explainReturn(code, '2028-04-01')?.window).toEqual({ unit: 'not-fixed' });
  for (const code of ['R01', 'R02', 'R03', 'R09', 'R29', 'R73'])
    expect(explainReturn(code, '2026-11-20')?.window).toEqual({ count: 2, unit: 'banking days' });
  expect(explainReturn('R07', '2026-11-20')).toMatchObject({ stopsAutopay: true, retry: 'never' });
  expect(explainReturn('R10', '2026-11-20')?.stopsAutopay).toBe(true);
  // Repurposed in 2020: the authorization stands, so a corrected debit may follow.
  expect(explainReturn('R11', '2026-11-20')).toMatchObject({ stopsAutopay: false, retry: 'after-correction' });
  expect(explainReturn('R01', '2026-11-20')).toMatchObject({ retry: 'twice', stopsAutopay: false });
  expect(comeBackRules('ACH', '2026-11-20')).toMatchObject({ usualBankingDays: 2, disputeDays: 60 });
});

test.each(['en', 'es'] as const)(
  'the authorization in %s has all seven elements, and each one taken out is missed',
  (locale) => {
    const [version] = WEB_AUTHORIZATIONS;
    if (!version) throw new Error('no version');
    expect(WEB_ELEMENTS).toHaveLength(7);
    expect(missingElements(version[locale], version, locale)).toEqual([]);
    for (const element of WEB_ELEMENTS) {
      expect(
        missingElements(version[locale].replaceAll(version.elements[element][locale], ''), version, locale),
      ).toContain(element);
    }
    const { text } = webAuthorization({
      locale,
      day: '2026-11-20',
      payerName: 'Jane Doe',
      billerName: 'Prairie',
      amountCents: 12_840,
      feeCents: 0,
      contact: '',
    });
    expect(text).toContain('Jane Doe');
    expect(text).not.toMatch(/[{}]/);
  },
);
