import { imtLayout, printBif } from '@causeway/formats/bif';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PAYER_BID, withPayerSite } from '../../../testing/payer-rig.ts';
import {
  type Configuration,
  type ConfigurationView,
  METHODS,
  type Method,
  SOURCES,
  type Source,
} from '../../billers/index.ts';
import { recordDelivery } from '../../deliveries/index.ts';
import { importInvoiceFile } from '../../invoices/index.ts';

const BILLER = `/api/v1/billers/${PAYER_BID}`;
let rig: Awaited<ReturnType<typeof withPayerSite>>;
let before: ConfigurationView;
beforeAll(async () => {
  rig = await withPayerSite();
  await rig.save(({ dataPump }) => ({ dataPump: { ...dataPump, nonPayment: { paperless: true, autopay: true } } }));
  before = (await rig.configuration()).configuration;
});
afterEach(async () => {
  rig.imt.reset();
  const { dataPump } = before;
  // A type that invoices have stays, so it only goes back to one environment.
  await rig.save(({ invoiceTypes }) => ({
    invoiceTypes: invoiceTypes.map((type) => ({ ...type, environment: null })),
    dataPump,
    advancedSettings: { ...before.advancedSettings, ...logins() },
  }));
});
afterAll(() => rig?.close());

const logins = () =>
  Object.fromEntries(
    [10, 13, 16, 19, 22].map((number) => [number, { kind: 'secret', secret: { set: 'sandbox-password' } }]),
  );
const bodyOf = (html: string): string => html.slice(html.indexOf('<body'));
const saveDataPump = (change: Partial<Configuration['dataPump']>) =>
  rig.save(({ dataPump }) => ({ dataPump: { ...dataPump, ...change } }));
const set = async (number: number, value: object): Promise<void> => {
  const { version } = await rig.configuration();
  const answer = await rig.app.inject({
    method: 'PUT',
    url: `${BILLER}/configuration/advanced-settings/${number}`,
    headers: rig.staff,
    payload: { expectedVersion: version, reason: 'a test of its effect', value },
  });
  if (answer.statusCode !== 200) throw new Error(`setting ${number}: ${answer.body}`);
};

let payments = 500_000;
type Asked = { kind: 'payment'; source: Source; method: Method } | { kind: 'paperless' | 'autopay' };
/** Records a delivery as its cause would: the one place where DataPump Management decides. */
async function recorded(asked: Asked, accountNumber: string) {
  const biller = await rig.deps.billers.load(PAYER_BID);
  if (!biller) throw new Error('no biller');
  payments += 1;
  const payer = {
    customerName: 'DOE, JANE',
    address1: '',
    address2: '',
    city: '',
    state: '',
    zip: '',
    phone: '',
    email: '',
  };
  const payment = { ...payer, accountNumber, amountCents: 1_000, feeCents: 0, paymentMessage: 'APPROVED' };
  return rig.deps.database.withBiller(PAYER_BID, (tx) =>
    recordDelivery(tx, rig.deps, {
      biller,
      invoiceTypeId: '1',
      ...(asked.kind === 'payment'
        ? { ...asked, paymentId: payments, payment: { ...payment, method: asked.method } }
        : { kind: asked.kind, accountNumber, isOn: true }),
    }),
  );
}

test.each(SOURCES.flatMap((source) => METHODS.map((method) => [source, method] as const)))(
  'DataPump Management decides whether a payment by %s and %s is posted',
  async (source, method) => {
    const accountNumber = await rig.account();
    const asked = { kind: 'payment', source, method } as const;
    const choose = (isOn: boolean) =>
      saveDataPump({ payments: { ...before.dataPump.payments, [source]: { CC: false, ACH: false, [method]: isOn } } });
    await choose(false);
    expect(await recorded(asked, accountNumber)).toMatchObject({
      state: 'not_sent',
      reason: `DataPump Management does not post ${source} payments by ${method}`,
    });
    await choose(true);
    expect((await recorded(asked, accountNumber)).state).toBe('queued');
    await rig.until(() => rig.imt.ledger({ policyNumber: accountNumber }).payments[0]);
    expect(rig.imt.ledger({ policyNumber: accountNumber }).count).toBe(1);
  },
);

