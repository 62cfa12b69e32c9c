import { createImtSandbox } from '@causeway/sandbox/imt';
import { createProcessorSandbox } from '@causeway/sandbox/processor';
import {
  type ConfigurationView,
  createBiller,
  defaultConfiguration,
  type Partner,
  settingsFromTexts,
} from '../features/billers/index.ts';
import { startLanes } from '../features/deliveries/index.ts';
import { fixedClock } from '../platform/clock.ts';
import { withTestApp } from './app.ts';
import { signInAs } from './staff.ts';

export const PAYER_BID = 2984;
export const PAYER_SLUG = 'prairie';
const FORM = 'application/x-www-form-urlencoded';
const BASE = `/api/v1/billers/${PAYER_BID}/configuration`;
const POLL_MS = 20;
const WAIT_MS = 60_000;
const SPECTRUM_LOGIN = { hasPrivateKey: true, url: 'sandbox-private-key|sandbox-password' };

type Sections = Record<string, unknown>;

/** How IMT's two systems are set up in a biller; every endpoint is the sandbox's. */
function settingsOf(imt: Awaited<ReturnType<typeof createImtSandbox>>, partner: Partner) {
  if (partner.abilities.hasPrivateKey) {
    const { url } = imt.urls('5501');
    return settingsFromTexts(
      { 8: url, 9: 'causeway', 10: SPECTRUM_LOGIN.url, 11: url, 12: 'causeway', 13: SPECTRUM_LOGIN.url },
      SPECTRUM_LOGIN,
    );
  }
  const logins = [8, 11, 14, 17, 20].flatMap((url) => [
    [url, imt.url],
    [url + 1, 'causeway'],
    [url + 2, 'sandbox-password'],
  ]);
  return settingsFromTexts({ ...Object.fromEntries(logins), 88: imt.authUrl });
}

/** What a page's form sends besides what is typed, as a browser would. */
export function hiddenFields(html: string): Record<string, string> {
  const found = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return Object.fromEntries([...found].map(([, name, value]) => [name ?? '', value ?? '']));
}

