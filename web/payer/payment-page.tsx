import type { PageFrame, PaymentPage, ThreeClocks } from '../../server/features/payer-site/contract.ts';
import { Page } from './frame.tsx';
import { day, dollars, moment } from './show.ts';
import { WORDS, type Words } from './words.ts';

/** The page of one payment, whatever became of it: receipt, declined, not finished, being confirmed. */
export function Payment({ frame, page }: { frame: PageFrame; page: PaymentPage }) {
  const words = WORDS[frame.locale];
  const [title, lead, tone] = headline(words, frame, page);
  const isWaiting =
    page.state === 'processing' ||
    page.state === 'unknown' ||
    (page.state === 'approved' && page.clocks.posting === 'on-the-way');
  return (
    <Page frame={frame} title={title} isWaiting={isWaiting}>
      <div className={`note ${tone}`} role="status">
        <h1>{title}</h1>
        <p>{lead}</p>
      </div>
      <section className="card">
        <dl>
          <dt>{words.confirmation}</dt>
          <dd>{page.paymentId}</dd>
          <dt>{words.forAccount}</dt>
          <dd>{page.accountNumber}</dd>
          <dt>{words.payingWith}</dt>
          <dd>
            {words[page.method]}
            {page.lastFour ? ` ${words.kinds[page.brand ?? ''] ?? page.brand ?? ''} ···· ${page.lastFour}` : ''}
          </dd>
          <dt>{words.amount}</dt>
          <dd>{dollars(frame, page.amountCents - page.feeCents)}</dd>
          <dt>{words.feeLabel}</dt>
          <dd>{page.feeCents === 0 ? words.noFee : dollars(frame, page.feeCents)}</dd>
          <dt className="total">{words.total}</dt>
          <dd className="total">{dollars(frame, page.amountCents)}</dd>
        </dl>
      </section>
      {page.clocks.takenAt === undefined ? null : <Clocks frame={frame} clocks={page.clocks} />}
      {page.state === 'approved' && page.email ? <p>{words.receiptSent(page.email)}</p> : null}
      {page.state === 'approved' ? <p className="soft">{words.print}</p> : null}
      <Next frame={frame} page={page} />
    </Page>
  );
}

function headline(words: Words, frame: PageFrame, page: PaymentPage): readonly [string, string, string] {
  switch (page.state) {
    case 'approved':
      return [words.paidTitle, words.paidLead(dollars(frame, page.amountCents)), 'good'];
    case 'declined':
      return [
        words.declinedTitle,
        `${page.declinedSentence ? `${page.declinedSentence} ` : ''}${words.declinedLead}`,
        'bad',
      ];
    case 'open':
      return [words.openTitle, words.openLead, ''];
    case 'processing':
    case 'unknown':
      return [words.processingTitle, words.processingLead, ''];
    case 'not-made':
      return [words.notMadeTitle, words.notMadeLead, ''];
    case 'reversed':
      return [words.reversedTitle, words.reversedLead, 'bad'];
    default:
      return page.state satisfies never;
  }
}

/** Taken, settled, posted: the same three for payer and staff. A mark and a word, never a colour alone. */
function Clocks({ frame, clocks }: { frame: PageFrame; clocks: ThreeClocks }) {
  const words = WORDS[frame.locale];
  const posting = {
    posted: '',
    'on-the-way': words.postedOnTheWay,
    checking: words.postedChecking,
    'not-sent': words.postedNotSent,
  };
  const posted = clocks.postedAt ? moment(frame, clocks.postedAt) : posting[clocks.posting ?? 'on-the-way'];
  const rows = [
    {
      name: words.taken,
      text: clocks.takenAt ? moment(frame, clocks.takenAt) : words.takenNotYet,
      isDone: clocks.takenAt !== undefined,
    },
    { name: words.posted, text: posted, isDone: clocks.postedAt !== undefined },
    { name: words.settled, text: settledText(frame, clocks), isDone: clocks.settledAt !== undefined },
  ];
  return (
    <ul className="clocks card">
      {rows.map((row) => (
        <li key={row.name}>
          <span className="mark" aria-hidden="true">
            {row.isDone ? '✓' : '○'}
          </span>
          <span>
            <strong>{row.name}</strong>
            <br />
            <span className="soft">{row.text}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function settledText(frame: PageFrame, clocks: ThreeClocks): string {
  const words = WORDS[frame.locale];
  if (clocks.wentBack) {
    const { how, at } = clocks.wentBack;
    return `${words.status[how] ?? how}${at ? ` · ${moment(frame, at)}` : ''}`;
  }
  const when = clocks.settledAt ? moment(frame, clocks.settledAt) : words.settledPending;
  return clocks.canComeBackUntil ? `${when}. ${words.comesBackUntil(day(frame, clocks.canComeBackUntil))}` : when;
}

function Next({ frame, page }: { frame: PageFrame; page: PaymentPage }) {
  const words = WORDS[frame.locale];
  const self = `${frame.base}/payments`;
  return (
    <div className="acts">
      {page.state === 'open' && page.continueUrl ? (
        <a className="button" href={page.continueUrl}>
          {words.continuePayment}
        </a>
      ) : null}
      {page.state === 'processing' || page.state === 'unknown' ? (
        <a className="button" href={frame.path || self}>
          {words.refresh}
        </a>
      ) : null}
      {page.isSessionOpen && (page.state === 'declined' || page.state === 'not-made' || page.state === 'open') ? (
        <a className={`button${page.state === 'open' ? ' quiet' : ''}`} href={`${frame.base}/pay`}>
          {page.state === 'open' ? words.chooseAgain : words.tryAgain}
        </a>
      ) : null}
      <a href={page.isSessionOpen ? `${frame.base}/bill` : frame.base}>
        {page.isSessionOpen ? words.toBill : words.home}
      </a>
    </div>
  );
}
