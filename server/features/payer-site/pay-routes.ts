import type { FastifyReply, FastifyRequest } from 'fastify';
import { PUBLIC } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { formatDollars } from '../../platform/money.ts';
import { Problem } from '../../platform/problems.ts';
import { feeOf } from '../billers/index.ts';
import {
  authorizationFor,
  checkoutOf,
  type PaymentQuote,
  paymentBegunWith,
  paymentPath,
  quotePayment,
  takePayment,
} from '../payments/index.ts';
import { cannotPayOf, type OpenBill, openBillOf } from './bill-routes.ts';
import { answerIfClosed } from './closed-page.ts';
import type { FormFault, PayPage, ReviewPage } from './contract.ts';
import { fieldOf } from './find-routes.ts';
import { isOwnForm, sendMessage, sendPage } from './payer-frame.ts';
import { EMPTY_DRAFT, type PayerSession } from './payer-session.ts';
import type { PayerSiteDeps } from './payer-site-deps.ts';
import { amountLimits, otherChoices, readPayForm } from './read-pay-form.ts';

const FIRST_PRESS_TURNS = 20;
const FIRST_PRESS_WAIT_MS = 150;

/** Steps 3 and 4: method and amount, then review; the last button makes one payment however often it is pressed. */
export function registerPayRoutes(app: App, deps: PayerSiteDeps): void {
  app.get('/:slug/pay', { config: { access: PUBLIC } }, async (request, reply) => {
    const open = await openBillOf(deps, request, reply, 'pay');
    if (!open) return reply;
    const quote = await quoteOf(deps, open);
    if (cannotPayOf(quote)) return reply.redirect(`${open.frame.base}/bill`, 303);
    return sendPage(reply, deps.pages.pay(open.frame, payPage(open, quote, [])));
  });

  app.post('/:slug/pay', { config: { access: PUBLIC } }, async (request, reply) => {
    const open = await openForm(deps, request, reply);
    if (!open) return reply;
    const quote = await quoteOf(deps, open);
    if (cannotPayOf(quote)) return reply.redirect(`${open.frame.base}/bill`, 303);
    const { faults, ...form } = readPayForm((request.body ?? {}) as Record<string, unknown>, quote, open.frame.locale);
    const before = open.session.draft;
    // The same answers keep their key: back and forth, and a second press, stay one payment.
    const isSame =
      before.idempotencyKey !== '' && before.method === form.method && before.amountCents === form.amountCents;
    const draft = {
      ...form,
      idempotencyKey: isSame ? before.idempotencyKey : deps.random.token(),
      balanceSeenCents: quote.balance?.cents ?? 0,
    };
    const session = { bid: open.session.bid, accountNumber: open.session.accountNumber, draft };
    deps.sessions.keep(reply, open.frame.base, session);
    if (faults.length > 0)
      return sendPage(
        reply,
        deps.pages.pay(open.frame, payPage({ ...open, session: { ...open.session, draft } }, quote, faults)),
        422,
      );
    return reply.redirect(`${open.frame.base}/review`, 303);
  });

  app.get('/:slug/review', { config: { access: PUBLIC } }, async (request, reply) => {
    const open = await openBillOf(deps, request, reply, 'pay');
    if (!open) return reply;
    const { draft } = open.session;
    if (draft.idempotencyKey === '') return reply.redirect(`${open.frame.base}/pay`, 303);
    const quote = await quoteOf(deps, open);
    if (cannotPayOf(quote)) return reply.redirect(`${open.frame.base}/bill`, 303);
    return sendPage(reply, deps.pages.review(open.frame, reviewPage(deps, open, quote, {})));
  });

  app.post('/:slug/review', { config: { access: PUBLIC } }, async (request, reply) => {
    const open = await openForm(deps, request, reply);
    if (!open) return reply;
    const body = (request.body ?? {}) as Record<string, unknown>;
    const { draft } = open.session;
    const idempotencyKey = fieldOf(body, 'idempotencyKey');
    if (idempotencyKey === '' || idempotencyKey !== draft.idempotencyKey) {
      // The first press's answer has cleared the draft already when a second press, or another tab, comes late.
      const publicId = await paymentBegunWith(deps, { ...open.session, idempotencyKey });
      const next = publicId === undefined ? `${open.frame.base}/review` : await wayOnWith(deps, open, publicId);
      return reply.redirect(next, 303);
    }
    return pay(deps, open, {
      reply,
      isDuplicateConfirmed: body.confirmDuplicate === 'yes',
      totalSeenCents: wholeCents(fieldOf(body, 'totalCents')),
    });
  });
}

