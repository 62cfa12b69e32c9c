import type { BalanceShown, BillPage, CannotPay, PageFrame } from '../../server/features/payer-site/contract.ts';
import { Page } from './frame.tsx';
import { day, dollars, moment } from './show.ts';
import { WORDS } from './words.ts';

/** Step 2: what is due, how sure that is, and the bills behind it. */
export function Bill({ frame, page }: { frame: PageFrame; page: BillPage }) {
  const words = WORDS[frame.locale];
  return (
    <Page frame={frame} title={words.billTitle} step={2}>
      <h1>{words.billTitle}</h1>
      <p className="soft">
        {words.policyHolder}: {page.customerName} · {page.accountNumber}
      </p>
      {page.balance === undefined ? null : <Balance frame={frame} balance={page.balance} dueDate={page.dueDate} />}
      {page.cannotPay === undefined ? (
        <div className="acts">
          <a className="button" href={`${frame.base}/pay`}>
            {words.payThis}
          </a>
        </div>
      ) : (
        <Why frame={frame} why={page.cannotPay} />
      )}
      <h2>{words.bills}</h2>
      {page.bills.length === 0 ? <p>{words.noBills}</p> : <Bills frame={frame} page={page} />}
      {page.payments.length === 0 ? null : <Payments frame={frame} page={page} />}
      <form method="post" action={`${frame.base}/leave`} className="acts">
        <button className="button quiet" type="submit">
          {words.notYou}
        </button>
      </form>
    </Page>
  );
}

function Balance({
  frame,
  balance,
  dueDate,
}: {
  frame: PageFrame;
  balance: BalanceShown;
  dueDate: string | undefined;
}) {
  const words = WORDS[frame.locale];
  const isCredit = balance.dueCents < 0;
  return (
    <section className="card" aria-label={words.amountDue}>
      <p className="soft">{isCredit ? words.credit : words.amountDue}</p>
      <p className="amount">{dollars(frame, Math.abs(balance.dueCents))}</p>
      {dueDate === undefined || balance.dueCents <= 0 ? null : <p>{words.dueOn(day(frame, dueDate))}</p>}
      {balance.onTheWayCents > 0 ? (
        <p className="note good">
          {words.onTheWay(dollars(frame, balance.onTheWayCents), dollars(frame, balance.toldCents))}
        </p>
      ) : null}
      {balance.isStale ? (
        <p className="note">{words.staleNotice(moment(frame, balance.asOf))}</p>
      ) : (
        <p className="soft">{words.asOf(moment(frame, balance.asOf))}</p>
      )}
    </section>
  );
}

function Why({ frame, why }: { frame: PageFrame; why: CannotPay }) {
  const words = WORDS[frame.locale];
  switch (why.kind) {
    case 'nothing-due':
      return <p className="note good">{words.nothingDue}</p>;
    case 'stale':
      return (
        <div className="note">
          <strong>{words.staleTitle}</strong>
          <p>{words.staleBody}</p>
        </div>
      );
    case 'no-method':
      return <p className="note">{words.noMethod}</p>;
    case 'expired':
      return <p className="note">{why.message || words.expired}</p>;
    case 'off':
      return <p className="note">{words.off}</p>;
    case 'maintenance':
      return (
        <div className="note">
          <strong>{words.closedPaying(moment(frame, why.opensAt))}</strong>
          <p className="told">{why.message || words.closedStandard}</p>
        </div>
      );
    case 'in-doubt':
      return (
        <div className="note">
          <p>{words.inDoubt}</p>
          <a href={`${frame.base}/payments/${why.publicId}`}>{words.seePayment}</a>
        </div>
      );
    default:
      return why satisfies never;
  }
}

function Bills({ frame, page }: { frame: PageFrame; page: BillPage }) {
  const words = WORDS[frame.locale];
  return (
    <ul className="rows card">
      {page.bills.map((bill) => (
        <li key={bill.invoiceNumber}>
          <div>
            <strong>{words.billOf(day(frame, bill.invoiceDate))}</strong>
            <div className="soft">{bill.isCarried ? words.carried : words.dueOn(day(frame, bill.dueDate))}</div>
            {bill.typeName ? <div className="soft">{bill.typeName}</div> : null}
            {bill.lines.length > 0 ? <div className="soft">{bill.lines.join(', ')}</div> : null}
            {bill.locationReference ? <div className="soft">{words.reference(bill.locationReference)}</div> : null}
            {bill.promptPayDate ? <div className="soft">{words.promptPay(day(frame, bill.promptPayDate))}</div> : null}
            {bill.lateFeeDate ? <div className="soft">{words.lateFee(day(frame, bill.lateFeeDate))}</div> : null}
            <a href={`${frame.base}/bill/${encodeURIComponent(bill.invoiceNumber)}/pdf`} target="_blank" rel="noopener">
              {words.seePdf}
            </a>
          </div>
          <div className="money">{dollars(frame, bill.totalCents)}</div>
        </li>
      ))}
    </ul>
  );
}

function Payments({ frame, page }: { frame: PageFrame; page: BillPage }) {
  const words = WORDS[frame.locale];
  return (
    <>
      <h2>{words.payments}</h2>
      <ul className="rows card">
        {page.payments.map((payment) => (
          <li key={payment.publicId}>
            <div>
              <a href={`${frame.base}/payments/${payment.publicId}`}>
                {words.confirmation} {payment.paymentId}
              </a>
              <div className="soft">
                {words.status[payment.status] ?? payment.status} · {moment(frame, payment.createdAt)}
              </div>
            </div>
            <div className="money">{dollars(frame, payment.amountCents)}</div>
          </li>
        ))}
      </ul>
    </>
  );
}
