import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../listen.ts';
import { cancelCheckout, completeCheckout } from './move-money.ts';
import { closedPage, contentPolicy, type FormState, payPage } from './pay-page.ts';
import { commitPuts, currentCheckout, logRequest, type ProcessorCore, strikeFaults } from './processor-core.ts';
import { readPayForm } from './read-pay-form.ts';
import type { Checkout } from './records.ts';
import { namedTestNumber } from './test-numbers.ts';

const FORM_BYTES_MAX = 16 << 10;

/** Answers `/pay/{checkout}` and `/pay/{checkout}/cancel`: the only place that ever sees a number. */
export async function servePayPage(
  core: ProcessorCore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://processor');
  const [, id = '', verb] = url.pathname.split('/').filter(Boolean);
  const method = request.method ?? 'GET';
  const known = core.book.checkouts.get(id);
  const isSubmit = method === 'POST' && verb === undefined;
  const reference = known?.reference ?? null;
  const operation = isSubmit ? 'submit' : 'page';
  logRequest(core, { at: Date.now(), method, path: url.pathname, operation, reference, idempotencyKey: null });
  const bytes = await readBody(request, FORM_BYTES_MAX);
  if (!known) {
    sendPage(response, { status: 404, html: closedPage('en', { why: 'missing', backUrl: null }), targets: [] });
    return;
  }
  const checkout = currentCheckout(core, known, Date.now());
  if (method === 'POST' && verb === 'cancel') {
    cancel(core, checkout, response);
  } else if (isSubmit) {
    await submit(core, { checkout, form: bytes?.toString('utf8') ?? '' }, response);
  } else if (verb !== undefined || (method !== 'GET' && method !== 'HEAD')) {
    sendPage(response, {
      status: 404,
      html: closedPage(checkout.locale, { why: 'missing', backUrl: null }),
      targets: [],
    });
  } else if (checkout.status !== 'open') {
    sendClosed(response, checkout);
  } else {
    const filled = namedTestNumber(url.searchParams.get('use') ?? '');
    const state: FormState = { errors: {}, values: {}, filled: filled?.kind === checkout.method ? filled : null };
    sendForm(response, checkout, { status: 200, state });
  }
}

async function submit(
  core: ProcessorCore,
  { checkout, form }: { checkout: Checkout; form: string },
  response: ServerResponse,
): Promise<void> {
  // Pressed twice, or sent again after Back: one page makes one charge, and the payer learns of it where they came from.
  if (checkout.status === 'completed') {
    redirect(response, checkout, checkout.returnUrl);
    return;
  }
  if (checkout.status !== 'open') {
    sendClosed(response, checkout);
    return;
  }
  const read = readPayForm(checkout, form, Date.now());
  if (!read.ok) {
    sendForm(response, checkout, { status: 422, state: read.form });
    return;
  }
  const faults = core.faults.strike('submit', checkout.reference);
  if (await strikeFaults(response, faults, 'before')) return;
  const { typed, wantsSaving } = read;
  if (typed.test.trouble === 'error-before-charge') {
    sendTrouble(response, checkout);
    return;
  }
  // From here to the end no other submit may charge, however long the network takes.
  if (core.book.checkouts.get(checkout.id)?.status !== 'open') {
    sendClosed(response, core.book.checkouts.get(checkout.id) ?? checkout);
    return;
  }
  commitPuts(core, [{ kind: 'checkout', value: { ...checkout, status: 'processing' } }]);
  if (typed.test.waitMs !== undefined) await new Promise((resolve) => setTimeout(resolve, typed.test.waitMs).unref());
  // Stopped while the network took its time: nothing was charged, and the next start opens the page again.
  if (core.isClosed) return;
  commitPuts(core, completeCheckout(core.book, { checkout, typed, wantsSaving }, Date.now()));
  if (await strikeFaults(response, faults, 'after')) return;
  if (typed.test.trouble === 'error-after-charge') sendTrouble(response, checkout);
  else if (typed.test.trouble === 'cut-after-charge') response.socket?.resetAndDestroy();
  else redirect(response, checkout, checkout.returnUrl);
}

function cancel(core: ProcessorCore, checkout: Checkout, response: ServerResponse): void {
  commitPuts(core, cancelCheckout(core.book, checkout, Date.now()));
  // One that is under way or done cannot be cancelled: the payer goes where the outcome is shown.
  const isGone = checkout.status === 'completed' || checkout.status === 'processing';
  redirect(response, checkout, isGone ? checkout.returnUrl : checkout.cancelUrl);
}

function redirect(response: ServerResponse, checkout: Checkout, to: string): void {
  const url = new URL(to);
  url.searchParams.set('checkout', checkout.id);
  const headers = { Location: url.href, 'Cache-Control': 'no-store', 'Content-Security-Policy': policyOf(checkout) };
  response.writeHead(303, headers).end();
}

function sendForm(
  response: ServerResponse,
  checkout: Checkout,
  { status, state }: { status: number; state: FormState },
): void {
  sendPage(response, { status, html: payPage(checkout, state), targets: [checkout.returnUrl, checkout.cancelUrl] });
}

function sendClosed(response: ServerResponse, checkout: Checkout): void {
  if (checkout.status === 'open') {
    sendForm(response, checkout, { status: 200, state: { errors: {}, values: {}, filled: null } });
    return;
  }
  const isOver = checkout.status === 'completed' || checkout.status === 'processing';
  const back = new URL(isOver ? checkout.returnUrl : checkout.cancelUrl);
  back.searchParams.set('checkout', checkout.id);
  const html = closedPage(checkout.locale, { why: checkout.status, backUrl: back.href });
  sendPage(response, { status: 410, html, targets: [] });
}

function sendTrouble(response: ServerResponse, checkout: Checkout): void {
  const back = new URL(checkout.returnUrl);
  back.searchParams.set('checkout', checkout.id);
  const html = closedPage(checkout.locale, { why: 'trouble', backUrl: back.href });
  sendPage(response, { status: 500, html, targets: [] });
}

function policyOf(checkout: Checkout): string {
  return contentPolicy([checkout.returnUrl, checkout.cancelUrl]);
}

function sendPage(
  response: ServerResponse,
  { status, html, targets }: { status: number; html: string; targets: string[] },
): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(html),
    'Content-Security-Policy': contentPolicy(targets),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(html);
}
