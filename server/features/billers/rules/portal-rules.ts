import { readPortalCss } from '../portal/portal-css.ts';
import { readImageUrl } from '../portal/portal-logo.ts';
import type { Rule } from './rule.ts';

/** The rules of Portal Customization: what a biller gives is shown to payers beside the amount they owe. */
export const portalRules: readonly Rule[] = [
  {
    id: 'portal-css',
    severity: 'error',
    says: 'The CSS of the payer pages can be read, and holds nothing that could hide, cover or fake what a payer must see.',
    find: ({ configuration: { portal } }) =>
      readPortalCss(portal.css).faults.map(({ line, message }) => ({
        at: 'portal.css',
        sentence: `Line ${line}: ${message}`,
      })),
  },
  {
    id: 'brand-logo',
    severity: 'error',
    says: 'The logo is a whole PNG, WebP or SVG image of at most 2000 pixels a side, and only a drawing.',
    find: ({ configuration: { profile } }) => {
      if (profile.brand.logo === '') return [];
      const read = readImageUrl(profile.brand.logo);
      return read.kind === 'image' ? [] : [{ at: 'profile.brand.logo', sentence: read.why }];
    },
  },
];
