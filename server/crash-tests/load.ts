import { WORDS } from '../../web/payer/words.ts';
import { applyChargeState, takePayment } from '../features/payments/index.ts';
import { isDatabaseAway } from '../platform/database.ts';
import { Problem } from '../platform/problems.ts';
import type { TestAccount, TestAccounts } from './fill-world.ts';
import { pause, until } from './processes.ts';
import type { World } from './world.ts';

/** A payer tries again this long after a cut or a 503, and gives up in the end: someone would have called by then. */
const TRY_AGAIN_MS = 150;
const PATIENCE_MS = 240_000;
const PAID_LIMIT_MS = 600_000;
/** Of the payers on the pages every so-many-th closes the window after paying, and one never pays. */
const LEAVES_EVERY = 4;
const ABANDONS_EVERY = 11;
/** Between two payments of a payer: the machine is for the programs, and their starts, too. */
const REST_MS = 120;

/** What the payers met. */
export interface LoadFigures {
  /** Payments made to their end by the payer: charged at the processor. */
  paid: number;
  /** Told to the payer as taken: these must be in the database, whatever died since. */
  readonly acknowledged: Set<string>;
  abandoned: number;
  /** Turned away with a page or a refusal that says why (a balance that changed, an open payment). */
  readonly turnedAway: Map<string, number>;
  cuts: number;
  readonly statuses: Map<number, number>;
  /** What must not be: answers of 500 and errors that are no refusal, with their words. */
  readonly faults: string[];
}

export interface Load {
  readonly figures: LoadFigures;
  /** Waits until so many more payments were made: how much that is in seconds is the machine's affair. */
  untilPaid(more: number): Promise<void>;
  /** Lets the payers finish what they began. */
  stop(): Promise<LoadFigures>;
}

/**
 * Pays until stopped: `onPages` payers use the payer pages over HTTP as a browser would, `direct` ones the use case in
 * the test's process. Each has accounts of its own: some it pays once, the others in turn, again and again.
 */
export function startLoad(world: World, from: { accounts: TestAccounts; onPages: number; direct: number }): Load {
  const figures: LoadFigures = {
    paid: 0,
    acknowledged: new Set(),
    abandoned: 0,
    turnedAway: new Map(),
    cuts: 0,
    statuses: new Map(),
    faults: [],
  };
  let isOver = false;
  let serial = 0;
  const payers = from.onPages + from.direct;
  const runPayer = async (n: number): Promise<void> => {
    const mine = (all: readonly TestAccount[]) => all.filter((_, at) => at % payers === n);
    const [often, once] = [mine(from.accounts.often), mine(from.accounts.once)];
    for (let turn = 0; !isOver; turn++) {
      const account = (turn % 2 === 1 ? once.shift() : undefined) ?? often[turn % often.length];
      if (!account) throw new Error('there are more payers than accounts');
      serial += 1;
      // Never the same amount of an account twice: the guard against duplicates would ask, as it should.
      const visit: Visit = {
        world,
        figures,
        account,
        serial,
        method: serial % 3 === 0 ? 'ACH' : 'CC',
        amountCents: 10_00 + serial,
      };
      try {
        await (n < from.onPages ? payOnPages(visit) : payDirectly(visit));
      } catch (cause) {
        figures.faults.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
      }
      await pause(REST_MS);
    }
  };
  const running = Array.from({ length: payers }, (_, n) => runPayer(n));
  return {
    figures,
    untilPaid: async (more) => {
      const goal = figures.paid + more;
      await until(() => figures.paid >= goal, {
        limitMs: PAID_LIMIT_MS,
        why: () => `${figures.paid} paid, not ${goal}`,
      });
    },
    stop: async () => {
      isOver = true;
      await Promise.all(running);
      return figures;
    },
  };
}

interface Visit {
  readonly world: World;
  readonly figures: LoadFigures;
  readonly account: TestAccount;
  readonly serial: number;
  readonly method: 'CC' | 'ACH';
  readonly amountCents: number;
}

/** Find, choose, review, the processor's page, and back. */
async function payOnPages(visit: Visit): Promise<void> {
  const { world, figures, account, serial, method } = visit;
  const { slug } = account.biller;
  const browser = openBrowser(visit);
  const found = await browser.send(`/${slug}/find`, { accountNumber: account.accountNumber, proof: account.lastName });
  if (found.status !== 303) return turnAway(figures, `find ${found.status}`);
  const amount = (visit.amountCents / 100).toFixed(2);
  const payer = { name: 'Pat Payer', email: serial % 5 === 0 ? 'pat@example.com' : '' };
  const chosen = await browser.send(`/${slug}/pay`, { method, amountChoice: 'other', amount, ...payer });
  if (!chosen.location.endsWith('/review')) return turnAway(figures, `pay ${chosen.status} ${placeOf(chosen)}`);
  const review = await browser.send(`/${slug}/review`);
  const idempotencyKey = /name="idempotencyKey" value="([^"]+)"/.exec(review.body)?.[1];
  if (!idempotencyKey) return turnAway(figures, `review ${review.status} ${placeOf(review)}`);
  const sent = await browser.send(`/${slug}/review`, { idempotencyKey });
  const checkoutId = /\/pay\/([^/?]+)/.exec(sent.location)?.[1];
  if (!checkoutId) return turnAway(figures, `submit ${sent.status} ${placeOf(sent)}`);
  if (serial % ABANDONS_EVERY === 0) {
    figures.abandoned += 1;
    return;
  }
  const publicId = await world.processor.pay(checkoutId, method === 'CC' ? 'visa' : 'bank');
  figures.paid += 1;
  if (serial % LEAVES_EVERY === 0) return; // the processor's event or the janitor tells of it
  const back = await browser.send(`/${slug}/payments/${publicId}/return?checkout=${checkoutId}`);
  const page = await browser.send(back.location);
  if (page.status === 200 && page.body.includes(`<h1>${WORDS.en.paidTitle}</h1>`)) figures.acknowledged.add(publicId);
}

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly body: string;
}