/** The session an answer left. */
export function cookieOf(answer: { headers: Record<string, unknown> }): { cookie: string } {
  return { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' };
}

/**
 * The whole server with a biller whose partner and processor are the sandboxes, staff to change its configuration and
 * payers to meet the change: everything through the front door. Lanes run. Call `close` in `afterAll`.
 */
export async function withPayerSite(from: { partner?: string; overrides?: Sections } = {}) {
  const imt = await createImtSandbox({ instances: { '3401': {}, '3402': {}, '5501': { system: 'spectrum' } } });
  const processor = await createProcessorSandbox({ webhook: { paused: true } });
  // The processor has the machine's clock; ours starts there and is then moved by the test.
  const clock = fixedClock(new Date().toISOString());
  const rig = await withTestApp({
    overrides: { clock },
    environment: {
      CAUSEWAY_PROCESSOR_URL: processor.url,
      CAUSEWAY_PROCESSOR_SECRET: processor.secretKey,
      CAUSEWAY_PROCESSOR_WEBHOOK_SECRET: processor.webhookSecret,
    },
  });
  const { app, deps } = rig;
  const partner = deps.partners.get(from.partner ?? 'IMT Computer Services');
  if (!partner) throw new Error('no such partner');
  const base = defaultConfiguration({
    name: 'Prairie Mutual',
    integrationPartner: partner.name,
    invoiceFormatGuid: crypto.randomUUID(),
  });
  const { '105': single, ...unset } = base.advancedSettings;
  await createBiller(deps, {
    bid: PAYER_BID,
    name: 'Prairie Mutual',
    slug: PAYER_SLUG,
    by: { kind: 'program', name: 'test' },
    configuration: {
      ...base,
      invoicing: { ...base.invoicing, realTimeDataRefresh: true, balanceMaxAgeSeconds: 0 },
      dataPump: {
        ...base.dataPump,
        payments: { ...base.dataPump.payments, 'Virtual Site': { CC: true, ACH: true } },
      },
      advancedSettings: { ...unset, ...settingsOf(imt, partner) },
      ...from.overrides,
    },
  });
  const staff = await signInAs(app, deps, { role: 'administrator' });
  const lanes = startLanes(deps);
  const instance = partner.abilities.hasPrivateKey ? '5501' : '3401';
  let accounts = 0;
  let addresses = 0;

  const at = {
    ...rig,
    clock,
    imt,
    processor,
    staff,
    partner,
    instance,
    /** The configuration as a screen gets it. */
    configuration: async (): Promise<{ version: number; configuration: ConfigurationView }> =>
      (await app.inject({ url: BASE, headers: staff })).json(),
    /** Saves sections as a screen does; gives the answer, which may be a refusal. */
    trySave: async (change: (configuration: ConfigurationView) => Sections) => {
      const { version, configuration } = await at.configuration();
      const sections = change(configuration);
      return app.inject({
        method: 'PUT',
        url: BASE,
        headers: staff,
        payload: { expectedVersion: version, reason: 'a test of its effect', sections },
      });
    },
    save: async (change: (configuration: ConfigurationView) => Sections): Promise<void> => {
      const answer = await at.trySave(change);
      if (answer.statusCode !== 200)
        throw new Error(`saving answered ${answer.statusCode}: ${JSON.stringify(answer.json().faults)}`);
    },
    /** A new account with one open bill, known to the partner with the same amount. */
    account: async (
      of: {
        accountNumber?: string;
        totalCents?: number;
        typeId?: string;
        derived?: Record<string, unknown>;
        policy?: Record<string, unknown>;
        instance?: string;
        dueDate?: string;
      } = {},
    ): Promise<string> => {
      accounts += 1;
      const accountNumber = of.accountNumber ?? `POL${1000 + accounts}`;
      const totalCents = of.totalCents ?? 12_840;
      imt.load(of.instance ?? instance, [
        { policyNumber: accountNumber, currentDueCents: totalCents, firstName: 'JANE', lastName: 'DOE', ...of.policy },
      ]);
      await deps.database.withBiller(PAYER_BID, async (tx) => {
        await tx
          .insertInto('account')
          .values({ bid: PAYER_BID, account_number: accountNumber, customer_name: 'DOE, JANE' })
          .execute();
        await tx
          .insertInto('invoice')
          .values({
            bid: PAYER_BID,
            invoice_number: `${accountNumber}-bill`,
            account_number: accountNumber,
            invoice_date: '2026-11-01',
            due_date: of.dueDate ?? '2026-12-20',
            total_cents: totalCents,
            balance_forward: true,
            invoice_type_id: of.typeId ?? '1',
            format_guid: crypto.randomUUID(),
            details: '[]',
            extras: '{}',
            derived: JSON.stringify(of.derived ?? {}),
            made_on: '2026-11-01',
            updated_at: clock.now(),
          })
          .execute();
      });
      return accountNumber;
    },
    /** One page of the biller, by someone without a session unless `cookie` is given. */
    page: (path = '', headers: Record<string, string> = {}) => app.inject({ url: `/${PAYER_SLUG}${path}`, headers }),
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      app.inject({
        method: 'POST',
        url: `/${PAYER_SLUG}${path}`,
        headers: {
          'content-type': FORM,
          'sec-fetch-site': 'same-origin',
          'x-forwarded-for': `198.51.100.${addresses++ % 250}`,
          ...headers,
        },
        payload: new URLSearchParams(fields).toString(),
      }),
    /** Finds the bill as its holder; the answer's `cookie` opens the pages of it. */
    visit: async (accountNumber: string): Promise<{ cookie: string }> => {
      const found = await at.post('/find', { accountNumber, proof: 'Doe' });
      if (found.statusCode !== 303) throw new Error(`finding answered ${found.statusCode}: ${found.body}`);
      return { cookie: String(found.headers['set-cookie']).split(';')[0] ?? '' };
    },
    /** The pay and review pages, filled in and sent; gives the last answer and the payment it made, if it made one. */
    submit: async (accountNumber: string, form: Record<string, string> = {}) => {
      let headers = await at.visit(accountNumber);
      const typed = { method: 'CC', amountChoice: 'whole', amount: '', name: 'Jane Doe', email: '', ...form };
      const asked = await at.post('/pay', typed, headers);
      if (asked.statusCode !== 303 || !String(asked.headers.location).endsWith('/review'))
        return { answer: asked, reviewed: undefined, checkout: undefined };
      headers = { cookie: String(asked.headers['set-cookie']).split(';')[0] ?? '' };
      const review = await at.page('/review', headers);
      const idempotencyKey = /name="idempotencyKey" value="([^"]+)"/.exec(review.body)?.[1] ?? '';
      const answer = await at.post('/review', { idempotencyKey, confirmDuplicate: 'yes' }, headers);
      const id = /\/pay\/([^/?]+)$/.exec(String(answer.headers.location))?.[1];
      return { answer, reviewed: review.body, checkout: processor.checkouts().find((one) => one.id === id) };
    },
    /** A payment from the find page to the processor's approval and back; gives its own page's address and HTML. */
    pay: async (accountNumber: string, form: Record<string, string> & { number?: string } = {}) => {
      const { number = form.method === 'ACH' ? 'bank' : 'visa', ...typed } = form;
      const { answer, checkout } = await at.submit(accountNumber, typed);
      if (!checkout) throw new Error(`paying answered ${answer.statusCode}: ${answer.body.slice(0, 2_000)}`);
      processor.payCheckout(checkout.id, number);
      const path = `/payments/${checkout.reference}`;
      const shown = await at.page(path);
      return { path, html: shown.body, publicId: checkout.reference };
    },
    /** Asks until it holds; lanes and listeners take their moment. */
    until: async <T>(read: () => T | undefined | Promise<T | undefined>): Promise<T> => {
      const endMs = performance.now() + WAIT_MS;
      for (;;) {
        const found = await read();
        if (found !== undefined) return found;
        if (performance.now() > endMs) throw new Error('it never came');
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    deliveries: () =>
      deps.database.withBiller(PAYER_BID, (tx) =>
        tx
          .selectFrom('delivery')
          .select(['kind', 'account_number', 'state', 'reason', 'transaction_id', 'unknown_since', 'next_at'])
          .orderBy('id')
          .execute(),
      ),
    close: async (): Promise<void> => {
      await lanes.stop();
      await rig.close();
      await processor.close();
      await imt.close();
    },
  };
  return at;
}
