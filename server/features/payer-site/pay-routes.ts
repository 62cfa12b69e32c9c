import type { FastifyReply, FastifyRequest } from 'fastify';
import { PUBLIC } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { Problem } from '../../platform/problems.ts';
import { feeOf } from '../billers/index.ts';
import {
  checkoutOf,
  type PaymentQuote,
  paymentBegunWith,
  paymentPath,
  quotePayment,
  takePayment,
} from '../payments/index.ts';
import { cannotPayOf, type OpenBill, openBillOf } from './bill-routes.ts';
import { answerIfClosed } from './closed-page.ts';
import type { FormFault, Locale, PayPage } from './contract.ts';
import { fieldOf } from './find-routes.ts';
import { isOwnForm, sendMessage, sendPage } from './payer-frame.ts';
import { EMPTY_DRAFT, type PayerSession } from './payer-session.ts';
import type { PayerSiteDeps } from './payer-site-deps.ts';
import { amountLimits, centsSeen, otherChoices, type PayForm, readPayForm } from './read-pay-form.ts';
import { refusalWords } from './refusal-words.ts';
import { feeIn, reviewShown } from './review-shown.ts';

const FIRST_PRESS_TURNS = 20;
const FIRST_PRESS_WAIT_MS = 150;

const CHOSEN_ELSEWHERE: Readonly<Record<Locale, string>> = {
  en: 'You have changed this payment since, perhaps in another tab. Nothing was charged by that press. This is the payment as it stands now: check it before you pay.',
  es: 'Usted cambió este pago después, quizás en otra pestaña. Ese intento no cobró nada. Este es el pago como está ahora: revíselo antes de pagar.',
};

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
    const session = {
      bid: open.session.bid,
      accountNumber: open.session.accountNumber,
      draft: draftOf(deps, open, { form, faults, quote }),
    };
    deps.sessions.keep(reply, open.frame.base, session);
    if (faults.length > 0) {
      const typed = { ...open, session: { ...open.session, draft: { ...session.draft, email: form.email } } };
      return sendPage(reply, deps.pages.pay(open.frame, payPage(typed, quote, faults)), 422);
    }
    return reply.redirect(`${open.frame.base}/review`, 303);
  });

  app.get('/:slug/review', { config: { access: PUBLIC } }, async (request, reply) => {
    const open = await openBillOf(deps, request, reply, 'pay');
    if (!open) return reply;
    const { draft } = open.session;
    if (draft.idempotencyKey === '') return reply.redirect(`${open.frame.base}/pay`, 303);
    const quote = await quoteOf(deps, open);
    if (cannotPayOf(quote)) return reply.redirect(`${open.frame.base}/bill`, 303);
    return sendPage(reply, deps.pages.review(open.frame, reviewShown(deps, open, quote, {})));
  });

  app.post('/:slug/review', { config: { access: PUBLIC } }, async (request, reply) => {
    const open = await openForm(deps, request, reply);
    if (!open) return reply;
    const body = (request.body ?? {}) as Record<string, unknown>;
    const idempotencyKey = fieldOf(body, 'idempotencyKey');
    if (idempotencyKey === '' || idempotencyKey !== open.session.draft.idempotencyKey)
      return pressedElsewhere(deps, open, { reply, idempotencyKey });
    return pay(deps, open, {
      reply,
      isDuplicateConfirmed: body.confirmDuplicate === 'yes',
      totalSeenCents: centsSeen(fieldOf(body, 'totalCents')),
      authorizationMark: fieldOf(body, 'authorizationMark'),
    });
  });
}

/** The form so far, as the session keeps it. A form with faults has no key: nothing can be reviewed or paid from it. */
function draftOf(
  deps: PayerSiteDeps,
  open: OpenBill,
  from: { form: Omit<PayForm, 'faults'>; faults: readonly FormFault[]; quote: PaymentQuote },
): PayerSession['draft'] {
  const { form, faults, quote } = from;
  const before = open.session.draft;
  // The same answers keep their key: back and forth, and a second press, stay one payment.
  const isSame =
    before.method === form.method &&
    before.amountCents === form.amountCents &&
    before.name === form.name &&
    before.email === form.email;
  const key = isSame && before.idempotencyKey !== '' ? before.idempotencyKey : deps.random.token();
  const isAtFault = (field: string) => faults.some((fault) => fault.field === field);
  return {
    ...form,
    name: isAtFault('name') ? '' : form.name,
    email: isAtFault('email') ? '' : form.email,
    idempotencyKey: faults.length > 0 ? '' : key,
    balanceSeenCents: quote.balance?.cents ?? 0,
  };
}