test('a payment that DataPump Management does not post is on record for staff, and the payer reads how it gets there', async () => {
  await saveDataPump({ payments: { ...before.dataPump.payments, 'Virtual Site': { CC: false, ACH: true } } });
  const account = await rig.account();
  const paid = await rig.pay(account);
  expect(paid.html).toContain('with its daily report');
  const list = await rig.app.inject({ url: `${BILLER}/deliveries?accountNumber=${account}`, headers: rig.staff });
  expect(list.body).toContain('does not post Virtual Site payments by CC');
});

test.each(['paperless', 'autopay'] as const)(
  'DataPump Management decides whether %s changes are posted',
  async (kind) => {
    const accountNumber = await rig.account();
    await saveDataPump({ nonPayment: { ...before.dataPump.nonPayment, [kind]: false } });
    expect(await recorded({ kind }, accountNumber)).toMatchObject({ state: 'not_sent' });
    await saveDataPump({ nonPayment: { ...before.dataPump.nonPayment, [kind]: true } });
    expect((await recorded({ kind }, accountNumber)).state).toBe('queued');
    await rig.until(() => rig.imt.settingChanges({ policyNumber: accountNumber })[0]);
  },
);

test('the separator stands between BillerID and PaymentID in transaction_id', async () => {
  await saveDataPump({ transactionIdSeparator: '-' });
  const account = await rig.account();
  await rig.pay(account);
  const booked = await rig.until(() => rig.imt.ledger({ policyNumber: account }).payments[0]);
  expect(booked.transactionId).toMatch(new RegExp(`^${PAYER_BID}-\\d+$`));
});

test('no more requests at once than the biller says', async () => {
  const most = async (maxConcurrentRequests: number): Promise<number> => {
    await saveDataPump({ maxConcurrentRequests });
    const accounts = await Promise.all(Array.from({ length: 5 }, () => rig.account()));
    const visits = await Promise.all(accounts.map((account) => rig.visit(account)));
    rig.imt.reset();
    rig.imt.faults.add({ operation: 'balance', effect: { kind: 'latency', ms: 60 } });
    await Promise.all(visits.map((headers) => rig.page('/bill', headers)));
    return rig.imt.requests().inFlightMax['operation:balance'] ?? 0;
  };
  expect(await most(1)).toBe(1);
  expect(await most(5)).toBeGreaterThan(1);
});

test('an unknown post settles as many minutes as the biller says before it is looked at', async () => {
  await saveDataPump({ settleMinutes: 7 });
  const accountNumber = await rig.account({ accountNumber: '99900003' });
  await rig.pay(accountNumber);
  const unknown = await rig.until(async () =>
    (await rig.deliveries()).find((each) => each.account_number === accountNumber && each.state === 'unknown'),
  );
  const waits = unknown.unknown_since && unknown.next_at?.since(unknown.unknown_since).total('minutes');
  expect(waits).toBe(7);
});

const operations = [
  ['balance', 8],
  ['payment', 11],
  ['paperless', 14],
  ['autopay', 17],
  ['pdf', 20],
] as const;
/** Does what leads to a request of the operation, for a new account. */
async function cause(operation: (typeof operations)[number][0]): Promise<string> {
  const account = await rig.account();
  if (operation === 'balance') await rig.page('/bill', await rig.visit(account));
  else if (operation === 'pdf') await rig.page(`/bill/${account}-bill/pdf`, await rig.visit(account));
  else if (operation === 'payment') await recorded({ kind: 'payment', source: 'Virtual Site', method: 'CC' }, account);
  else await recorded({ kind: operation }, account);
  return account;
}

