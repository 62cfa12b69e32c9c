import type { FastifyRequest } from 'fastify';
import { PUBLIC } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { answerIfClosed } from './closed-page.ts';
import type { FormFault, Locale } from './contract.ts';
import { findBill } from './find-bill.ts';
import { createGuessLimits } from './guess-limits.ts';
import { frameOf, isOwnForm, namelessFrame, sendIfElsewhere, sendMessage, sendPage } from './payer-frame.ts';
import { EMPTY_DRAFT } from './payer-session.ts';
import type { PayerSiteDeps } from './payer-site-deps.ts';

const FIELD_CHARS_MAX = 120;

const SAY: Readonly<Record<Locale, { number: string; proof: string; missed: string }>> = {
  en: {
    number: 'Enter the policy or account number from your bill.',
    proof: 'Enter the last name or the ZIP code of the policy holder.',
    missed:
      'We found no bill with these two. Check both against your bill: the number, and the last name or ZIP code of the policy holder.',
  },
  es: {
    number: 'Escriba el número de póliza o de cuenta de su factura.',
    proof: 'Escriba el apellido o el código postal del titular.',
    missed:
      'No encontramos una factura con estos dos datos. Compárelos con su factura: el número, y el apellido o código postal del titular.',
  },
};

type SlugRequest = FastifyRequest<{ Params: { slug: string } }>;

/** Step 1 of paying: `/{biller}` asks for two facts, and a match opens the bill for half an hour. */
export function registerFindRoutes(app: App, deps: PayerSiteDeps): void {
  const limits = createGuessLimits(deps.clock);
  const { pages, sessions } = deps;

  app.get('/:slug', { config: { access: PUBLIC } }, async (request, reply) => {
    const at = await frameOf(deps.billers, request as SlugRequest, reply);
    if (!at) return sendMessage(reply, pages, namelessFrame(request, reply), 'no-such-biller', 404);
    if (await answerIfClosed(deps, { ...at, bid: at.biller.bid, page: 'find', reply })) return reply;
    if (sendIfElsewhere(reply, pages, at)) return reply;
    return sendPage(reply, pages.find(at.frame, { accountNumber: '', proof: '', faults: [], waitMinutes: undefined }));
  });

  // The address bar's own ways to these addresses: a slash typed at the end, and a form's answer loaded afresh.
  for (const way of ['', 'find', 'leave']) {
    app.get<{ Params: { slug: string } }>(`/:slug/${way}`, { config: { access: PUBLIC } }, (request, reply) =>
      reply.redirect(`/${encodeURIComponent(request.params.slug)}`, 303),
    );
  }

  app.post('/:slug/find', { config: { access: PUBLIC } }, async (request, reply) => {
    const at = await frameOf(deps.billers, request as SlugRequest, reply);
    if (!at) return sendMessage(reply, pages, namelessFrame(request, reply), 'no-such-biller', 404);
    const frame = { ...at.frame, path: at.frame.base };
    if (!isOwnForm(request)) return sendMessage(reply, pages, frame, 'forbidden-form', 403);
    if (await answerIfClosed(deps, { bid: at.biller.bid, frame, page: 'find', reply })) return reply;
    if (sendIfElsewhere(reply, pages, { ...at, frame })) return reply;
    const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    const accountNumber = fieldOf(body, 'accountNumber');
    const proof = fieldOf(body, 'proof');
    const say = SAY[frame.locale];
    const faults: FormFault[] = [
      ...(accountNumber === '' ? [{ field: 'accountNumber', message: say.number }] : []),
      ...(proof === '' ? [{ field: 'proof', message: say.proof }] : []),
    ];
    const show = (status: number, shown: readonly FormFault[], waitMinutes?: number) =>
      sendPage(reply, pages.find(frame, { accountNumber, proof, faults: shown, waitMinutes }), status);
    if (faults.length > 0) return show(422, faults);
    const found = await findBill(deps, limits, { bid: at.biller.bid, accountNumber, proof, address: request.ip });
    if (found.kind === 'limited') {
      reply.header('retry-after', String(found.waitMinutes * 60));
      return show(429, [], found.waitMinutes);
    }
    if (found.kind === 'missed') return show(422, [{ field: 'accountNumber', message: say.missed }]);
    sessions.keep(reply, frame.base, { bid: at.biller.bid, accountNumber: found.accountNumber, draft: EMPTY_DRAFT });
    return reply.redirect(`${frame.base}/bill`, 303);
  });

  app.post('/:slug/leave', { config: { access: PUBLIC } }, async (request, reply) => {
    const at = await frameOf(deps.billers, request as SlugRequest, reply);
    if (!at) return sendMessage(reply, pages, namelessFrame(request, reply), 'no-such-biller', 404);
    if (!isOwnForm(request)) return sendMessage(reply, pages, at.frame, 'forbidden-form', 403);
    sessions.end(reply, at.frame.base);
    return reply.redirect(at.frame.base, 303);
  });
}

/** A form's field as trimmed text, cut at what any honest answer needs. */
export function fieldOf(
  body: Readonly<Record<string, unknown>>,
  name: string,
  charsMax: number = FIELD_CHARS_MAX,
): string {
  const value = body[name];
  return typeof value === 'string' ? value.trim().slice(0, charsMax) : '';
}