/** Takes the payment and sends the payer on; a refusal becomes the review page with what changed. */
async function pay(
  deps: PayerSiteDeps,
  open: OpenBill,
  from: { reply: FastifyReply; isDuplicateConfirmed: boolean; totalSeenCents: number | undefined },
): Promise<FastifyReply> {
  const { bid, accountNumber, draft } = open.session;
  const quote = await quoteOf(deps, open);
  const method = draft.method === 'ACH' ? 'ACH' : 'CC';
  const feeCents = feeIn(quote, method, draft.amountCents);
  try {
    const taken = await takePayment(deps, {
      bid,
      accountNumber,
      method,
      billAmountCents: draft.amountCents,
      // What the page showed, not what holds now: a fee that was changed meanwhile is shown and asked about.
      feeSeenCents: Math.max(0, (from.totalSeenCents ?? draft.amountCents + feeCents) - draft.amountCents),
      balanceSeenCents: draft.balanceSeenCents,
      source: 'Virtual Site',
      locale: open.frame.locale,
      payer: { name: draft.name, email: draft.email },
      idempotencyKey: draft.idempotencyKey,
      confirmedDuplicate: from.isDuplicateConfirmed,
    });
    deps.sessions.keep(from.reply, open.frame.base, {
      bid,
      accountNumber,
      draft: { ...EMPTY_DRAFT, name: draft.name, email: draft.email },
    });
    const next = taken.next.kind === 'checkout' ? taken.next.url : await wayOnWith(deps, open, taken.payment.publicId);
    return from.reply.redirect(next, 303);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return afterRefusal(deps, open, { reply: from.reply, problem: cause });
  }
}

/**
 * Where a payer goes on with a payment that was begun: the processor's page while it is open, else the payment's own. A
 * press a moment after the first waits for the page the first is still asking for.
 */
async function wayOnWith(deps: PayerSiteDeps, open: OpenBill, publicId: string): Promise<string> {
  const { bid } = open.session;
  for (let turn = 0; turn < FIRST_PRESS_TURNS; turn++) {
    const checkout = await checkoutOf(deps, { bid, publicId });
    if (checkout.kind === 'open') return checkout.url;
    if (checkout.kind === 'none') break;
    await deps.timers.sleep(FIRST_PRESS_WAIT_MS);
  }
  return paymentPath(open.biller.slug, publicId);
}

async function afterRefusal(
  deps: PayerSiteDeps,
  open: OpenBill,
  from: { reply: FastifyReply; problem: Problem },
): Promise<FastifyReply> {
  const { problem, reply } = from;
  if (problem.code === 'maintenance') {
    const { bid } = open.session;
    if (await answerIfClosed(deps, { bid, frame: open.frame, page: 'pay', reply })) return reply;
  }
  if (problem.kind.status >= 500) return sendMessage(reply, deps.pages, open.frame, 'try-again', 503);
  const quote = await quoteOf(deps, open);
  if (cannotPayOf(quote)) return reply.redirect(`${open.frame.base}/bill`, 303);
  const { draft } = open.session;
  if (problem.code === 'balance-changed') {
    // Shown and asked about, never charged silently: the new amount, under a new key.
    const dueCents = quote.balance?.cents ?? 0;
    const chosen = otherChoices(quote).find((choice) => choice.kind === draft.amountChoice);
    const amountCents = draft.amountChoice === 'whole' ? dueCents : (chosen?.amountCents ?? draft.amountCents);
    const renewed: PayerSession = {
      ...open.session,
      draft: { ...draft, amountCents, balanceSeenCents: dueCents, idempotencyKey: deps.random.token() },
    };
    const { until: _until, ...kept } = renewed;
    deps.sessions.keep(reply, open.frame.base, kept);
    const page = reviewPage(deps, { ...open, session: renewed }, quote, { changedFromCents: draft.balanceSeenCents });
    return sendPage(reply, deps.pages.review(open.frame, page), 409);
  }
  if (problem.code === 'possible-duplicate') {
    const duplicateOf = {
      paymentId: Number(problem.details.paymentId),
      createdAt: String(problem.details.paidAt),
    };
    return sendPage(reply, deps.pages.review(open.frame, reviewPage(deps, open, quote, { duplicateOf })), 409);
  }
  const faults: FormFault[] = [{ field: 'page', message: problem.message }];
  return sendPage(reply, deps.pages.review(open.frame, reviewPage(deps, open, quote, { faults })), 409);
}

