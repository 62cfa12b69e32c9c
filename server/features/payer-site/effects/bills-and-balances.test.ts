import { type BifFeature, type CustomizationRule, imtLayout, printBif } from '@causeway/formats/bif';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PAYER_BID, withPayerSite } from '../../../testing/payer-rig.ts';
import type { Configuration, ConfigurationView } from '../../billers/index.ts';
import { importInvoiceFile } from '../../invoices/index.ts';

const BILLER = `/api/v1/billers/${PAYER_BID}`;
let rig: Awaited<ReturnType<typeof withPayerSite>>;
let before: ConfigurationView;
let guid: string;
beforeAll(async () => {
  rig = await withPayerSite();
  before = (await rig.configuration()).configuration;
  guid = (await rig.app.inject({ url: BILLER, headers: rig.staff })).json().guid;
});
afterEach(async () => {
  rig.imt.reset();
  await rig.save(() => ({ invoicing: before.invoicing, integration: before.integration }));
});
afterAll(() => rig?.close());

const bodyOf = (html: string): string => html.slice(html.indexOf('<body'));
const asksOf = (account: string): number =>
  rig.imt.requests({ operation: 'balance', policyNumber: account }).requests.length;
const billOf = async (account: string): Promise<string> =>
  bodyOf((await rig.page('/bill', await rig.visit(account))).body);
const saveInvoicing = (change: Partial<Configuration['invoicing']>) =>
  rig.save(({ invoicing }) => ({ invoicing: { ...invoicing, ...change } }));
const saveRules = (rules: Partial<Record<BifFeature, CustomizationRule>>) =>
  rig.save(({ integration }) => ({
    integration: { ...integration, customizations: { ...integration.customizations, ...rules } },
  }));

let numbers = 900_000;
interface Sent {
  readonly accountNumber?: string;
  readonly typeId?: string;
  readonly layout?: Configuration['integration']['layout'];
  readonly dueDate?: string;
  readonly extras?: Record<string, string>;
}
/** One bill in a file through the real upload, known to the partner with the same amount and due date. */
async function billInFile({ typeId = '1', layout = imtLayout, dueDate = '2026-12-20', extras = {}, ...of }: Sent = {}) {
  numbers += 1;
  const accountNumber = of.accountNumber ?? String(numbers);
  rig.imt.load('3401', [{ policyNumber: accountNumber, currentDueCents: 12_840, dueDate }]);
  const bif = printBif(
    { billerGuid: guid, creationDate: '2026-11-18', reference: accountNumber },
    [
      {
        invoiceNumber: `${accountNumber}-${dueDate}`,
        accountNumber,
        customerName: 'DOE, JANE',
        invoiceDate: '2026-11-20',
        dueDate,
        totalCents: 12_840,
        balanceForward: false,
        invoiceTypeId: typeId,
        invoiceFormatGuid: crypto.randomUUID(),
        details: [{ description: 'Insurance' }],
        extras,
      },
    ],
    layout,
  );
  const sent = await rig.app.inject({
    method: 'POST',
    url: `${BILLER}/invoice-files`,
    headers: { ...rig.staff, 'content-type': 'text/plain' },
    payload: bif,
  });
  if (sent.statusCode === 202) await importInvoiceFile(rig.deps, { bid: PAYER_BID, fileId: sent.json().id });
  const file = (await rig.app.inject({ url: String(sent.headers.location), headers: rig.staff })).json();
  const url = `${BILLER}/invoices/${accountNumber}-${dueDate}`;
  const invoice = (await rig.app.inject({ url, headers: rig.staff })).json();
  return { accountNumber, sent, file, invoice };
}

test('Real Time Data Refresh off: nobody is asked, and the bills’ own amount is shown and paid', async () => {
  const account = await rig.account({ totalCents: 5_000 });
  rig.imt.adjust('3401', account, 1_000);
  expect(await billOf(account)).toContain('$60.00');
  await saveInvoicing({ realTimeDataRefresh: false });
  const other = await rig.account({ totalCents: 7_000 });
  rig.imt.adjust('3401', other, 1_000);
  expect(await billOf(other)).toContain('$70.00');
  expect(asksOf(other)).toBe(0);
});

test('a balance that could not be refreshed is hidden and not paid where stale ones are suppressed, else marked', async () => {
  const account = await rig.account({ totalCents: 4_200 });
  await billOf(account);
  rig.imt.faults.add({ operation: 'balance', effect: { kind: 'status', status: 500 } });
  expect(await billOf(account)).toMatch(/\$42\.00[\s\S]*may have changed/);
  await saveInvoicing({ suppressStaleBalances: true });
  const page = await billOf(account);
  expect(page).toContain('We can’t show your balance right now');
  expect(page).not.toContain('Amount due now');
  expect((await rig.submit(account)).checkout).toBeUndefined();
});

