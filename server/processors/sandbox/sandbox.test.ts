import { createProcessorSandbox, type ProcessorFault, type ProcessorSandbox } from '@causeway/sandbox/processor';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CheckoutRequest, Processor } from '../../features/payments/processor.ts';
import { withTestPlatform } from '../../testing/platform.ts';
import { createSandboxProcessor } from './index.ts';

let sandbox: ProcessorSandbox;
let at: Awaited<ReturnType<typeof withTestPlatform>>;
let processor: Processor;
let count = 0;

beforeAll(async () => {
  sandbox = await createProcessorSandbox({ webhook: { paused: true } });
  at = await withTestPlatform({
    environment: {
      CAUSEWAY_PROCESSOR_URL: sandbox.url,
      CAUSEWAY_PROCESSOR_SECRET: sandbox.secretKey,
      CAUSEWAY_PROCESSOR_WEBHOOK_SECRET: sandbox.webhookSecret,
    },
  });
  const made = createSandboxProcessor(at.platform);
  if (!made) throw new Error('not configured');
  processor = made;
});
afterAll(async () => {
  await at.close();
  await sandbox.close();
});
afterEach(() => {
  sandbox.faults.clear();
  at.clock.advance(120_000);
});

const request = (change: Partial<CheckoutRequest> = {}): CheckoutRequest => {
  count += 1;
  return {
    amountCents: 12_840,
    method: 'CC',
    reference: `ref-${count}-unguessable`,
    description: 'Account POL1',
    billerName: 'Prairie',
    returnUrl: 'http://127.0.0.1/return',
    cancelUrl: 'http://127.0.0.1/cancelled',
    locale: 'en',
    brands: ['visa'],
    authorizationText: undefined,
    expiresInSeconds: 1_800,
    ...change,
  };
};
const stateOf = async (reference: string) => {
  const answer = await processor.findCharge(reference);
  return answer.kind === 'told' ? answer.state : answer;
};

test('the same question gives the same page, and a changed one is looked up instead of given up', async () => {
  const asked = request();
  const first = await processor.createCheckout(asked);
  expect(first.kind).toBe('made');
  expect(await processor.createCheckout(asked)).toEqual(first);
  expect((await processor.createCheckout({ ...asked, billerName: 'Renamed' })).kind).toBe('unknown');
  expect(await stateOf(asked.reference)).toMatchObject({ kind: 'open' });
});

const lost: readonly ProcessorFault[] = [
  { kind: 'cut', when: 'before' },
  { kind: 'cut', when: 'after' },
  { kind: 'error', when: 'before' },
  { kind: 'error', when: 'after' },
  { kind: 'html', when: 'after' },
  { kind: 'malformed-json', when: 'after' },
  { kind: 'unavailable', when: 'before' },
];
test.each(lost)('$kind $when: whether a page was made is unknown, never “refused”', async (fault) => {
  sandbox.faults.add({ ...fault, operation: 'checkout', count: 1 });
  const asked = request();
  expect((await processor.createCheckout(asked)).kind).toBe('unknown');
  at.clock.advance(120_000);
  expect((await stateOf(asked.reference)).kind).toBe(fault.when === 'after' ? 'open' : 'none');
});

test('nobody listening is proof that nothing was made', async () => {
  const gone = await createProcessorSandbox();
  await gone.close();
  const config = { ...at.config, processorUrl: gone.url };
  const away = createSandboxProcessor({ ...at.platform, config });
  expect((await away?.createCheckout(request()))?.kind).toBe('not-sent');
  expect((await away?.findCharge('x'))?.kind).toBe('unanswered');
});

test('a request it does not allow is refused; without configuration there is no processor', async () => {
  expect((await processor.createCheckout(request({ amountCents: 0 }))).kind).toBe('refused');
  expect(createSandboxProcessor({ ...at.platform, config: { ...at.config, processorUrl: undefined } })).toBeUndefined();
});

test('a cancelled reference can never be charged, made before or not', async () => {
  const made = request();
  await processor.createCheckout(made);
  const never = request();
  for (const { reference } of [made, never]) {
    expect(await processor.cancelCheckout(reference)).toMatchObject({ kind: 'told', state: { kind: 'none' } });
  }
  expect((await processor.createCheckout(never)).kind).toBe('refused');
});

test('a charge is told with what may be kept of the card, also after it settled, and a decline in the payer’s words', async () => {
  const charged = request();
  const declined = request({ locale: 'es' });
  for (const [asked, number] of [
    [charged, 'visa'],
    [declined, 'insufficient-funds'],
  ] as const) {
    const answer = await processor.createCheckout(asked);
    sandbox.payCheckout(answer.kind === 'made' ? answer.checkoutId : '', number);
  }
  const expected = {
    kind: 'approved',
    brand: 'Visa',
    lastFour: '4242',
    message: expect.stringMatching(/^APPROVED \d{6}$/),
  };
  expect(await stateOf(charged.reference)).toMatchObject(expected);
  expect(await processor.cancelCheckout(charged.reference)).toMatchObject({ kind: 'told', state: expected });
  sandbox.settleAll();
  expect(await stateOf(charged.reference)).toMatchObject(expected);
  expect(await stateOf(declined.reference)).toMatchObject({
    kind: 'declined',
    sentence: expect.stringContaining('tarjeta'),
  });
});

test('a forgotten cursor reads the list from its beginning', async () => {
  const all = await processor.eventsAfter(undefined);
  expect(await processor.eventsAfter('evt_of_another_life')).toEqual(all);
});