/** A press with another key than the session's: late, of another tab, or of an older form. It pays nothing. */
async function pressedElsewhere(
  deps: PayerSiteDeps,
  open: OpenBill,
  from: { reply: FastifyReply; idempotencyKey: string },
): Promise<FastifyReply> {
  const { reply } = from;
  // The first press's answer has cleared the draft already when a second press, or another tab, comes late.
  const publicId = await paymentBegunWith(deps, { ...open.session, idempotencyKey: from.idempotencyKey });
  if (publicId !== undefined) return reply.redirect(await wayOnWith(deps, open, publicId), 303);
  if (open.session.draft.idempotencyKey === '') return reply.redirect(`${open.frame.base}/pay`, 303);
  const quote = await quoteOf(deps, open);
  if (cannotPayOf(quote)) return reply.redirect(`${open.frame.base}/bill`, 303);
  const faults = [{ field: 'page', message: CHOSEN_ELSEWHERE[open.frame.locale] }];
  return sendPage(reply, deps.pages.review(open.frame, reviewShown(deps, open, quote, { faults })), 409);
}

/** Takes the payment and sends the payer on; a refusal becomes the review page with what changed. */
async function pay(
  deps: PayerSiteDeps,
  open: OpenBill,
  from: {
    reply: FastifyReply;
    isDuplicateConfirmed: boolean;
    totalSeenCents: number | undefined;
    authorizationMark: string;
  },
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
      ...(from.authorizationMark !== '' && { authorizationMark: from.authorizationMark }),
      source: 'Virtual Site',
      locale: open.frame.locale,
      payer: { name: draft.name, email: draft.email },
      idempotencyKey: draft.idempotencyKey,
      confirmedDuplicate: from.isDuplicateConfirmed,
    });
    forgetForm(deps, open, from.reply);
    const next = taken.next.kind === 'checkout' ? taken.next.url : await wayOnWith(deps, open, taken.payment.publicId);
    return from.reply.redirect(next, 303);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return afterRefusal(deps, open, { reply: from.reply, problem: cause });
  }
}

/** The form has become a payment: another begins afresh, with the same person. */
function forgetForm(deps: PayerSiteDeps, open: OpenBill, reply: FastifyReply): void {
  const { bid, accountNumber, draft } = open.session;
  const fresh = { ...EMPTY_DRAFT, name: draft.name, email: draft.email };
  deps.sessions.keep(reply, open.frame.base, { bid, accountNumber, draft: fresh });
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
  if (problem.code === 'idempotency-key-reused') {
    // Begun before in another language or at another fee, and the answer was lost: that payment's page says how it stands.
    const { bid, accountNumber, draft } = open.session;
    const publicId = await paymentBegunWith(deps, { bid, accountNumber, idempotencyKey: draft.idempotencyKey });
    forgetForm(deps, open, reply);
    return reply.redirect(publicId ? paymentPath(open.biller.slug, publicId) : `${open.frame.base}/pay`, 303);
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
    const changed = { fromCents: draft.balanceSeenCents, toCents: dueCents };
    const page = reviewShown(deps, { ...open, session: renewed }, quote, { changed });
    return sendPage(reply, deps.pages.review(open.frame, page), 409);
  }
  const message = refusalWords(problem, open.frame.locale);
  if (problem.code === 'possible-duplicate') {
    const duplicateOf = {
      paymentId: Number(problem.details.paymentId),
      createdAt: String(problem.details.paidAt),
    };
    const faults = [{ field: 'confirmDuplicate', message }];
    return sendPage(reply, deps.pages.review(open.frame, reviewShown(deps, open, quote, { duplicateOf, faults })), 409);
  }
  const faults: FormFault[] = [{ field: 'page', message }];
  return sendPage(reply, deps.pages.review(open.frame, reviewShown(deps, open, quote, { faults })), 409);
}

async function openForm(
  deps: PayerSiteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<OpenBill | undefined> {
  const opened = await openBillOf(deps, request, reply, 'pay');
  if (!opened) return undefined;
  const body = (request.body ?? {}) as Record<string, unknown>;
  const lang = fieldOf(body, 'lang');
  // A form is answered, and what it agrees to is kept, in the language it was read in, whatever another tab chose since.
  const locale = lang === 'en' || lang === 'es' ? lang : opened.frame.locale;
  const open = { ...opened, frame: { ...opened.frame, locale } };
  if (!isOwnForm(request)) {
    sendMessage(reply, deps.pages, open.frame, 'forbidden-form', 403);
    return undefined;
  }
  // A form of one bill must never pay another, which a second tab has opened since.
  const account = fieldOf(body, 'account');
  if (account === '' || account === open.session.accountNumber) return open;
  sendMessage(reply, deps.pages, open.frame, 'other-bill', 409);
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
    customerName: quote.customerName,
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
    // Offered at first; a name that was taken out, or refused, is not put back beside the fault that asks for it.
    draft: { ...draft, name: draft.name || (faults.length > 0 ? '' : quote.customerName) },
    faults,
  };
}