test.each(operations)('%s is asked at the address of setting %i', async (operation, number) => {
  await set(number, { text: rig.imt.urls('3402').url });
  const account = await cause(operation);
  const asked = await rig.until(() => rig.imt.requests({ operation, policyNumber: account }).requests[0]);
  expect(asked.instance).toBe('3402');
});

test.each(operations)('%s signs in with the username and password after setting %i', async (operation, url) => {
  const logins = () => rig.imt.requests({ operation: 'login' }).requests;
  await set(url + 1, { text: `user-of-${url + 1}` });
  await cause(operation);
  await rig.until(() => logins().find((each) => each.username === `user-of-${url + 1}`));
  await set(url + 1, { text: 'causeway' });
  await set(url + 2, { text: `wrong-${url}` });
  rig.imt.reset();
  await cause(operation);
  expect((await rig.until(() => logins().find((each) => each.status === 401))).username).toBe('causeway');
});

test('the sign-in goes to the address of setting 88', async () => {
  await set(88, { text: rig.imt.urls('3402').authUrl });
  rig.imt.expireSessions('3401');
  await cause('balance');
  expect((await rig.until(() => rig.imt.requests({ operation: 'login' }).requests.at(-1))).instance).toBe('3402');
});

test('with setting 81 the environment of the invoice type decides which of two partners is asked and posted to', async () => {
  const [one, two] = [rig.imt.urls('3401'), rig.imt.urls('3402')];
  const pair = (name: 'url' | 'authUrl') => ({ kind: 'pair', environment1: one[name], environment2: two[name] });
  await rig.save(({ invoiceTypes: [first], advancedSettings }) => ({
    invoiceTypes: [
      { ...first, environment: 1 },
      { ...first, id: '2', name: 'Auto', environment: 2 },
    ],
    advancedSettings: {
      ...advancedSettings,
      81: { kind: 'text', value: 'MULTIENVIRONMENT' },
      88: pair('authUrl'),
      ...Object.fromEntries([8, 11, 20].map((number) => [number, pair('url')])),
    },
  }));
  for (const [typeId, instance] of [
    ['1', '3401'],
    ['2', '3402'],
  ] as const) {
    const account = await rig.account({ typeId, instance });
    await rig.pay(account);
    const booked = await rig.until(() => rig.imt.ledger({ policyNumber: account }).payments[0]);
    expect(booked.instance).toBe(instance);
    expect(rig.imt.requests({ operation: 'balance', policyNumber: account }).requests[0]?.instance).toBe(instance);
  }
  await rig.save(({ invoiceTypes: [first, second] }) => ({ invoiceTypes: [first, { ...second, environment: 1 }] }));
  const moved = await rig.account({ typeId: '2', instance: '3401' });
  await rig.page('/bill', await rig.visit(moved));
  expect(rig.imt.requests({ operation: 'balance', policyNumber: moved }).requests[0]?.instance).toBe('3401');
});

test('with setting 32 staff only read the two block flags of an account; without it they set them, and payers see it', async () => {
  const account = await rig.account();
  const change = (blockCc: boolean) =>
    rig.app.inject({
      method: 'PUT',
      url: `${BILLER}/accounts/${account}/block-flags`,
      headers: rig.staff,
      payload: { blockAch: false, blockCc, reason: 'a card that bounced' },
    });
  const offersCards = async () =>
    bodyOf((await rig.page('/pay', await rig.visit(account))).body).includes('value="CC"');
  const changed = await change(true);
  expect(changed.json(), changed.body).toMatchObject({
    blockCc: true,
    blockReason: expect.stringContaining('bounced'),
  });
  expect(await offersCards()).toBe(false);
  await set(32, { text: 'on' });
  expect((await change(false)).json()).toMatchObject({ code: 'block-flags-read-only' });
  const shown = () => rig.app.inject({ url: `${BILLER}/accounts/${account}`, headers: rig.staff });
  expect((await shown()).json()).toMatchObject({ areBlockFlagsReadOnly: true, blockCc: true });
  await set(32, { text: 'off' });
  expect((await change(false)).json()).toMatchObject({ blockCc: false, blockReason: null });
  expect(await offersCards()).toBe(true);
  const audit = await rig.app.inject({ url: `${BILLER}/audit?subject=account/${account}`, headers: rig.staff });
  expect(audit.json().items).toHaveLength(2);
});

