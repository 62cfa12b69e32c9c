import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAYER_BID, withPayerSite } from '../../../testing/payer-rig.ts';
import { type Biller, type Configuration, registrationOffer, type Source } from '../../billers/index.ts';
import { recordDelivery } from '../../deliveries/index.ts';
import { matchRemittance } from '../../invoices/index.ts';
import { quotePayment, takePayment } from '../../payments/index.ts';

let rig: Awaited<ReturnType<typeof withPayerSite>>;
beforeAll(async () => {
  rig = await withPayerSite();
});
afterAll(() => rig?.close());

const biller = async (): Promise<Biller> => {
  const found = await rig.deps.billers.load(PAYER_BID);
  if (!found) throw new Error('no biller');
  return found;
};
const saveProducts = (change: Partial<Configuration['products']>) =>
  rig.save(({ products }) => ({ products: { ...products, ...change } }));

/** What comes of paying 128.40 from a source: `taken`, or the reason of the refusal. */
async function outcomeOf(source: Source, accountNumber?: string): Promise<string> {
  const number = accountNumber ?? (await rig.account());
  try {
    await takePayment(rig.deps, {
      bid: PAYER_BID,
      accountNumber: number,
      method: 'CC',
      billAmountCents: 12_840,
      feeSeenCents: 0,
      balanceSeenCents: 12_840,
      source,
      locale: 'en',
      payer: { name: 'Jane Doe' },
      idempotencyKey: crypto.randomUUID(),
    });
    return 'taken';
  } catch (cause) {
    const { code, details } = cause as { code: string; details: { reason?: string } };
    return `${code} ${details.reason ?? ''}`.trim();
  }
}

const BY_PRODUCT: readonly (readonly [keyof Configuration['products'], Source])[] = [
  ['virtualSite', 'Virtual Site'],
  ['customerPortal', 'Customer Portal'],
  ['autoPay', 'AutoPay'],
  ['payByText', 'Pay by Text'],
  ['scheduledPayments', 'Scheduled'],
  ['recurringScheduledPayments', 'Recurring'],
  ['agentConnect', 'CSR'],
  ['cloudIvrConnect', 'IVR'],
  ['obd', 'OBD'],
];
test.each(BY_PRODUCT)('%s off refuses a payment by %s; on, it is taken', async (product, source) => {
  await rig.save(({ obd, ivr }) => ({ obd: { ...obd, isOn: true }, ivr: { ...ivr, invoiceTypeIds: ['1'] } }));
  await saveProducts({ [product]: false });
  expect(await outcomeOf(source)).toBe('cannot-be-paid product-off');
  await saveProducts({ [product]: true });
  expect(await outcomeOf(source)).toBe('taken');
});

test('without the Virtual Site its pages say so, in the biller’s words, and take nothing; a receipt still opens', async () => {
  const account = await rig.account();
  const paid = await rig.pay(account);
  const headers = await rig.visit(account);
  await rig.save(({ products, profile }) => ({
    products: { ...products, virtualSite: false },
    profile: { ...profile, virtualSiteVerbiage: { en: 'Pay by mail.', es: 'Pague por correo.' } },
  }));
  for (const path of ['', '/bill', '/pay', '/review']) {
    const page = await rig.page(path, headers);
    expect(page.statusCode, path).toBe(200);
    expect(page.body, path).toContain('Bills are not paid here');
    expect(page.body, path).toContain('Pay by mail.');
    expect(page.body, path).not.toContain('<form');
  }
  expect((await rig.page('?lang=es')).body).toContain('Pague por correo.');
  const posted = await rig.post('/find', { accountNumber: account, proof: 'Doe' });
  expect(posted.body).toContain('Bills are not paid here');
  expect((await rig.page(paid.path)).body).toContain('Payment received');
  await saveProducts({ virtualSite: true });
  expect((await rig.page('/bill', headers)).body).toContain('Your bill');
});

test('an SSO-only biller’s pages show its words and the way to the partner’s sign-in, and nothing is paid there', async () => {
  const address = 'https://partner.example/login';
  await rig.save(({ invoiceTypes, products, advancedSettings }) => ({
    products: { ...products, ssoConnect: true },
    invoiceTypes: invoiceTypes.map((type) => ({
      ...type,
      authType: 'Email Address with Password',
      registration: { isSelfRegistrationOn: false, isPromptAfterPaymentOn: false, areEmailLinksOn: false },
    })),
    advancedSettings: {
      ...advancedSettings,
      ...Object.fromEntries([3, 23, 36].map((number) => [number, { kind: 'text', value: address }])),
    },
  }));
  const page = await rig.page();
  expect(page.body).toContain(`href="${address}"`);
  expect(page.body).toContain('Pay by mail.');
  expect(await outcomeOf('Virtual Site')).toBe('cannot-be-paid product-off');
  expect(await outcomeOf('Customer Portal')).toBe('taken');
  await rig.save(({ advancedSettings }) => {
    const { '3': _3, '23': _23, '36': _36, ...rest } = advancedSettings;
    return { advancedSettings: rest };
  });
  expect((await rig.page()).body).toContain('<form');
});

