import type { FeatureDeps } from '@causeway/server/operator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookAtBiller } from '../../../cli/commands/doctor.ts';
import { PAYER_BID, withPayerSite } from '../../testing/payer-rig.ts';

const BILLER = `/api/v1/billers/${PAYER_BID}`;
let rig: Awaited<ReturnType<typeof withPayerSite>>;

beforeAll(async () => {
  rig = await withPayerSite({ partner: 'IMT Spectrum' });
});
afterAll(() => rig?.close());

const setTo = (number: string, value: unknown) => ({
  method: 'PUT' as const,
  url: `${BILLER}/configuration/advanced-settings/${number}`,
  headers: rig.staff,
  payload: value as object,
});
const set = async (number: string, value: unknown) =>
  rig.app.inject(
    setTo(number, { expectedVersion: (await rig.configuration()).version, reason: 'a test of Spectrum', value }),
  );

test('a payer of a Spectrum biller sees the balance, pays, and it is posted once, with what the partner needs', async () => {
  const account = await rig.account({ totalCents: 20_000 });
  rig.imt.adjust(rig.instance, account, -2_500);
  const headers = await rig.visit(account);
  expect((await rig.page('/bill', headers)).body).toContain('$175.00');
  const paid = await rig.pay(account);
  expect(paid.html).toContain('$175.00');
  const booked = await rig.until(() => rig.imt.ledger({ policyNumber: account }).payments[0]);
  expect(booked).toMatchObject({ instance: '5501', totalPaidCents: 17_500, method: 'CC' });
  expect(booked.transactionId).toMatch(new RegExp(`^${PAYER_BID}\\d+$`));
  await rig.until(async () => (await rig.deliveries()).find((each) => each.state === 'posted'));
  expect(rig.imt.ledger({ policyNumber: account })).toMatchObject({ count: 1, doubleBooked: {} });
  expect((await rig.page(paid.path)).body).not.toMatch(/On its way|being posted|daily report/);
});

test('its sessions by token and by cookie serve alike, and one the partner ended is opened again', async () => {
  const account = await rig.account();
  for (const sessionAnswer of ['token', 'cookie', 'both'] as const) {
    rig.imt.configure('5501', { sessionAnswer });
    rig.imt.expireSessions('5501');
    const headers = await rig.visit(account);
    rig.imt.adjust('5501', account, 100);
    expect((await rig.page('/bill', headers)).body).not.toContain('not be up to date');
  }
  const { currentDueCents } = rig.imt.policy('5501', account);
  expect((await rig.page('/bill', await rig.visit(account))).body).toContain(`$${(currentDueCents / 100).toFixed(2)}`);
});

test('a payer who asks for the PDF of a Spectrum bill is told that it is not available yet', async () => {
  const account = await rig.account();
  const answer = await rig.page(`/bill/${account}-bill/pdf`, await rig.visit(account));
  expect(answer.statusCode).toBe(404);
  expect(answer.body).toMatch(/not available yet/i);
  expect(rig.imt.requests({ operation: 'pdf' }).requests).toStrictEqual([]);
});

test('doctor tries what Spectrum has, asks for no PDF and no sign-in address, and says why a login fails', async () => {
  const deps = rig.deps as FeatureDeps;
  const findings = await lookAtBiller(deps, PAYER_BID);
  expect(findings.filter((finding) => !finding.isWell)).toStrictEqual([]);
  expect(findings.map((finding) => finding.what)).toStrictEqual(['configuration', 'sign-in', 'data refresh', 'PDF']);
  expect(findings.at(-1)?.sentence).toBe('IMT Spectrum has none to be asked for');
  rig.imt.configure('5501', { privateKey: 'another-key' });
  expect((await set('10', { privateKey: 'wrong|key', password: 'sandbox-password' })).statusCode).toBe(200);
  const failing = (await lookAtBiller(deps, PAYER_BID)).filter((finding) => !finding.isWell);
  expect(failing.map((finding) => finding.what)).toStrictEqual(['sign-in', 'data refresh']);
  expect(failing[0]?.sentence).toMatch(/sign-in was not accepted.*Look at Advanced Settings 9 and 10\./);
  expect(JSON.stringify(failing)).not.toMatch(/wrong\|key|88/);
});

test('a private key and a password with a | in them, typed or sent part by part, sign in as they are', async () => {
  rig.imt.configure('5501', { privateKey: 'k|1\\', users: { causeway: '|p|' } });
  const typed = { text: 'k\\|1\\\\|\\|p\\|' };
  for (const value of [typed, { privateKey: 'k|1\\', password: '|p|' }]) {
    expect((await set('10', value)).statusCode).toBe(200);
    const account = await rig.account({ totalCents: 4_321 });
    expect((await rig.page('/bill', await rig.visit(account))).body).toContain('$43.21');
  }
  const shown = (await rig.app.inject({ url: `${BILLER}/configuration`, headers: rig.staff })).json();
  const text = shown.settings.find((setting: { number: string }) => setting.number === '10').text;
  expect(text).toMatch(/^•••• \([0-9a-f]{8}\)\|•••• \([0-9a-f]{8}\)$/);
  expect(JSON.stringify(shown)).not.toContain('|p|');
});

test('10 and 13 need their one |', async () => {
  for (const text of ['no bar', 'a|b|c', '|password', 'key|'])
    expect((await set('13', { text })).json(), text).toMatchObject({ code: 'configuration-not-valid' });
});

test.each([14, 15, 16, 17, 18, 19, 20, 21, 22, 81, 88, 105])('setting %i is refused for Spectrum', async (number) => {
  const text =
    { 81: 'MULTIENVIRONMENT', 105: '1' }[number] ?? ([14, 17, 20, 88].includes(number) ? 'https://x.example/' : 'x');
  const answer = await set(String(number), { text });
  expect(answer.statusCode).toBe(422);
  expect(answer.json().faults.map((fault: { at: string }) => fault.at)).toContain(`advancedSettings.${number}`);
});

test.each(['paperless', 'autopay'] as const)('DataPump posts no %s changes for Spectrum', async (kind) => {
  const answer = await rig.trySave(({ dataPump }) => ({
    dataPump: { ...dataPump, nonPayment: { ...dataPump.nonPayment, [kind]: true } },
  }));
  expect(answer.statusCode).toBe(422);
  expect(answer.json().faults).toMatchObject([{ at: `dataPump.nonPayment.${kind}` }]);
});

test('the catalogue and the biller say what exists for Spectrum, which is what screens show', async () => {
  const catalogue = (await rig.app.inject({ url: '/api/v1/settings-catalogue', headers: rig.staff })).json();
  const existing = catalogue.items
    .filter((row: { partners: string[] }) => row.partners.includes('IMT Spectrum'))
    .map((row: { number: number }) => row.number);
  expect(existing).toStrictEqual([3, 8, 9, 10, 11, 12, 13, 23, 32, 36, 131]);
  const biller = (await rig.app.inject({ url: BILLER, headers: rig.staff })).json();
  expect(biller.partner).toMatchObject({
    name: 'IMT Spectrum',
    operations: ['balance', 'payment'],
    hasSeparateSignIn: false,
    hasEnvironments: false,
    hasPrivateKey: true,
  });
});
