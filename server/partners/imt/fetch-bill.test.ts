import { createImtSandbox, type ImtSandbox } from '@causeway/sandbox/imt';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { PdfAnswer } from '../../features/billers/partner.ts';
import { partnerUnderTest, rawAnswer, rawPartner } from './testing/partner-under-test.ts';

let sandbox: ImtSandbox;
const opened: { close: () => Promise<void> }[] = [];

beforeAll(async () => {
  sandbox = await createImtSandbox();
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  sandbox.reset();
});
afterAll(() => sandbox.close());

function open(limits: Parameters<typeof partnerUnderTest>[0] = {}) {
  const made = partnerUnderTest(limits);
  opened.push(made);
  return made;
}

async function bytesOf(answer: PdfAnswer): Promise<Buffer> {
  if (answer.kind !== 'pdf') throw new Error(`no PDF: ${JSON.stringify(answer)}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test.each(['99900001', '99900044', '99900045'])(
  'the PDF of %s arrives, plain, in base64 or by an address on the same host',
  async (policy) => {
    const { partner, connect } = open();
    const bytes = await bytesOf(await partner.billPdf(connect(sandbox, 'pdf'), policy));
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(bytes.length).toBeGreaterThan(500);
  },
);

test('a bill the partner does not have is none, not a failure', async () => {
  const { partner, connect } = open();
  expect((await partner.billPdf(connect(sandbox, 'pdf'), '99900040')).kind).toBe('none');
  expect((await partner.billPdf(connect(sandbox, 'pdf'), '99900020')).kind).toBe('none');
});

test.each(['99900041', '99900043', '99900047'])(
  'HTML, nothing, or HTML called a PDF (%s) is a failure',
  async (policy) => {
    const { partner, connect } = open();
    expect(await partner.billPdf(connect(sandbox, 'pdf'), policy)).toMatchObject({
      kind: 'failed',
      reason: 'not-understood',
    });
  },
);

test('a PDF over 25 MB is cut off, and never held whole', async () => {
  const { partner, connect } = open();
  await expect(bytesOf(await partner.billPdf(connect(sandbox, 'pdf'), '99900042'))).rejects.toMatchObject({
    reason: 'too-large',
  });
});

test('a PDF that trickles ends at the total deadline, and lets the session go', async () => {
  const { partner, connect } = open({ pdfMs: 3_000, lingerMs: 0 });
  const answer = await partner.billPdf(connect(sandbox, 'pdf'), '99900046');
  await expect(bytesOf(answer)).rejects.toMatchObject({ reason: 'timeout' });
  await expect.poll(() => partner.sessions()).toStrictEqual([]);
});

test('the session is kept while the body is read, and let go by a reader who leaves early', async () => {
  const { partner, connect } = open({ lingerMs: 0 });
  const answer = await partner.billPdf(connect(sandbox, 'pdf'), '99900042');
  expect(partner.sessions()).toMatchObject([{ leases: 1 }]);
  if (answer.kind === 'pdf') for await (const _ of answer.body) break;
  await expect.poll(() => partner.sessions()).toStrictEqual([]);
});

test('an expired session is renewed for a PDF too', async () => {
  const { partner, connect } = open();
  const connection = connect(sandbox, 'pdf');
  await bytesOf(await partner.billPdf(connection, '99900001'));
  sandbox.expireSessions('3401');
  expect((await bytesOf(await partner.billPdf(connection, '99900001'))).length).toBeGreaterThan(500);
});

const bill = (attributes: object) => rawAnswer(200, JSON.stringify({ data: { type: 'bills', id: '1', attributes } }));
test.each([
  ['an address on another host', bill({ url: 'http://127.0.0.1:9/bill.pdf' }), 'guard'],
  ['an address with a login in it', bill({ url: 'http://u:p@127.0.0.1/bill.pdf' }), 'guard'],
  [
    'the bill of another policy',
    bill({ policy_number: '2', pdf: Buffer.from('%PDF-1.4').toString('base64') }),
    'not-understood',
  ],
  ['no PDF at all', bill({ note: 'hello' }), 'not-understood'],
  ['an address that leads to another document', bill({ url: '/api/bills/1/' }), 'not-understood'],
  ['a redirect', rawAnswer(302, '', { location: 'http://127.0.0.1:9/' }), 'partner-error'],
])('%s is not followed and not taken', async (_what, answer, reason) => {
  const raw = await rawPartner(() => answer);
  opened.push(raw);
  const { partner, connect } = open();
  expect(await partner.billPdf(connect(raw, 'pdf'), '1')).toMatchObject({ kind: 'failed', reason });
});
