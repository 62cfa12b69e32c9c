import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineFault } from './faults.ts';
import { imtLayout } from './layout.ts';
import { printBif } from './print-bif.ts';
import { refusedBif } from './refused-bif.ts';
import { arbitraryInvoices, billerGuid } from './testing/arbitraries.ts';
import { bifReportSchema, faultsAsCsv, validateBif } from './validate-bif.ts';

const header = { billerGuid, creationDate: '2026-11-20' };

test('the report has the promised shape, and adds up to the accepted invoices', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryInvoices(imtLayout), fc.array(fc.nat(7), { maxLength: 3 }), async (invoices, wrong) => {
      const marked = invoices.map((invoice, index) =>
        wrong.includes(index) ? { ...invoice, invoiceTypeId: '999' } : invoice,
      );
      const types = new Set(invoices.map((invoice) => invoice.invoiceTypeId));
      const { report } = await validate(printBif(header, marked, imtLayout), types);
      const right = invoices.filter((_, index) => !wrong.includes(index));
      expect(bifReportSchema.parse(report)).toEqual(report);
      expect(report.invoices).toEqual({ accepted: right.length, refused: invoices.length - right.length });
      expect(report.totalCents).toBe(right.reduce((sum, invoice) => sum + invoice.totalCents, 0));
      expect(report.verdict).toBe(
        right.length === invoices.length ? 'accepted' : right.length > 0 ? 'partly' : 'refused',
      );
    }),
  );
});

test('of a repeated number neither counts, nor its amount', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryInvoices(imtLayout), fc.nat(), async (invoices, at) => {
      const twin = invoices[at % Math.max(invoices.length, 1)];
      fc.pre(twin !== undefined);
      const { report, summary } = await validate(
        printBif(header, [...invoices, { ...twin, totalCents: 77 }], imtLayout),
      );
      const others = invoices.filter((invoice) => invoice !== twin);
      expect(report.invoices).toEqual({ accepted: others.length, refused: 2 });
      expect(report.totalCents).toBe(others.reduce((sum, invoice) => sum + invoice.totalCents, 0));
      expect(summary.refusedLines).toHaveLength(2);
    }),
  );
});

test('the refused lines come back byte for byte behind a header of their own, and load once mended', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryInvoices(imtLayout), fc.boolean(), async (invoices, isCrlf) => {
      const sent = invoices.map((invoice, index) => (index % 2 === 0 ? invoice : { ...invoice, invoiceTypeId: '999' }));
      const text = printBif(header, sent, imtLayout).replaceAll('\n', isCrlf ? '\r\n' : '\n');
      const { summary } = await validate(text, new Set(['252', '7', 'AUTO-1']));
      const refused = await collect(
        refusedBif({ open: () => [Buffer.from(text)], layout: imtLayout, lines: summary.refusedLines, header }),
      );
      const wrong = sent.filter((_, index) => index % 2 === 1);
      expect(refused.replaceAll('\r\n', '\n')).toBe(printBif(header, wrong, imtLayout));
      const { report } = await validate(refused.replaceAll(/\|999(?=\r?\n)/g, '|252'), new Set(['252']));
      expect(report).toMatchObject({ verdict: 'accepted', invoices: { accepted: wrong.length, refused: 0 } });
      const all = await collect(
        refusedBif({ open: () => [Buffer.from(text)], layout: imtLayout, lines: 'all', header }),
      );
      expect(all.replaceAll('\r\n', '\n')).toBe(printBif(header, sent, imtLayout));
    }),
  );
});

test('faults as CSV: quoted where they must be, and no value a spreadsheet would run', () => {
  const csv = faultsAsCsv([
    lineFault('file', 'row-order', 3, 'He said "no", twice', '=HYPERLINK("http://x")'),
    ...['+1', '-1', '@SUM(A1)', '\tx', '\r=1'].map((value) => lineFault('invoice', 'not-money', 4, 'm', value)),
  ]);
  const rows = csv.split('\r\n');
  expect(rows[0]).toBe('line,position,fileSpecId,field,value,code,message,scope');
  expect(rows[1]).toBe(`3,,,,"'=HYPERLINK(""http://x"")",row-order,"He said ""no"", twice",file`);
  expect(rows.slice(2, 5)).toEqual([
    "4,,,,'+1,not-money,m,invoice",
    "4,,,,'-1,not-money,m,invoice",
    "4,,,,'@SUM(A1),not-money,m,invoice",
  ]);
  expect(csv.endsWith('\r\n')).toBe(true);
});

test('a value that no BIF can hold is not printed', () => {
  const [invoice] =
    fc.sample(
      arbitraryInvoices(imtLayout).filter((some) => some.length > 0),
      1,
    )[0] ?? [];
  if (invoice === undefined) throw new Error('No sample.');
  for (const customerName of ['a|b', 'a\nb', 'a\u0085b']) {
    expect(() => printBif(header, [{ ...invoice, customerName }], imtLayout)).toThrow(RangeError);
  }
});

function validate(text: string, invoiceTypeIds?: ReadonlySet<string>) {
  return validateBif(() => [Buffer.from(text, 'utf8')], imtLayout, { billerGuid, invoiceTypeIds });
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(chunks)).toString('utf8');
}
