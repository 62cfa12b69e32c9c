import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultConfiguration, settingsFromTexts } from '../features/billers/index.ts';
import { addSession, withPopulatedServer } from './populated-server.ts';

/** An inside program that must never hear from us. */
let inside: net.Server;
let connections = 0;
let port: number;
let rig: Awaited<ReturnType<typeof withPopulatedServer>>;

beforeAll(async () => {
  inside = net.createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => inside.listen(0, '::', resolve));
  port = (inside.address() as AddressInfo).port;
  rig = await withPopulatedServer({ environment: { CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '0' } });
});
afterAll(async () => {
  await rig?.close();
  inside?.close();
});

/** Ways of writing an address of the inside; a name is judged by what it resolves to. */
const hosts = [
  ...[
    '127.0.0.1',
    'localhost',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '0',
  ],
  ...['127.0.0.1.', '127.255.255.254', '0.0.0.0', '①②⑦.0.0.1', '127。0。0。1'],
  ...[
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
  ],
  ...[
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.1.1',
    '[fc00::1]',
    '[fd12::1]',
    '[fe80::1]',
    '[fec0::1]',
  ],
  ...[
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[::ffff:169.254.169.254]',
    '2852039166',
    '0xa9fea9fe',
    '100.100.100.200',
    '168.63.129.16',
  ],
  ...['192.0.2.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '[ff02::1]', '[2001:db8::1]'],
];

test('an endpoint that points inside is refused at the call, in words, and nothing is connected to', async () => {
  const headers = await addSession(rig.owner, { bid: null, roles: ['administrator'] });
  const base = defaultConfiguration({
    name: 'x',
    integrationPartner: 'IMT Computer Services',
    invoiceFormatGuid: crypto.randomUUID(),
  });
  const told: string[] = [];
  for (const [at, host] of hosts.entries()) {
    const url = `http://${host}:${port}/api/`;
    const texts = {
      8: url,
      9: 'u',
      10: 'password-of-it',
      20: url,
      21: 'u',
      22: 'password-of-it',
      88: `${url}sessions/`,
    };
    const of = await rig.addTenant(10_000 + at, {
      invoicing: { ...base.invoicing, realTimeDataRefresh: true, balanceMaxAgeSeconds: 0 },
      advancedSettings: settingsFromTexts(texts),
    });
    const path = `/api/v1/billers/${of.bid}`;
    const answer = await rig.app.inject({
      method: 'POST',
      url: `${path}/accounts/${of.accountNumber}/refresh`,
      headers,
    });
    const { outcome, reason, sentence } = answer.json();
    if (outcome !== 'stale' || reason !== 'guard' || !/not allowed/.test(sentence))
      told.push(`${host}: ${answer.statusCode} ${outcome} ${reason} ${sentence}`);
    const pdf = await rig.app.inject({ url: `${path}/invoices/${of.invoiceNumber}/pdf`, headers });
    if (pdf.statusCode !== 404 || pdf.json().details?.reason !== 'guard')
      told.push(`${host}: PDF ${pdf.statusCode} ${pdf.body.slice(0, 200)}`);
  }
  console.info(`outbound: ${hosts.length} inside addresses, ${connections} connections`);
  expect(told).toEqual([]);
  expect(connections).toBe(0);
});

test('the same program hears from us where private endpoints are allowed, so that silence proves the guard', async () => {
  const open = await withPopulatedServer({ environment: { CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: '1' } });
  const url = `http://127.0.0.1:${port}/api/`;
  const base = defaultConfiguration({
    name: 'x',
    integrationPartner: 'IMT Computer Services',
    invoiceFormatGuid: crypto.randomUUID(),
  });
  const of = await open.addTenant(1, {
    invoicing: { ...base.invoicing, realTimeDataRefresh: true, balanceMaxAgeSeconds: 0 },
    advancedSettings: settingsFromTexts({ 8: url, 9: 'u', 10: 'password-of-it', 88: url }),
  });
  const headers = await addSession(open.owner, { bid: null, roles: ['administrator'] });
  await open.app.inject({ method: 'POST', url: `/api/v1/billers/1/accounts/${of.accountNumber}/refresh`, headers });
  await open.close();
  expect(connections).toBeGreaterThan(0);
});