async function openForm(
  deps: PayerSiteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<OpenBill | undefined> {
  const open = await openBillOf(deps, request, reply, 'pay');
  if (!open) return undefined;
  if (isOwnForm(request)) return open;
  sendMessage(reply, deps.pages, open.frame, 'forbidden-form', 403);
  return undefined;
}

function quoteOf(deps: PayerSiteDeps, open: OpenBill): Promise<PaymentQuote> {
  const { bid, accountNumber } = open.session;
  return quotePayment(deps, { bid, accountNumber, source: 'Virtual Site', locale: open.frame.locale });
}

function payPage(open: OpenBill, quote: PaymentQuote, faults: readonly FormFault[]): PayPage {
  const dueCents = quote.balance?.cents ?? 0;
  const { draft } = open.session;
  const limits = amountLimits(quote, '');
  return {
    accountNumber: quote.accountNumber,
    dueCents,
    choices: otherChoices(quote),
    isOtherAmountAllowed: quote.other.isAllowed,
    leastCents: limits.leastCents,
    mostCents: limits.mostCents,
    methods: quote.methods
      .filter((offer) => offer.isOffered)
      .map((offer) => ({
        method: offer.method,
        feeText: offer.fee,
        feeCents: feeOf(offer.fee, dueCents),
        brands: offer.method === 'CC' ? open.biller.configuration.cards.brands : [],
      })),
    blocked: quote.methods.filter((offer) => offer.whyNot?.code === 'account-flag').map((offer) => offer.method),
    draft: { ...draft, name: draft.name || quote.customerName },
    faults,
  };
}

function reviewPage(
  deps: PayerSiteDeps,
  open: OpenBill,
  quote: PaymentQuote,
  extra: { duplicateOf?: ReviewPage['duplicateOf']; changedFromCents?: number; faults?: readonly FormFault[] },
): ReviewPage {
  const { draft } = open.session;
  const method = draft.method === 'ACH' ? 'ACH' : 'CC';
  const feeCents = feeIn(quote, method, draft.amountCents);
  const totalCents = draft.amountCents + feeCents;
  return {
    accountNumber: quote.accountNumber,
    method,
    amountCents: draft.amountCents,
    feeCents,
    totalCents,
    name: draft.name,
    email: draft.email,
    authorization: [authorization(deps, open, { method, totalCents, feeCents })],
    idempotencyKey: draft.idempotencyKey,
    duplicateOf: extra.duplicateOf,
    changedFromCents: extra.changedFromCents,
    faults: extra.faults ?? [],
  };
}

function feeIn(quote: PaymentQuote, method: 'CC' | 'ACH', amountCents: number): number {
  const offer = quote.methods.find((each) => each.method === method);
  return offer ? feeOf(offer.fee, amountCents) : 0;
}

function wholeCents(text: string): number | undefined {
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function authorization(
  deps: PayerSiteDeps,
  open: OpenBill,
  from: { method: 'CC' | 'ACH'; totalCents: number; feeCents: number },
): string {
  const { locale } = open.frame;
  const { draft } = open.session;
  if (from.method === 'ACH') {
    return authorizationFor(deps, {
      biller: open.biller,
      locale,
      payerName: draft.name,
      amountCents: from.totalCents,
      feeCents: from.feeCents,
    }).text;
  }
  const total = formatDollars(from.totalCents);
  const fee = formatDollars(from.feeCents);
  if (locale === 'es')
    return `Al oprimir Pagar, autorizo un único cargo de ${total} a mi tarjeta${from.feeCents > 0 ? `, que incluye un cargo por servicio de ${fee}` : ''}.`;
  return `By pressing Pay, I authorize one single charge of ${total} to my card${from.feeCents > 0 ? `, which includes a fee of ${fee}` : ''}.`;
}
