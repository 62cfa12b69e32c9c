import { addresses } from '../addresses.ts';
import type { Item } from '../api.ts';
import { Scroll } from '../parts/scroll.tsx';
import { Moment, Money, To } from '../parts/show.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { methodWord } from '../say.ts';

export type PaymentItem = Item<'/api/v1/billers/{bid}/payments'>;

const CLOCK_WORDS: Readonly<Record<string, string>> = {
  taken: 'Taken',
  'not-yet': 'Not yet',
  'in-doubt': 'In doubt',
  'not-taken': 'Not taken',
  settled: 'Settled',
  'came-back': 'Came back',
  never: 'Never',
  posted: 'Posted',
  'being-posted': 'Being posted',
  held: 'Held',
  'not-sent': 'Not sent',
};

/** One clock of a payment in a table's cell: its state, and when. */
export function ClockCell({ clock }: { clock: { state: string; at: string | null } }) {
  return (
    <>
      <StateMark state={clock.state} word={CLOCK_WORDS[clock.state]} />
      {clock.at && (
        <div className="fine">
          <Moment at={clock.at} isShort />
        </div>
      )}
    </>
  );
}

export const clockWord = (state: string): string => CLOCK_WORDS[state] ?? state;

export function PaymentsTable({ bid, items }: { bid: number; items: readonly PaymentItem[] }) {
  return (
    <Scroll label="Payments of the account">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Payment</th>
            <th scope="col" className="right">
              Amount
            </th>
            <th scope="col">Method</th>
            <th scope="col">Taken</th>
            <th scope="col">Settled</th>
            <th scope="col">Posted at the insurer</th>
          </tr>
        </thead>
        <tbody>
          {items.map((payment) => (
            <tr key={payment.paymentId}>
              <td>
                <To href={addresses.payment(bid, payment.paymentId)}>{payment.paymentId}</To>
              </td>
              <td className="right">
                <Money cents={payment.amountCents} />
              </td>
              <td>
                {methodWord(payment.method)} · {payment.source}
              </td>
              <td>
                <ClockCell clock={payment.clocks.taken} />
              </td>
              <td>
                <ClockCell clock={payment.clocks.settled} />
              </td>
              <td>
                <ClockCell clock={payment.clocks.posted} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
