import { createHash } from 'node:crypto';
import { PUBLIC } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { type Billers, readPortalCss } from '../billers/index.ts';

/** Sheets written anew, by the text they were made from: the same one for every payer of a biller. */
const SHEETS_MAX = 500;
const sheets = new Map<string, Sheet>();
interface Sheet {
  readonly css: string;
  readonly tag: string;
}

/**
 * The biller's own style sheet, as the vetting of Portal Customization writes it: text that would not pass is not served.
 * Pages name it by its content, so a change is another address at once and this one may be kept.
 */
export function registerStyleRoute(app: App, deps: { readonly billers: Billers }): void {
  app.get<{ Params: { slug: string } }>('/:slug/style.css', { config: { access: PUBLIC } }, async (request, reply) => {
    const { slug } = request.params;
    const biller = /^[a-z0-9][a-z0-9-]{1,62}$/.test(slug) ? await deps.billers.loadBySlug(slug) : undefined;
    // Opened by itself it is a text that may load and run nothing.
    void reply
      .header('content-type', 'text/css; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    if (!biller) return reply.status(404).header('cache-control', 'no-store').send('');
    const { css, tag } = sheetOf(biller.configuration.portal.css);
    void reply.header('cache-control', 'public, max-age=300').header('etag', tag);
    return request.headers['if-none-match'] === tag ? reply.status(304).send() : reply.send(css);
  });
}

function sheetOf(text: string): Sheet {
  const known = sheets.get(text);
  if (known !== undefined) return known;
  const { css } = readPortalCss(text);
  const made = { css, tag: `"${createHash('sha256').update(css).digest('base64url').slice(0, 22)}"` };
  if (sheets.size >= SHEETS_MAX) sheets.clear();
  sheets.set(text, made);
  return made;
}
