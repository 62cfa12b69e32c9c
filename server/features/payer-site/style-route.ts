import { PUBLIC } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { type Billers, readPortalCss } from '../billers/index.ts';

/** Sheets written anew, by the text they were made from: the same one for every payer of a biller. */
const SHEETS_MAX = 500;
const sheets = new Map<string, string>();

/**
 * The biller's own style sheet, as the vetting of Portal Customization writes it: text that would not pass is not served.
 * Pages name it by its content, so a change is another address at once and this one may be kept.
 */
export function registerStyleRoute(app: App, deps: { readonly billers: Billers }): void {
  app.get<{ Params: { slug: string } }>('/:slug/style.css', { config: { access: PUBLIC } }, async (request, reply) => {
    const { slug } = request.params;
    const biller = /^[a-z0-9][a-z0-9-]{1,62}$/.test(slug) ? await deps.billers.loadBySlug(slug) : undefined;
    return reply
      .status(biller ? 200 : 404)
      .header('content-type', 'text/css; charset=utf-8')
      .header('cache-control', biller ? 'public, max-age=300' : 'no-store')
      .send(biller ? servedCss(biller.configuration.portal.css) : '');
  });
}

function servedCss(text: string): string {
  const known = sheets.get(text);
  if (known !== undefined) return known;
  const { css } = readPortalCss(text);
  if (sheets.size >= SHEETS_MAX) sheets.clear();
  sheets.set(text, css);
  return css;
}
