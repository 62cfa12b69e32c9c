import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type Biller,
  type Billers,
  customerServiceOf,
  isSsoOnly,
  isVirtualSiteOn,
  settingText,
} from '../billers/index.ts';
import type { Locale, MessagePage, PageFrame, PayerPages } from './contract.ts';

const LANGUAGE_COOKIE = 'causeway_language';
const YEAR_SECONDS = 31_536_000;
const HELP_MAX = 3;

/** The page's language: what was chosen by link, else before, else what the browser prefers. Choosing is remembered. */
export function localeOf(request: FastifyRequest, reply: FastifyReply): Locale {
  const chosen = (request.query as { lang?: string } | undefined)?.lang;
  if (chosen === 'en' || chosen === 'es') {
    reply.setCookie(LANGUAGE_COOKIE, chosen, { path: '/', httpOnly: true, sameSite: 'lax', maxAge: YEAR_SECONDS });
    return chosen;
  }
  const before = request.cookies[LANGUAGE_COOKIE];
  if (before === 'en' || before === 'es') return before;
  return /^\s*es\b/i.test(request.headers['accept-language'] ?? '') ? 'es' : 'en';
}

/** The biller of the address, and the frame of its pages. Undefined where the address names no biller. */
export async function frameOf(
  billers: Pick<Billers, 'loadBySlug'>,
  request: FastifyRequest<{ Params: { slug: string } }>,
  reply: FastifyReply,
): Promise<{ biller: Biller; frame: PageFrame } | undefined> {
  const { slug } = request.params;
  const biller = /^[a-z0-9][a-z0-9-]{1,62}$/.test(slug) ? await billers.loadBySlug(slug) : undefined;
  if (!biller) return undefined;
  const path = request.url.split('?')[0] ?? `/${biller.slug}`;
  return { biller, frame: frameOfBiller(biller, { locale: localeOf(request, reply), path }) };
}

/** The frame of a biller's pages in one language. */
export function frameOfBiller(biller: Biller, from: { locale: Locale; path: string }): PageFrame {
  const { profile, portal } = biller.configuration;
  const { locale, path } = from;
  return {
    locale,
    base: `/${biller.slug}`,
    path,
    biller: {
      name: profile.brand.displayName,
      accentColour: profile.brand.accentColour,
      logo: profile.brand.logo,
      welcome: portal.texts.welcome[locale],
      verbiage: profile.virtualSiteVerbiage[locale],
      footer: portal.texts.footer[locale],
      help: customerServiceOf(biller.configuration)
        .slice(0, HELP_MAX)
        .map(({ name, phone, email }) => ({ name, phone, email })),
      styleSheet: portal.css.trim() === '' ? '' : `/${biller.slug}/style.css?v=${digestOf(portal.css)}`,
    },
    timeZone: profile.timeZone,
  };
}

/** The frame where no biller is known. */
export function namelessFrame(request: FastifyRequest, reply: FastifyReply): PageFrame {
  return {
    locale: localeOf(request, reply),
    base: '/',
    path: request.url.split('?')[0] ?? '/',
    biller: {
      name: 'Causeway',
      accentColour: '#1f5a8c',
      logo: '',
      welcome: '',
      verbiage: '',
      footer: '',
      help: [],
      styleSheet: '',
    },
    timeZone: 'America/Chicago',
  };
}

/** Sends a page: never stored by a browser or a proxy, since it is about one person’s bill. */
export function sendPage(reply: FastifyReply, html: string, status = 200): FastifyReply {
  return reply
    .status(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(html);
}

/** A page that says what happened and what to do, with the status that fits. */
export function sendMessage(
  reply: FastifyReply,
  pages: PayerPages,
  frame: PageFrame,
  kind: MessagePage['kind'],
  status: number,
): FastifyReply {
  if (status === 503) reply.header('retry-after', '60');
  return sendPage(reply, pages.message(frame, { kind, waitSeconds: undefined }), status);
}

/**
 * Answers for a biller whose bills are not paid here, and says so: with its own words, and the way to the partner's sign-in
 * where that is the only one (spec/payer.md, SSO-only billers). False where the Virtual Site is open.
 */
export function sendIfElsewhere(
  reply: FastifyReply,
  pages: PayerPages,
  at: { biller: Biller; frame: PageFrame },
): boolean {
  const { configuration } = at.biller;
  if (isVirtualSiteOn(configuration)) return false;
  const isAtPartner = isSsoOnly(configuration);
  const kind = isAtPartner ? 'partner-only' : 'not-here';
  const goTo = isAtPartner ? settingText(configuration, 3) : undefined;
  sendPage(reply, pages.message(at.frame, { kind, waitSeconds: undefined, goTo }));
  return true;
}

/** Part of the style sheet's address, so that another text is another address to every browser. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A form must come from a page of ours: browsers say where from, and the session cookie does not travel across sites. */
export function isOwnForm(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.headers.origin;
  // A page of nowhere sends “null”, which is no URL and no page of ours.
  return origin === undefined || URL.parse(origin)?.host === request.host;
}
