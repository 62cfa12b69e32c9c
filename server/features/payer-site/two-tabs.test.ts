import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cookieOf, hiddenFields, PAYER_BID, withPayerSite } from '../../testing/payer-rig.ts';

type Site = Awaited<ReturnType<typeof withPayerSite>>;
type Session = { cookie: string };

let site: Site;
beforeAll(async () => {
  site = await withPayerSite();
});
afterAll(() => site?.close());

const TYPED = { method: 'CC', amountChoice: 'whole', amount: '', name: 'Jane Doe', email: '' };

/** The pay page's form, sent as its page shows it; gives the session that it leaves. */
async function choose(session: Session, typed: Record<string, string> = {}): Promise<Session> {
  const form = hiddenFields((await site.page('/pay', session)).body);
  const answer = await site.post('/pay', { ...form, ...TYPED, ...typed }, session);
  expect([answer.statusCode, answer.headers.location], answer.body).toEqual([303, '/prairie/review']);
  return cookieOf(answer);
}

const reviewOf = async (session: Session) => (await site.page('/review', session)).body;
const checkoutsOf = (accountNumber: string) =>
  site.processor.checkouts().filter((one) => one.description.includes(accountNumber));
const keptOf = (account: string) =>
  site.deps.database.withBiller(PAYER_BID, (tx) =>
    tx
      .selectFrom('payment')
      .select(['locale', 'authorization_text'])
      .where('account_number', '=', account)
      .executeTakeFirst(),
  );
const partial = (is: boolean) =>
  site.save(({ invoiceTypes }) => ({
    invoiceTypes: invoiceTypes.map((type) => ({ ...type, arePartialPaymentsAllowed: is })),
  }));

describe('another account found in a second tab', () => {
  test('is never paid by the first tab’s forms, and its pages say whose bill they are', async () => {
    const [first, second] = [await site.account(), await site.account({ totalCents: 99_900 })];
    const inFirst = await choose(await site.visit(first));
    const payForm = hiddenFields((await site.page('/pay', inFirst)).body);
    const reviewForm = hiddenFields(await reviewOf(inFirst));
    const inSecond = await choose(await site.visit(second));
    for (const [path, form] of [
      ['/pay', { ...payForm, ...TYPED }],
      ['/review', reviewForm],
    ] as const) {
      const answer = await site.post(path, form, inSecond);
      expect(answer.statusCode, path).toBe(409);
      expect(answer.body).toContain('Another bill is open now');
      expect(answer.headers['set-cookie'], 'the second tab’s form stays').toBeUndefined();
    }
    expect([...checkoutsOf(first), ...checkoutsOf(second)]).toEqual([]);
    expect((await site.page('/pay', inSecond)).body).toContain(second);
    expect((await site.page(`/bill/${first}-bill/pdf`, inSecond)).body).toContain('Another bill is open now');
    const paid = await site.post('/review', hiddenFields(await reviewOf(inSecond)), inSecond);
    expect(String(paid.headers.location)).toContain(site.processor.url);
    expect(checkoutsOf(second)).toMatchObject([{ amountCents: 99_900 }]);
  });
});

describe('the same bill in two tabs', () => {
  test('a press in the tab that shows an older choice pays nothing, and says what is chosen now', async () => {
    await partial(true);
    const account = await site.account();
    const older = await choose(await site.visit(account));
    const form = hiddenFields(await reviewOf(older));
    const newer = await choose(older, { amountChoice: 'other', amount: '50' });
    const answer = await site.post('/review', form, newer);
    expect(answer.statusCode).toBe(409);
    expect(answer.body).toContain('You have changed this payment since');
    expect(answer.body).toContain('Pay $50.00');
    expect(checkoutsOf(account)).toEqual([]);
    await partial(false);
  });

  test('a form with a fault leaves nothing that could be reviewed or paid', async () => {
    const account = await site.account();
    const session = await choose(await site.visit(account));
    const refused = await site.post('/pay', { ...TYPED, name: '' }, session);
    expect(refused.statusCode).toBe(422);
    const review = await site.page('/review', cookieOf(refused));
    expect([review.statusCode, review.headers.location]).toEqual([303, '/prairie/pay']);
  });

  test('an answer that comes late does not write an older session over a newer one', async () => {
    const session = await site.visit(await site.account());
    for (const path of ['/bill', '/pay']) {
      expect((await site.page(path, session)).headers['set-cookie'], path).toBeUndefined();
    }
    site.clock.advance(61_000);
    expect((await site.page('/bill', session)).headers['set-cookie']).toBeDefined();
  });
});

describe('what a bank debit’s payer agrees to', () => {
  test('is kept in the language it was read in, whichever another tab chose since', async () => {
    const account = await site.account();
    const session = await choose(await site.visit(account), { method: 'ACH' });
    const form = hiddenFields(await reviewOf(session));
    const spanish = { cookie: `${session.cookie}; causeway_language=es` };
    const answer = await site.post('/review', form, spanish);
    expect(answer.statusCode).toBe(303);
    expect(await keptOf(account)).toMatchObject({
      locale: 'en',
      authorization_text: expect.stringContaining('one single electronic debit'),
    });
  });
});

