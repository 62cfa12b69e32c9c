import type { PageFrame, ReviewPage } from '../../server/features/payer-site/contract.ts';
import { FaultSummary, FormOf, Page } from './frame.tsx';
import { dollars, moment } from './show.ts';
import { WORDS } from './words.ts';

/** Step 4: every figure once more, what the payer agrees to, and the amount on the button. */
export function Review({ frame, page }: { frame: PageFrame; page: ReviewPage }) {
  const words = WORDS[frame.locale];
  return (
    <Page frame={frame} title={words.reviewTitle} step={4} hasFault={page.faults.length > 0}>
      <FaultSummary words={words} faults={page.faults} />
      <h1>{words.reviewTitle}</h1>
      {page.changed === undefined ? null : (
        <p className="note" role="alert">
          {words.changed(dollars(frame, page.changed.fromCents), dollars(frame, page.changed.toCents))}
        </p>
      )}
      <section className="card">
        <dl>
          <dt>{words.forAccount}</dt>
          <dd>{page.accountNumber}</dd>
          <dt>{words.payingWith}</dt>
          <dd>{words[page.method]}</dd>
          <dt>{words.receiptTo}</dt>
          <dd>{page.email || words.noReceipt}</dd>
          <dt>{words.amount}</dt>
          <dd>{dollars(frame, page.amountCents)}</dd>
          <dt>{words.feeLabel}</dt>
          <dd>{page.feeCents === 0 ? words.noFee : dollars(frame, page.feeCents)}</dd>
          <dt className="total">{words.total}</dt>
          <dd className="total">{dollars(frame, page.totalCents)}</dd>
        </dl>
      </section>
      <form method="post" action={`${frame.base}/review`}>
        <FormOf frame={frame} accountNumber={page.accountNumber} />
        <input type="hidden" name="idempotencyKey" value={page.idempotencyKey} />
        <input type="hidden" name="totalCents" value={page.totalCents} />
        <input type="hidden" name="authorizationMark" value={page.authorizationMark} />
        {page.duplicateOf === undefined ? null : (
          <div className="note">
            <strong>{words.duplicateTitle}</strong>
            <p>{words.duplicateBody(page.duplicateOf.paymentId, moment(frame, page.duplicateOf.createdAt))}</p>
            <label className="choice">
              <input id="confirmDuplicate" type="checkbox" name="confirmDuplicate" value="yes" />
              <span>{words.duplicateBox}</span>
            </label>
          </div>
        )}
        <section className="authorization">
          <h2>{words.authorization}</h2>
          <p>{page.authorization}</p>
        </section>
        <p className="soft">{words.nextPage}</p>
        <div className="acts">
          <button className="button" type="submit">
            {words.payNow(dollars(frame, page.totalCents))}
          </button>
          <a href={`${frame.base}/pay`}>{words.change}</a>
        </div>
      </form>
    </Page>
  );
}
