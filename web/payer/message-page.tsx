import type { MessagePage, PageFrame } from '../../server/features/payer-site/contract.ts';
import { Page, Prose } from './frame.tsx';
import { WORDS } from './words.ts';

/** A page for a state without a form: what happened, what it means, what to do. */
export function Message({ frame, page }: { frame: PageFrame; page: MessagePage }) {
  const words = WORDS[frame.locale];
  const [title, body] = words.messages[page.kind] ?? ['', ''];
  return (
    <Page frame={frame} title={title}>
      <h1>{title}</h1>
      <p>{body}</p>
      {page.kind === 'not-here' || page.kind === 'partner-only' ? <Prose text={frame.biller.verbiage} /> : null}
      {page.goTo === undefined ? null : (
        <div className="acts">
          <a className="button" href={page.goTo}>
            {words.goToPartner(frame.biller.name)}
          </a>
        </div>
      )}
      {page.kind === 'other-bill' ? (
        <div className="acts">
          <a className="button" href={`${frame.base}/bill`}>
            {words.toOpenBill}
          </a>
          <a className="button quiet" href={frame.base}>
            {words.notYou}
          </a>
        </div>
      ) : null}
      {['other-bill', 'no-such-biller', 'not-here', 'partner-only'].includes(page.kind) ? null : (
        <div className="acts">
          <a className="button" href={frame.base}>
            {words.home}
          </a>
        </div>
      )}
    </Page>
  );
}