test('with setting 131 the partner’s payment types block what is offered; without it they do not', async () => {
  const methodsOf = async (): Promise<string[]> => {
    const account = await rig.account({ policy: { paymentTypes: ['ACH'] } });
    const page = bodyOf((await rig.page('/pay', await rig.visit(account))).body);
    return ['CC', 'ACH'].filter((method) => page.includes(`value="${method}"`));
  };
  expect(await methodsOf()).toEqual(['CC', 'ACH']);
  await rig.save(({ advancedSettings }) => ({
    advancedSettings: {
      ...advancedSettings,
      32: { kind: 'onOff', value: true },
      131: { kind: 'json', value: { RTDRConfig: { UpdateBlockedFlags: true } } },
    },
  }));
  expect(await methodsOf()).toEqual(['ACH']);
});

test('the Integration Partner decides which system is asked, and by which sign-in', async () => {
  const { profile, advancedSettings } = (await rig.configuration()).configuration;
  const { url } = rig.imt.urls('5501');
  const text = (value: string) => ({ kind: 'text', value });
  const login = {
    kind: 'keyAndPassword',
    privateKey: { set: 'sandbox-private-key' },
    password: { set: 'sandbox-password' },
  };
  await rig.save(() => ({
    profile: { ...profile, integrationPartner: 'IMT Spectrum' },
    dataPump: { ...before.dataPump, nonPayment: { paperless: false, autopay: false } },
    advancedSettings: { 8: text(url), 9: text('causeway'), 10: login, 11: text(url), 12: text('causeway'), 13: login },
  }));
  const account = await rig.account({ instance: '5501', totalCents: 7_700 });
  await rig.pay(account);
  expect((await rig.until(() => rig.imt.ledger({ policyNumber: account }).payments[0])).instance).toBe('5501');
  await rig.save(() => ({
    profile,
    dataPump: before.dataPump,
    advancedSettings: { ...advancedSettings, ...logins() },
  }));
});

test('with setting 105 a file of one invoice is loaded before the answer', async () => {
  const { guid } = (await rig.app.inject({ url: BILLER, headers: rig.staff })).json();
  const sendOne = (number: string) =>
    rig.app.inject({
      method: 'POST',
      url: `${BILLER}/invoice-files`,
      headers: { ...rig.staff, 'content-type': 'text/plain' },
      payload: oneInvoice(guid, number),
    });
  const waiting = await sendOne('801');
  expect(waiting.statusCode).toBe(202);
  await importInvoiceFile(rig.deps, { bid: PAYER_BID, fileId: waiting.json().id });
  await set(105, { text: '1' });
  const answer = await sendOne('802');
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.json().state).toBe('loaded');
});

function oneInvoice(billerGuid: string, accountNumber: string): string {
  return printBif(
    { billerGuid, creationDate: '2026-11-18', reference: accountNumber },
    [
      {
        invoiceNumber: `${accountNumber}-2026-12-20`,
        accountNumber,
        customerName: 'DOE, JANE',
        invoiceDate: '2026-11-20',
        dueDate: '2026-12-20',
        totalCents: 1_000,
        balanceForward: false,
        invoiceTypeId: '1',
        invoiceFormatGuid: crypto.randomUUID(),
        details: [{ description: 'Insurance' }],
        extras: {},
      },
    ],
    imtLayout,
  );
}
