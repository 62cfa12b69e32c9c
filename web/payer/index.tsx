import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import type { PayerPages } from '../../server/features/payer-site/contract.ts';
import { Bill } from './bill-page.tsx';
import { Closed } from './closed-page.tsx';
import { Find } from './find-page.tsx';
import { Message } from './message-page.tsx';
import { Pay } from './pay-page.tsx';
import { Payment } from './payment-page.tsx';
import { Review } from './review-page.tsx';
import watchScript from './watch.js?raw';

/** The payer pages; built for the server by `web/build.ts` into `web/dist/payer/index.js`. */
export const payerPages: PayerPages = {
  watchScript,
  find: (frame, page) => html(<Find frame={frame} page={page} />),
  bill: (frame, page) => html(<Bill frame={frame} page={page} />),
  pay: (frame, page) => html(<Pay frame={frame} page={page} />),
  review: (frame, page) => html(<Review frame={frame} page={page} />),
  payment: (frame, page) => html(<Payment frame={frame} page={page} />),
  closed: (frame, page) => html(<Closed frame={frame} page={page} />),
  message: (frame, page) => html(<Message frame={frame} page={page} />),
};

function html(page: ReactElement): string {
  return `<!doctype html>${renderToStaticMarkup(page)}`;
}
