import { z } from 'zod';
import { needs } from '../../platform/access.ts';
import type { App } from '../../platform/http.ts';
import { refuse } from '../../platform/problems.ts';
import { configurationSchema, readImageUrl, readPortalCss } from '../billers/index.ts';
import type { BillPage } from './contract.ts';
import { frameOfBiller } from './payer-frame.ts';
import type { PayerSiteDeps } from './payer-site-deps.ts';

const { portal, profile } = configurationSchema.shape;
const params = z.strictObject({ bid: z.coerce.number().int().min(1).max(2_147_483_647) });
const body = z.strictObject({
  portal,
  brand: profile.shape.brand,
  page: z.enum(['find', 'bill']),
  locale: z.enum(['en', 'es']),
  scheme: z.enum(['light', 'dark']),
});
const answer = z.strictObject({
  html: z.string().describe('The whole page; its links and forms lead nowhere'),
  faults: z.array(z.object({ at: z.string(), message: z.string() })).describe('What keeps this from being saved'),
});

/** Portal Customization as the payer will see it: the payer’s own view with a made-up bill and the draft values; nothing is stored. */
export function registerPortalPreview(app: App, deps: Pick<PayerSiteDeps, 'billers' | 'pages' | 'clock'>): void {
  app.post(
    '/api/v1/billers/:bid/portal-preview',
    {
      config: { access: needs({ permission: 'configuration:read' }) },
      schema: {
        tags: ['Configuration'],
        summary: 'A payer page with values that are not saved, as HTML',
        params,
        body,
        response: { 200: answer },
      },
    },
    async (request) => {
      const biller = await deps.billers.load(request.params.bid);
      if (!biller) throw refuse('not-found');
      const draft = request.body;
      const style = readPortalCss(draft.portal.css);
      const logo = draft.brand.logo === '' ? undefined : readImageUrl(draft.brand.logo);
      const isLogoRefused = logo?.kind === 'refused';
      const { configuration } = biller;
      const shown = {
        ...biller,
        configuration: {
          ...configuration,
          portal: { ...draft.portal, css: '' },
          profile: { ...configuration.profile, brand: { ...draft.brand, ...(isLogoRefused && { logo: '' }) } },
        },
      };
      const frame = frameOfBiller(shown, { locale: draft.locale, path: `/${biller.slug}` });
      const html =
        draft.page === 'bill'
          ? deps.pages.bill(frame, sampleBill(deps.clock.now().toZonedDateTimeISO('UTC').toPlainDate()))
          : deps.pages.find(frame, { accountNumber: '', proof: '', faults: [], waitMinutes: undefined });
      return {
        html: asPicture(html, { css: style.css, scheme: draft.scheme }),
        faults: [
          ...style.faults.map(({ line, message }) => ({ at: 'portal.css', message: `Line ${line}: ${message}` })),
          ...(logo?.kind === 'refused' ? [{ at: 'profile.brand.logo', message: logo.why }] : []),
        ],
      };
    },
  );
}

/** A bill of nobody: what is due, what is on its way and an earlier payment, so that every part of the page is there. */
function sampleBill(today: Temporal.PlainDate): BillPage {
  const now = today.toZonedDateTime({ timeZone: 'UTC', plainTime: '15:00' }).toInstant().toString();
  return {
    accountNumber: '20240903',
    customerName: 'JANE SAMPLE',
    balance: { dueCents: 12_840, toldCents: 15_340, onTheWayCents: 2500, asOf: now, isStale: false },
    dueDate: today.add({ days: 12 }).toString(),
    bills: [
      {
        invoiceNumber: `20240903-${today.toString()}`,
        invoiceDate: today.subtract({ days: 8 }).toString(),
        dueDate: today.add({ days: 12 }).toString(),
        totalCents: 15_340,
        lines: ['Insurance'],
        typeName: '',
        lateFeeDate: today.add({ days: 20 }).toString(),
        promptPayDate: undefined,
        locationReference: undefined,
        isCarried: false,
      },
    ],
    payments: [{ publicId: 'sample', paymentId: 1007, amountCents: 2500, status: 'settled', createdAt: now }],
    cannotPay: undefined,
  };
}

/**
 * The page to be looked at inside another: the draft's style sheet in it (already written anew, it holds no `<`), the
 * colours of one scheme, and links without a destination. Shown in a frame without any right.
 */
function asPicture(html: string, from: { css: string; scheme: 'light' | 'dark' }): string {
  const isDark = from.scheme === 'dark';
  return html
    .replace(/@media\s*\(prefers-color-scheme:\s*dark\)/g, isDark ? '@media all' : '@media not all')
    .replace('color-scheme: light dark', `color-scheme: ${from.scheme}`)
    .replace('</head>', () => `<style>${from.css}</style></head>`)
    .replace(/(<a\b[^>]*?) href="[^"]*"/g, '$1');
}
