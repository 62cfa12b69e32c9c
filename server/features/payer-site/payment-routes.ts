import type { FastifyRequest } from 'fastify';
import { PUBLIC } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { askHowItStands, findPayment, type PaymentView, paymentPath } from '../payments/index.ts';
import type { PaymentPage, ThreeClocks } from './contract.ts';
import { frameOf, namelessFrame, sendMessage, sendPage } from './payer-frame.ts';
import type { PayerSiteDeps } from './payer-site-deps.ts';

const PUBLIC_ID = /^[A-Za-z0-9_-]{20,64}$/;
const OPEN_STATUSES: ReadonlySet<string> = new Set(['submitting', 'pending', 'unknown']);

/**
 * The page of one payment, at an address nobody can guess: where the processor sends the payer back to, and what the
 * receipt links to. Opening it asks the processor while the outcome is not known, so a reload is always honest.
 */
export function registerPaymentRoutes(app: App, deps: PayerSiteDeps): void {
  app.get<{ Params: { slug: string; publicId: string } }>(
    '/:slug/payments/:publicId',
    { config: { access: PUBLIC } },
    async (request, reply) => {
      const at = await frameOf(deps.billers, request as FastifyRequest<{ Params: { slug: string } }>, reply);
      if (!at) return sendMessage(reply, deps.pages, namelessFrame(request, reply), 'no-such-biller', 404);
      const { publicId } = request.params;
      const { bid } = at.biller;
      const known = PUBLIC_ID.test(publicId) ? await findPayment(deps, { bid, publicId }) : undefined;
      if (!known) return sendMessage(reply, deps.pages, at.frame, 'no-such-payment', 404);
      const { payment, openPageUrl } = OPEN_STATUSES.has(known.status)
        ? await askHowItStands(deps, { publicId, toldBy: 'payer' })
        : { payment: known, openPageUrl: undefined };
      const isSessionOpen = deps.sessions.read(request, bid)?.accountNumber === payment.accountNumber;
      const today = deps.clock.now().toZonedDateTimeISO(at.frame.timeZone).toPlainDate().toString();
      const page = paymentPage(payment, { isSessionOpen, continueUrl: openPageUrl, today });
      return sendPage(reply, deps.pages.payment(at.frame, page));
    },
  );

  // The processor sends the payer back to one of these; the page itself asks what came of it, so a reload is harmless.
  for (const way of ['return', 'cancelled']) {
    app.get<{ Params: { slug: string; publicId: string } }>(
      `/:slug/payments/:publicId/${way}`,
      { config: { access: PUBLIC } },
      (request, reply) => {
        const { slug, publicId } = request.params;
        return reply.redirect(paymentPath(encodeURIComponent(slug), encodeURIComponent(publicId)), 303);
      },
    );
  }
}

function paymentPage(
  payment: PaymentView,
  from: { isSessionOpen: boolean; continueUrl: string | undefined; today: string },
): PaymentPage {
  return {
    state: stateOf(payment, from.continueUrl !== undefined),
    paymentId: payment.paymentId,
    accountNumber: payment.accountNumber,
    method: payment.method,
    amountCents: payment.amountCents,
    feeCents: payment.feeCents,
    brand: payment.brand ?? undefined,
    lastFour: payment.lastFour ?? undefined,
    email: payment.payer.email,
    clocks: clocksOf(payment, from.today),
    declinedSentence: payment.declinedSentence ?? undefined,
    continueUrl: from.continueUrl,
    isSessionOpen: from.isSessionOpen,
  };
}

function stateOf(payment: PaymentView, canContinue: boolean): PaymentPage['state'] {
  switch (payment.status) {
    case 'approved':
    case 'settled':
      return 'approved';
    case 'declined':
      return 'declined';
    case 'pending':
      return canContinue ? 'open' : 'processing';
    case 'submitting':
    case 'unknown':
      return 'unknown';
    case 'error':
      return 'not-made';
    case 'returned':
    case 'charged_back':
    case 'voided':
    case 'refunded':
      return 'reversed';
    default:
      return payment.status satisfies never;
  }
}

/** `today` (`yyyy-mm-dd`): a day until which the money could come back and that is over is not told any more. */
function clocksOf(payment: PaymentView, today: string): ThreeClocks {
  const { taken, settled, posted } = payment.clocks;
  const posting = {
    posted: 'posted',
    'being-posted': 'on-the-way',
    held: 'checking',
    'not-sent': 'not-sent',
    never: undefined,
  } as const;
  const until = settled.canComeBackUntil ?? settled.disputableUntil;
  return {
    takenAt: taken.at ?? undefined,
    settledAt: settled.state === 'settled' ? (settled.at ?? undefined) : undefined,
    canComeBackUntil: until !== null && until >= today ? until : undefined,
    wentBack: settled.state === 'came-back' ? { how: payment.status, at: settled.at ?? undefined } : undefined,
    postedAt: posted.state === 'posted' ? (posted.at ?? undefined) : undefined,
    posting: posting[posted.state],
  };
}
