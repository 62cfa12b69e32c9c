import type { FastifyReply } from 'fastify';
import type { MaintenancePage, WindowInForce } from '../maintenance/index.ts';
import type { ClosedPage, PageFrame } from './contract.ts';
import { sendPage } from './payer-frame.ts';
import type { PayerSiteDeps } from './payer-site-deps.ts';

/**
 * Answers a page that a maintenance window closes: HTTP 503 with the biller's message and, as Retry-After, the seconds
 * until it opens again. Returns whether it answered. Receipts and payments under way never ask.
 */
export async function answerIfClosed(
  deps: Pick<PayerSiteDeps, 'maintenance' | 'clock' | 'pages'>,
  from: { bid: number; frame: PageFrame; page: MaintenancePage; reply: FastifyReply },
): Promise<boolean> {
  const { frame, page, reply } = from;
  const window = await deps.maintenance.closing(from.bid, page);
  if (!window) return false;
  const waitMs = window.until.epochMilliseconds - deps.clock.nowMs();
  reply.header('retry-after', String(Math.max(1, Math.ceil(waitMs / 1000))));
  await sendPage(reply, deps.pages.closed(frame, closedPage(window, frame, page)), 503);
  return true;
}

/** What the page says: the biller's words in the reader's language, and when it opens again. */
export function closedPage(
  window: Pick<WindowInForce, 'message' | 'until' | 'appliesToAll'>,
  frame: Pick<PageFrame, 'locale'>,
  page: MaintenancePage,
): ClosedPage {
  return {
    message: window.message[frame.locale],
    opensAt: window.until.toString(),
    isPaying: page === 'pay',
    isOnlyPaying: page === 'pay' && !window.appliesToAll,
  };
}
