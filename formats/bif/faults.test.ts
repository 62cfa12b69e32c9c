import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { bifFaultCodes, FAULTS_KEPT_MAX } from './faults.ts';
import { type BifLayout, imtLayout } from './layout.ts';
import type { BifContext } from './read-bif.ts';
import { bytesOf, cases, context, cr1, fh, field, ih1, sound } from './testing/fault-cases.ts';
import { validateBif } from './validate-bif.ts';

describe('each fault is found, at its place, in a sentence', () => {
  for (const { name, lines, bytes, layout, code, at, says, ...rest } of cases) {
    test(name, async () => {
      const { report } = await check(bytes ?? bytesOf(lines ?? []), { ...context, ...rest.context }, layout);
      const [line, position, fileSpecId, scope, value = ''] = at;
      expect(report.faults).toContainEqual(
        expect.objectContaining({
          line,
          position,
          fileSpecId,
          scope,
          value,
          code,
          message: expect.stringMatching(says),
        }),
      );
      expect(report.verdict).toBe(scope === 'file' ? 'refused' : 'partly');
    });
  }

  test('and no code is without a case, but those of huge files and of fields by name', () => {
    const tried = new Set(cases.map((each) => each.code));
    const untried = bifFaultCodes.filter((code) => !tried.has(code));
    expect(untried).toEqual([
      'file-too-many-invoices',
      'file-too-many-duplicates',
      'total-amount-too-large',
      'field-unknown',
    ]);
  });
});

test('a sound file has no fault', async () => {
  const { report } = await check(bytesOf(sound));
  expect(report).toEqual({
    verdict: 'accepted',
    invoices: { accepted: 2, refused: 0 },
    totalCents: 167_550,
    faults: [],
  });
});

test('empty lines at the end, CRLF and a missing last line end are no fault', async () => {
  for (const text of [`${sound.join('\r\n')}\r\n\r\n\n`, sound.join('\n'), `\ufeff${sound.join('\r\n')}`]) {
    expect((await check(Buffer.from(text))).report.verdict).toBe('accepted');
  }
});

test('all faults of a file are reported at once, and only the wrong invoice is refused', async () => {
  const lines = field(1, 4, 'soon').with(2, 'CR|x|').with(3, 'ID|a|b');
  const { report } = await check(bytesOf(lines));
  expect(report.verdict).toBe('partly');
  expect(report.invoices).toEqual({ accepted: 1, refused: 1 });
  expect(report.totalCents).toBe(50);
  expect(report.faults.map((fault) => fault.code)).toEqual([
    'not-a-date',
    'invoice-number-mismatch',
    'not-digits',
    'field-missing',
    'too-many-fields',
  ]);
});

test('a biller can have the whole file refused for one invoice', async () => {
  const { report } = await check(bytesOf(field(1, 4, 'soon')), { ...context, refuseWholeFile: true });
  expect(report).toMatchObject({ verdict: 'refused', invoices: { accepted: 0, refused: 2 }, totalCents: 0 });
});

test('an amount that cannot be read leaves the total unchecked, since the sum is not known', async () => {
  const { report } = await check(bytesOf(field(1, 6, 'much')));
  expect(report.faults.map((fault) => fault.code)).toEqual(['not-money']);
});

test('a refused invoice still counts in the total of its file', async () => {
  const { report } = await check(bytesOf(field(1, 8, '999').with(0, fh.replace('1,675.50', '0.50'))));
  expect(report.faults.map((fault) => fault.code)).toContain('total-amount-mismatch');
});

test('more than ten thousand repeats end the reading', async () => {
  const invoice = [ih1, cr1].join('\n');
  const { report } = await check(Buffer.from(`${fh}\n${`${invoice}\n`.repeat(10_100)}`));
  expect(report.faults.map((fault) => fault.code)).toContain('file-too-many-duplicates');
});

test('faults past the cap are still counted, and still handed on', async () => {
  const wrong = FAULTS_KEPT_MAX + 500;
  const text = Array.from(
    { length: wrong },
    (_, index) => `${ih1.replace('0012345', String(index)).replace('11/20/2026', 'x')}\nCR|${index}|N\n`,
  );
  let handed = 0;
  const { report, summary } = await check(Buffer.from(`${fh}\n${text.join('')}`), {
    ...context,
    onFault: () => handed++,
  });
  expect(report.faults.filter((fault) => fault.scope === 'invoice')).toHaveLength(FAULTS_KEPT_MAX);
  expect(summary.faultCounts.byCode.get('not-a-date')).toBe(wrong);
  expect(report.faults.map((fault) => fault.code)).toContain('invoice-count-mismatch');
  expect(handed).toBe(summary.faultCounts.file + summary.faultCounts.invoice);
});

async function check(bytes: Buffer, given: BifContext = context, layout: BifLayout = imtLayout) {
  return validateBif(() => [bytes], layout, given);
}
