import type { FastifyReply, FastifyRequest } from 'fastify';
import { PUBLIC } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { type Biller, type Configuration, invoiceTypeOf } from '../billers/index.ts';
import { billPdf } from '../documents/index.ts';
import { findInvoice, type InvoiceView } from '../invoices/index.ts';
import { type PaymentQuote, quoteWithBills } from '../payments/index.ts';
import { answerIfClosed } from './closed-page.ts';
import type { BillPage, CannotPay, PageFrame } from './contract.ts';
import { frameOf, namelessFrame, sendIfElsewhere, sendMessage, sendPage } from './payer-frame.ts';
import type { PayerSession } from './payer-session.ts';
import type { PayerSiteDeps } from './payer-site-deps.ts';

const BILLS_SHOWN_MAX = 12;
const PAYMENTS_SHOWN_MAX = 5;

/** A request inside an open session: the biller, the frame, and which account. */
export interface OpenBill {
  readonly biller: Biller;
  readonly frame: PageFrame;
  readonly session: PayerSession;
}

/** Finds the session of a request, or answers with the page that says how to go on, or that it is closed now. */
export async function openBillOf(
  deps: PayerSiteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  page: 'bill' | 'pay',
): Promise<OpenBill | undefined> {
  const at = await frameOf(deps.billers, request as FastifyRequest<{ Params: { slug: string } }>, reply);
  if (!at) {
    sendMessage(reply, deps.pages, namelessFrame(request, reply), 'no-such-biller', 404);
    return undefined;
  }
  if (await answerIfClosed(deps, { ...at, bid: at.biller.bid, page, reply })) return undefined;
  if (sendIfElsewhere(reply, deps.pages, at)) return undefined;
  const session = deps.sessions.read(request, at.biller.bid);
  if (!session) {
    sendMessage(reply, deps.pages, at.frame, 'session-over', 401);
    return undefined;
  }
  deps.sessions.prolong(reply, at.frame.base, session);
  return { ...at, session };
}

/** Step 2: the bill, with a balance fetched live, and its PDF. */
export function registerBillRoutes(app: App, deps: PayerSiteDeps): void {
  app.get('/:slug/bill', { config: { access: PUBLIC } }, async (request, reply) => {
    const open = await openBillOf(deps, request, reply, 'bill');
    if (!open) return reply;
    const { bid, accountNumber } = open.session;
    const { quote, invoices, payments } = await quoteWithBills(deps, {
      bid,
      accountNumber,
      source: 'Virtual Site',
      locale: open.frame.locale,
      paymentsMax: PAYMENTS_SHOWN_MAX,
    });
    const page: BillPage = {
      accountNumber,
      customerName: quote.customerName,
      balance: quote.balance
        ? {
            dueCents: quote.balance.cents,
            toldCents: quote.balance.toldCents,
            onTheWayCents: quote.balance.onTheWayCents,
            asOf: quote.balance.asOf.toString(),
            isStale: quote.balance.isStale,
          }
        : undefined,
      dueDate: quote.balance?.dueDate ?? undefined,
      bills: invoices.slice(0, BILLS_SHOWN_MAX).map((invoice) => billShown(invoice, open.biller.configuration)),
      payments,
      cannotPay: cannotPayOf(quote) ?? (await closedForPaying(deps, open)),
    };
    return sendPage(reply, deps.pages.bill(open.frame, page));
  });

  app.get<{ Params: { slug: string; invoiceNumber: string } }>(
    '/:slug/bill/:invoiceNumber/pdf',
    { config: { access: PUBLIC } },
    async (request, reply) => {
      const open = await openBillOf(deps, request, reply, 'bill');
      if (!open) return reply;
      const { bid, accountNumber } = open.session;
      const { invoiceNumber } = request.params;
      const invoice = await deps.database.withBiller(bid, (tx) => findInvoice(tx, bid, invoiceNumber));
      // Another account's bill is as absent as none: the session is for one account.
      if (invoice?.accountNumber !== accountNumber)
        return sendMessage(reply, deps.pages, open.frame, 'other-bill', 404);
      const pdf = await billPdf(deps, { bid, invoiceNumber });
      if (pdf.kind !== 'pdf') return sendMessage(reply, deps.pages, open.frame, 'pdf-not-available', 404);
      return reply
        .header('content-type', 'application/pdf')
        .header('content-disposition', `inline; filename="bill-${invoiceNumber.replace(/[^A-Za-z0-9-]/g, '_')}.pdf"`)
        .header('content-length', String(pdf.sizeBytes))
        .header('cache-control', 'private, no-store')
        .header(
          'content-security-policy',
          "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf",
        )
        .send(await pdf.open());
    },
  );
}

/** A window that leaves bills to be seen closes paying all the same. */
async function closedForPaying(deps: PayerSiteDeps, open: OpenBill): Promise<CannotPay | undefined> {
  const window = await deps.maintenance.closing(open.session.bid, 'pay');
  return (
    window && {
      kind: 'maintenance',
      message: window.message[open.frame.locale],
      opensAt: window.until.toString(),
    }
  );
}

/** Why a bill can't be paid now, as the page's designed states. */
export function cannotPayOf(quote: PaymentQuote): CannotPay | undefined {
  const why = quote.cannotPay;
  if (!why) return undefined;
  switch (why.code) {
    case 'nothing-due':
      return { kind: 'nothing-due' };
    case 'stale-balance':
      return { kind: 'stale', since: undefined };
    case 'in-doubt':
      return { kind: 'in-doubt', publicId: why.publicId ?? '' };
    case 'expired':
      return { kind: 'expired', message: why.sentence };
    case 'no-method':
    case 'partner-refuses':
      return { kind: 'no-method' };
    case 'product-off':
    case 'type-not-offered':
      return { kind: 'off' };
    default:
      return why.code satisfies never;
  }
}

function billShown(invoice: InvoiceView, configuration: Configuration): BillPage['bills'][number] {
  const told = (key: string): string | undefined => {
    const value = invoice.derived[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const hasTypes = configuration.invoiceTypes.length > 1;
  return {
    invoiceNumber: invoice.invoiceNumber,
    invoiceDate: invoice.invoiceDate,
    dueDate: invoice.dueDate,
    totalCents: invoice.totalCents,
    lines: invoice.details
      .map((line) => line.description)
      .filter((text): text is string => typeof text === 'string' && text !== ''),
    typeName: hasTypes ? (invoiceTypeOf(configuration, invoice.invoiceTypeId)?.name ?? '') : '',
    lateFeeDate: told('lateFeeDate'),
    promptPayDate: told('promptPayExpirationDate'),
    locationReference: told('locationReference'),
    isCarried: invoice.carriedBy !== null,
  };
}