test('a balance as young as the limit says is not asked for again before the charge', async () => {
  const asksOfCharge = async (seconds: number): Promise<number> => {
    await saveInvoicing({ balanceMaxAgeSeconds: seconds });
    const account = await rig.account();
    const headers = await rig.visit(account);
    const asked = await rig.post('/pay', { method: 'CC', amountChoice: 'whole', name: 'Jane Doe', email: '' }, headers);
    const cookie = String(asked.headers['set-cookie']).split(';')[0] ?? '';
    const review = (await rig.page('/review', { cookie })).body;
    const idempotencyKey = /name="idempotencyKey" value="([^"]+)"/.exec(review)?.[1] ?? '';
    const at = asksOf(account);
    expect((await rig.post('/review', { idempotencyKey }, { cookie })).statusCode).toBe(303);
    return asksOf(account) - at;
  };
  expect(await asksOfCharge(0)).toBe((await asksOfCharge(3_600)) + 1);
});

test('a partner’s allow_payments: false is obeyed only where the biller wants it', async () => {
  const account = await rig.account({ policy: { allowPayments: false } });
  expect(await billOf(account)).toContain('Pay this bill');
  await saveInvoicing({ respectAllowPayments: true });
  expect(await billOf(account)).not.toContain('Pay this bill');
  expect((await rig.submit(account)).checkout).toBeUndefined();
});

test('a file with one faulty invoice is refused whole only where the biller wants it', async () => {
  const header = 'FH|';
  const twoOf = (good: string, bad: string): string => {
    const one = printBif(
      { billerGuid: guid, creationDate: '2026-11-18', reference: good },
      [good, bad].map((accountNumber) => ({
        invoiceNumber: `${accountNumber}-2026-12-20`,
        accountNumber,
        customerName: 'DOE, JANE',
        invoiceDate: '2026-11-20',
        dueDate: '2026-12-20',
        totalCents: 1_000,
        balanceForward: false,
        invoiceTypeId: accountNumber === bad ? 'NONE' : '1',
        invoiceFormatGuid: crypto.randomUUID(),
        details: [{ description: 'Insurance' }],
        extras: {},
      })),
      imtLayout,
    );
    expect(one.startsWith(header)).toBe(true);
    return one;
  };
  const load = async (bif: string) => {
    const sent = await rig.app.inject({
      method: 'POST',
      url: `${BILLER}/invoice-files`,
      headers: { ...rig.staff, 'content-type': 'text/plain' },
      payload: bif,
    });
    await importInvoiceFile(rig.deps, { bid: PAYER_BID, fileId: sent.json().id });
    return (await rig.app.inject({ url: String(sent.headers.location), headers: rig.staff })).json();
  };
  expect(await load(twoOf('601', '602'))).toMatchObject({ state: 'partly', invoices: { accepted: 1, refused: 1 } });
  await saveInvoicing({ refuseWholeFileOnInvoiceFault: true });
  expect((await load(twoOf('603', '604'))).state).toBe('refused');
});

test('customizations reach single invoices, and dates moved by the partner, only where they apply globally', async () => {
  await saveRules({
    PaymentExpirationDate: { kind: 'date', from: 'InvoiceDueDate', offset: 0, days: 'calendar' },
    PaymentExpirationMessage: { kind: 'constant', value: 'Too late: call us.' },
  });
  const single = async (accountNumber: string): Promise<Record<string, unknown>> => {
    const answer = await rig.app.inject({
      method: 'POST',
      url: `${BILLER}/invoices`,
      headers: rig.staff,
      payload: {
        InvoiceNumber: `${accountNumber}-2026-12-20`,
        AccountNumber: accountNumber,
        InvoiceTypeID: '1',
        InvoiceDate: '11/20/2026',
        InvoiceDueDate: '12/20/2026',
        TotalAmountDue: '10.00',
        CustomerName: 'DOE, JANE',
        Details: [],
      },
    });
    return answer.json().invoice.derived;
  };
  expect(await single('611')).toMatchObject({ paymentExpirationDate: '2026-12-20' });
  const far = rig.clock.now().toZonedDateTimeISO('UTC').add({ days: 90 }).toPlainDate().toString();
  const { accountNumber } = await billInFile({ dueDate: far });
  expect(await billOf(accountNumber)).toContain('Pay this bill');
  rig.imt.load('3401', [{ policyNumber: accountNumber, currentDueCents: 12_840, dueDate: '2020-01-01' }]);
  expect(await billOf(accountNumber)).toContain('Too late: call us.');
  await saveInvoicing({ applyGlobalBifCustomizations: false });
  expect(await single('612')).toEqual({});
  expect(await billOf(accountNumber)).toContain('Pay this bill');
});

test('the layout says where each field stands in a file', async () => {
  const { invoiceHeader } = before.integration.layout;
  const layout = { ...before.integration.layout, invoiceHeader: [...invoiceHeader, 'LocationReference'] };
  const extras = { locationReference: 'Ames office' };
  await saveRules({ LocationReference: { kind: 'inBif' } });
  expect((await billInFile({ layout, extras })).file.state).toBe('refused');
  await rig.save(({ integration }) => ({ integration: { ...integration, layout } }));
  const { invoice, accountNumber } = await billInFile({ layout, extras });
  expect(invoice.derived).toMatchObject({ locationReference: 'Ames office' });
  expect(await billOf(accountNumber)).toContain('Reference: Ames office');
});