/** One payer's browser: keeps its cookies, and presses again when the connection was cut or the site says "later". */
function openBrowser(visit: Visit): { send(path: string, form?: Record<string, string>): Promise<Answer> } {
  const { world, figures, serial } = visit;
  const cookies = new Map<string, string>();
  let at = serial;
  const once = async (path: string, form: Record<string, string> | undefined): Promise<Answer> => {
    const web = world.webs[at % world.webs.length];
    if (!web) throw new Error('there is no web process');
    const response = await fetch(new URL(path, web.url), {
      redirect: 'manual',
      signal: AbortSignal.timeout(60_000),
      method: form ? 'POST' : 'GET',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { body: new URLSearchParams(form) }),
    });
    const body = await response.text();
    figures.statuses.set(response.status, (figures.statuses.get(response.status) ?? 0) + 1);
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location') ?? '';
    if (response.status === 500) figures.faults.push(`500 of ${path}: ${body.slice(0, 500)}`);
    return { status: response.status, body, location };
  };
  return {
    send: async (path, form) => {
      const startedMs = performance.now();
      for (;;) {
        try {
          const answer = await once(path, form);
          if (answer.status !== 503) return answer;
        } catch {
          figures.cuts += 1;
        }
        if (performance.now() - startedMs > PATIENCE_MS)
          throw new Error(`${path} was not answered in ${PATIENCE_MS} ms`);
        at += 1; // the balancer sends the next try to another process
        await pause(TRY_AGAIN_MS);
      }
    },
  };
}

/** The same money path without pages, in the test's process: many payments for little work. */
async function payDirectly(visit: Visit): Promise<void> {
  const { world, figures, account, serial, method } = visit;
  const { bid } = account.biller;
  const taken = await patiently(visit, async () => {
    const seen = await world.deps.database.withBiller(bid, (tx) =>
      tx
        .selectFrom('balance')
        .select('current_due_cents')
        .where('bid', '=', bid)
        .where('account_number', '=', account.accountNumber)
        .executeTakeFirst(),
    );
    const feeSeenCents = method === 'CC' ? 250 : 0;
    const ask = (balanceSeenCents: number) =>
      takePayment(world.deps, {
        bid,
        accountNumber: account.accountNumber,
        method,
        billAmountCents: visit.amountCents,
        feeSeenCents,
        balanceSeenCents,
        source: 'CSR',
        locale: 'en',
        payer: { name: 'Pat Payer' },
        idempotencyKey: `crash-load-${serial}`,
      });
    try {
      return await ask(Number(seen?.current_due_cents ?? 0));
    } catch (cause) {
      if (cause instanceof Problem && cause.code === 'balance-changed') return ask(Number(cause.details.nowCents));
      throw cause;
    }
  });
  const checkoutId = taken?.next.kind === 'checkout' ? /\/pay\/([^/?]+)/.exec(taken.next.url)?.[1] : undefined;
  if (!taken) return;
  if (!checkoutId) return turnAway(figures, `direct: ${taken.payment.status}`);
  const publicId = await world.processor.pay(checkoutId, method === 'CC' ? 'visa' : 'bank');
  figures.paid += 1;
  if (serial % LEAVES_EVERY === 0) return;
  const told = await patiently(visit, () => applyChargeState(world.deps, { publicId, toldBy: 'payer' }));
  if (told && ['approved', 'settled'].includes(told.status)) figures.acknowledged.add(publicId);
}

/** Tries again while the database is away; a refusal is an answer (undefined). */
async function patiently<T>(visit: Visit, act: () => Promise<T>): Promise<T | undefined> {
  const startedMs = performance.now();
  for (;;) {
    try {
      return await act();
    } catch (cause) {
      const isAway = isDatabaseAway(cause) || (cause instanceof Problem && cause.kind.status === 503);
      if (cause instanceof Problem && !isAway) {
        turnAway(visit.figures, `direct: ${cause.code}`);
        return undefined;
      }
      if (!isAway || performance.now() - startedMs > PATIENCE_MS) throw cause;
      visit.figures.cuts += 1;
      await pause(TRY_AGAIN_MS);
    }
  }
}

function turnAway(figures: LoadFigures, why: string): void {
  figures.turnedAway.set(why, (figures.turnedAway.get(why) ?? 0) + 1);
}

/** The last word of where a redirect leads. */
const placeOf = (answer: Answer) => answer.location.split('/').at(-1) ?? '';

/** One line of figures for people. */
export function describeLoad(figures: LoadFigures): string {
  const statuses = [...figures.statuses].sort().map(([status, count]) => `${status}: ${count}`);
  const turnedAway = [...figures.turnedAway].map(([why, count]) => `${why}: ${count}`);
  return `${figures.paid} paid, ${figures.acknowledged.size} acknowledged, ${figures.abandoned} abandoned, ${figures.cuts} cut; answers ${statuses.join(', ')}; turned away ${turnedAway.join(', ') || 'nobody'}`;
}
