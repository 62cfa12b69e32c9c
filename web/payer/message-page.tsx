import type { MessagePage, PageFrame } from '../../server/features/payer-site/contract.ts';
import { Page } from './frame.tsx';
import { WORDS } from './words.ts';

/** A page for a state without a form: what happened, what it means, what to do. */
export function Message({ frame, page }: { frame: PageFrame; page: MessagePage }) {
  const words = WORDS[frame.locale];
  const [title, body] = words.messages[page.kind] ?? ['', ''];
  return (
    <Page frame={frame} title={title}>
      <h1>{title}</h1>
      <p>{body}</p>
      {page.kind === 'no-such-biller' ? null : (
        <div className="acts">
          <a className="button" href={frame.base}>
            {words.home}
          </a>
        </div>
      )}
    </Page>
  );
}