const fixed = (value: string): CustomizationRule => ({ kind: 'constant', value });
const shown: readonly (readonly [BifFeature, CustomizationRule, RegExp, 'bill' | 'pay'])[] = [
  ['InvoiceDate', fixed('2026-10-09'), /Bill of October 9, 2026/, 'bill'],
  [
    'LateFeeDate',
    { kind: 'date', from: 'InvoiceDueDate', offset: 5, days: 'calendar' },
    /late fee applies from December 25, 2026/,
    'bill',
  ],
  ['PromptPayExpirationDate', fixed('2026-12-01'), /Pay by December 1, 2026 for the prompt-payment amount/, 'bill'],
  ['LocationReference', { kind: 'text', template: 'Office of {AccountNumber}' }, /Reference: Office of \d+/, 'bill'],
  ['PaymentExpirationDate', fixed('2020-01-01'), /last day for paying this bill online has passed/, 'bill'],
  ['CreditCardServiceFee', fixed('3.25'), /Fee \$3\.25/, 'pay'],
  ['AchServiceFee', fixed('1.75'), /Fee \$1\.75/, 'pay'],
  ['MinimumAmountDue', fixed('25.00'), /The least due now: \$25\.00/, 'pay'],
  ['AllowPartialPayments', fixed('0'), /^(?![\s\S]*Another amount)/, 'pay'],
];
test.each(shown)('the customization %s changes what the payer sees', async (feature, rule, expected, page) => {
  const read = async (account: string) => bodyOf((await rig.page(`/${page}`, await rig.visit(account))).body);
  expect(await read((await billInFile()).accountNumber)).not.toMatch(expected);
  await saveRules({ [feature]: rule });
  expect(await read((await billInFile()).accountNumber)).toMatch(expected);
});

test('the customization PaymentExpirationMessage is what the payer reads after the last day', async () => {
  await saveRules({
    PaymentExpirationDate: fixed('2020-01-01'),
    PaymentExpirationMessage: fixed('Call 515-555-0100.'),
  });
  expect(await billOf((await billInFile()).accountNumber)).toContain('Call 515-555-0100.');
});

test('the customization InvoiceDueDate is the due date of the bill', async () => {
  await saveRules({ InvoiceDueDate: fixed('2026-12-31') });
  const { accountNumber } = await billInFile();
  await saveInvoicing({ realTimeDataRefresh: false });
  expect(await billOf(accountNumber)).toContain('Due December 31, 2026');
});

test('the customization InvoiceTypeID decides which methods and fees hold', async () => {
  await rig.save(({ invoiceTypes: [first] }) => ({
    invoiceTypes: [first, { ...first, id: '2', name: 'Auto', methods: ['ACH'] }],
  }));
  await saveRules({ InvoiceTypeID: fixed('2') });
  const { accountNumber } = await billInFile({ typeId: '1' });
  const page = bodyOf((await rig.page('/pay', await rig.visit(accountNumber))).body);
  expect(page).toMatch(/value="ACH"/);
  expect(page).not.toMatch(/value="CC"/);
  await saveRules({ InvoiceTypeID: { kind: 'inBif' } });
});

test('the customization InvoiceFormatGuid is the format of the stored bill', async () => {
  const format = 'a7da43f3-9d20-45c9-8dc5-be5ae931a8a3';
  await saveRules({ InvoiceFormatGuid: fixed(format) });
  expect((await billInFile()).invoice.invoiceFormatGuid).toBe(format);
});

test('the customization BalanceForward carries earlier bills into the new one', async () => {
  await saveRules({ BalanceForward: fixed('1') });
  const { accountNumber } = await billInFile({ dueDate: '2026-11-25' });
  await billInFile({ accountNumber, dueDate: '2026-12-25' });
  const earlier = await rig.app.inject({ url: `${BILLER}/invoices/${accountNumber}-2026-11-25`, headers: rig.staff });
  expect(earlier.json().carriedBy).toBe(`${accountNumber}-2026-12-25`);
});

const kept = [
  'AutoPayCollectionDate',
  'FirstNotifyRequestedDate',
  'SecondNotifyRequestedDate',
  'ThirdNotifyRequestedDate',
] as const;
test.each(kept)('the customization %s is worked out and kept with the bill', async (feature) => {
  await saveRules({ [feature]: { kind: 'date', from: 'InvoiceDueDate', offset: -3, days: 'calendar' } });
  expect(Object.values((await billInFile()).invoice.derived)).toEqual(['2026-12-17']);
});

test('the customization RegistrationValue is worked out and kept with the bill', async () => {
  await saveRules({ RegistrationValue: { kind: 'text', template: '{AccountNumber}' } });
  const { invoice, accountNumber } = await billInFile();
  expect(invoice.derived).toEqual({ registrationValue: accountNumber });
});
