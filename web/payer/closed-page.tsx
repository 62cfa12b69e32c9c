import type { ClosedPage, PageFrame } from '../../server/features/payer-site/contract.ts';
import { Page } from './frame.tsx';
import { moment, weekday } from './show.ts';
import { WORDS } from './words.ts';

/** While a maintenance window is in force: the biller's message, when it opens again, and what of paying still holds. */
export function Closed({ frame, page }: { frame: PageFrame; page: ClosedPage }) {
  const words = WORDS[frame.locale];
  const title = page.isOnlyPaying ? words.closedPayTitle : words.closedTitle;
  return (
    <Page frame={frame} title={title}>
      <h1>{title}</h1>
      {paragraphs(page.message || words.closedStandard).map((text) => (
        <p key={text} className="told">
          {text}
        </p>
      ))}
      <section className="card" aria-label={words.opensAgain}>
        <p className="soft">{words.opensAgain}</p>
        <p className="opens">
          {weekday(frame, page.opensAt)}
          <br />
          {moment(frame, page.opensAt)}
        </p>
      </section>
      {page.isPaying ? <p className="soft">{words.closedNothing}</p> : null}
      <p className="soft">{words.closedPaid}</p>
      <div className="acts">
        <a className="button" href={frame.path}>
          {words.checkAgain}
        </a>
        {page.isOnlyPaying ? (
          <a className="button quiet" href={`${frame.base}/bill`}>
            {words.toBill}
          </a>
        ) : null}
      </div>
    </Page>
  );
}

/** A blank line begins a paragraph; a single one is a space, as in any text. */
function paragraphs(message: string): readonly string[] {
  return [...new Set(message.split(/\n\s*\n/).map((text) => text.trim()))].filter((text) => text !== '');
}