test.each([
  ['paperless', 'paperless', 'Paperless'],
  ['autoPay', 'autopay', 'AutoPay'],
] as const)('%s off: a change of it is on record as not sent, with the reason', async (product, kind, name) => {
  await rig.save(({ dataPump }) => ({ dataPump: { ...dataPump, nonPayment: { paperless: true, autopay: true } } }));
  const accountNumber = await rig.account();
  const record = async () =>
    rig.deps.database.withBiller(PAYER_BID, async (tx) =>
      recordDelivery(tx, rig.deps, { biller: await biller(), invoiceTypeId: '1', kind, accountNumber, isOn: true }),
    );
  await saveProducts({ [product]: false });
  expect(await record()).toMatchObject({ state: 'not_sent', reason: `the product ${name} is off` });
  await saveProducts({ [product]: true });
  expect(await record()).toMatchObject({ state: 'queued' });
  await rig.until(() => rig.imt.settingChanges({ policyNumber: accountNumber })[0]);
});

test('OBD switched off on its own screen refuses its payments too', async () => {
  await saveProducts({ obd: true });
  await rig.save(({ obd }) => ({ obd: { ...obd, isOn: false } }));
  expect(await outcomeOf('OBD')).toBe('cannot-be-paid product-off');
});

test('a bank’s remittance belongs to an account by its number, or by number and name, as OBD says', async () => {
  const accountNumber = await rig.account();
  const match = (name: string) =>
    rig.deps.database.withBiller(PAYER_BID, async (tx) =>
      matchRemittance(tx, await biller(), { accountNumber, name }).then((found) => found?.accountNumber),
    );
  await saveProducts({ obd: true });
  await rig.save(() => ({ obd: { isOn: true, matchBy: 'account number' } }));
  expect(await match('NOBODY')).toBe(accountNumber);
  await rig.save(() => ({ obd: { isOn: true, matchBy: 'account number and name' } }));
  expect(await match('NOBODY')).toBeUndefined();
  expect(await match('JANE DOE')).toBe(accountNumber);
  await rig.save(({ obd }) => ({ obd: { ...obd, isOn: false } }));
  expect(await match('JANE DOE')).toBeUndefined();
});

test('by phone only the invoice types of Cloud IVR Connect are paid', async () => {
  await rig.save(({ invoiceTypes, products }) => ({
    products: { ...products, cloudIvrConnect: true },
    invoiceTypes: [invoiceTypes[0], { ...invoiceTypes[0], id: '2', name: 'Auto' }],
    ivr: { invoiceTypeIds: ['1'] },
  }));
  const second = await rig.account({ typeId: '2' });
  expect(await outcomeOf('IVR')).toBe('taken');
  expect(await outcomeOf('IVR', second)).toBe('cannot-be-paid type-not-offered');
  expect(
    (await quotePayment(rig.deps, { bid: PAYER_BID, accountNumber: second, source: 'IVR', locale: 'es' })).cannotPay
      ?.sentence,
  ).toMatch(/Aquí no/);
  await rig.save(() => ({ ivr: { invoiceTypeIds: ['1', '2'] } }));
  expect(await outcomeOf('IVR', second)).toBe('taken');
});

test('registration goes by product, way, Auth Type and multi-user, as the configuration says', async () => {
  const offer = async (way: 'self' | 'after-payment' | 'email-link' | 'sso', loginsOfAccount = 0) =>
    registrationOffer((await biller()).configuration, { invoiceTypeId: '1', way, loginsOfAccount });
  const saveType = (change: object) =>
    rig.save(({ invoiceTypes }) => ({ invoiceTypes: invoiceTypes.map((type) => ({ ...type, ...change })) }));
  const on = { isSelfRegistrationOn: true, isPromptAfterPaymentOn: true, areEmailLinksOn: true };
  await saveProducts({ customerPortal: true, ssoConnect: false });
  for (const authType of ['Account Number with Registration Value', 'Email Address with Registration Value']) {
    await saveType({ authType, registration: on });
    expect(await offer('self')).toEqual({ kind: 'offered', authType });
  }
  for (const [way, option] of [
    ['self', 'isSelfRegistrationOn'],
    ['after-payment', 'isPromptAfterPaymentOn'],
    ['email-link', 'areEmailLinksOn'],
  ] as const) {
    expect(await offer(way)).toMatchObject({ kind: 'offered' });
    await saveType({ registration: { ...on, [option]: false } });
    expect(await offer(way)).toEqual({ kind: 'refused', why: 'way-off' });
    await saveType({ registration: on });
  }
  expect(await offer('self', 1)).toEqual({ kind: 'refused', why: 'one-login' });
  await rig.save(({ profile }) => ({ profile: { ...profile, isMultiUser: true } }));
  expect(await offer('self', 1)).toMatchObject({ kind: 'offered' });
  expect(await offer('sso')).toEqual({ kind: 'refused', why: 'product-off' });
  await saveProducts({ ssoConnect: true, customerPortal: false });
  expect(await offer('sso')).toMatchObject({ kind: 'offered' });
  expect(await offer('self')).toEqual({ kind: 'refused', why: 'product-off' });
});