describe('what changed between the form and the press', () => {
  test('a balance that moved before Continue is asked about on the form', async () => {
    const account = await site.account();
    const session = await site.visit(account);
    const form = hiddenFields((await site.page('/pay', session)).body);
    site.imt.load(site.instance, [{ policyNumber: account, currentDueCents: 20_000 }]);
    const answer = await site.post('/pay', { ...form, ...TYPED }, session);
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('changed from $128.40 to $200.00');
    await choose(cookieOf(answer));
  });

  test('a balance that moved after it is told as it is, whatever amount was typed', async () => {
    await partial(true);
    const account = await site.account();
    const session = await choose(await site.visit(account), { amountChoice: 'other', amount: '50' });
    const form = hiddenFields(await reviewOf(session));
    site.imt.load(site.instance, [{ policyNumber: account, currentDueCents: 20_000 }]);
    const answer = await site.post('/review', form, session);
    expect(answer.statusCode).toBe(409);
    expect(answer.body).toContain('changed from $128.40 to $200.00');
    expect(answer.body).toContain('Pay $50.00');
    await partial(false);
  });

  test('a fee that was raised is told in Spanish to who reads Spanish', async () => {
    const account = await site.account();
    const session = await choose(await site.visit(account));
    const spanish = { cookie: `${session.cookie}; causeway_language=es` };
    const form = hiddenFields(await reviewOf(spanish));
    const fee = (flatCents: number) =>
      site.save(({ cards }) => ({ cards: { ...cards, fees: { ...cards.fees, CC: { flatCents, basisPoints: 0 } } } }));
    await fee(295);
    const answer = await site.post('/review', form, spanish);
    expect(answer.statusCode).toBe(409);
    expect(answer.body).toContain('El cargo por servicio cambió: era $0.00 y ahora es $2.95.');
    expect(answer.body).not.toContain('The fee has changed');
    await fee(0);
  });

  test('a payment begun under another fee, whose answer was lost, is led to and not begun again', async () => {
    const account = await site.account();
    const session = await choose(await site.visit(account));
    const form = hiddenFields(await reviewOf(session));
    await site.post('/review', form, session);
    const answer = await site.post('/review', { ...form, lang: 'es' }, session);
    const [checkout] = checkoutsOf(account);
    expect(answer.headers.location).toBe(`/prairie/payments/${checkout?.reference}`);
    expect(checkoutsOf(account)).toHaveLength(1);
    expect((await site.page('/review', cookieOf(answer))).headers.location).toBe('/prairie/pay');
  });
});

describe('the form’s own fields', () => {
  test.each([
    ['name', '4242 4242 4242 4242', 'Enter only your name here'],
    ['email', 'a..b@example.com', 'Enter an email address'],
    [
      'email',
      `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(12)}.com`,
      'Enter an email address',
    ],
  ])('%s %s is refused where it is typed, and not at the last press', async (field, value, told) => {
    const session = await site.visit(await site.account());
    const answer = await site.post('/pay', { ...TYPED, [field]: value }, session);
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain(told);
    if (field === 'name') expect(answer.body).not.toContain('4242');
  });

  test('a name taken out is asked for, and not put back beside the fault', async () => {
    const session = await site.visit(await site.account());
    expect((await site.page('/pay', session)).body).toContain('value="DOE, JANE"');
    const answer = await site.post('/pay', { ...TYPED, name: '' }, session);
    expect(answer.body).toContain('Enter your name.');
    expect(answer.body).not.toContain('value="DOE, JANE"');
  });

  test('a long email is kept whole', async () => {
    const email = `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.com`;
    expect(await reviewOf(await choose(await site.visit(await site.account()), { email }))).toContain(email);
  });

  test('another email is another payment: the first is closed, and the receipt goes where the last form says', async () => {
    const account = await site.account();
    const session = await choose(await site.visit(account), { email: 'a@example.com' });
    await site.post('/review', hiddenFields(await reviewOf(session)), session);
    const corrected = await choose(session, { email: 'b@example.com' });
    const answer = await site.post('/review', hiddenFields(await reviewOf(corrected)), corrected);
    expect(String(answer.headers.location)).toContain(site.processor.url);
    expect(
      checkoutsOf(account)
        .map((one) => one.status)
        .sort(),
    ).toEqual(['cancelled', 'open']);
  });
});

describe('addresses a browser comes back to by itself', () => {
  test.each(['/', '/find', '/leave'])('%s leads to where a bill is looked up', async (path) => {
    const answer = await site.page(path);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/prairie']);
  });
});

describe('a day that turns between reading and pressing', () => {
  // Last in the file: the clock only goes forward, and staff sessions end on its way.
  test('a bank debit is asked about again: its text names the day', async () => {
    const account = await site.account();
    const midnight = site.clock.now().toZonedDateTimeISO('America/Chicago').add({ days: 1 }).startOfDay();
    site.clock.advance(midnight.epochMilliseconds - site.clock.nowMs() - 10_000);
    const session = await choose(await site.visit(account), { method: 'ACH' });
    const read = hiddenFields(await reviewOf(session));
    site.clock.advance(30_000);
    const asked = await site.post('/review', read, session);
    expect([asked.statusCode, asked.body.includes('has changed since you read it')]).toEqual([409, true]);
    expect(await keptOf(account)).toBeUndefined();
    const again = await site.post('/review', hiddenFields(asked.body), session);
    expect(again.statusCode).toBe(303);
  });
});
