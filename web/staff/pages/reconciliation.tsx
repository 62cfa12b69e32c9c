import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../addresses.ts';
import { api, type Item, told } from '../api.ts';
import { Listing } from '../parts/listing.tsx';
import { Failure } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Day, Moment, Money, Part, To } from '../parts/show.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useBid } from '../parts/use-biller.ts';
import { queryClient } from '../query-client.ts';
import { amount, day, money } from '../say.ts';
import { useMay } from '../session.ts';

type Row = Item<'/api/v1/billers/{bid}/reconciliations'>;

const cents = (head: string, of: (row: Row) => number) => ({
  head,
  align: 'right' as const,
  cell: (row: Row) => <Money cents={of(row)} />,
  text: (row: Row) => amount(of(row)),
});

/** Per day: taken = posted + waiting + unknown or held + not sent + reversed, to the cent. What is left is a gap. */
export function Reconciliation() {
  const bid = useBid();
  const [shown, setShown] = useState<Row>();
  return (
    <>
      <PageHead path={[['DataPump']]} title="Reconciliation" />
      <p className="sentence">
        Taken = posted + waiting + unknown or held + not sent + reversed, fees included, to the cent. What is left is a
        gap, and a work item.
      </p>
      <RunNow bid={bid} onDone={setShown} />
      {shown && <OneDay bid={bid} row={shown} />}
      <Listing
        what="reconciliations"
        queryKey={['reconciliations', bid]}
        fetchPage={(page, signal) =>
          told(api.GET('/api/v1/billers/{bid}/reconciliations', { params: { path: { bid }, query: page }, signal }))
        }
        keyOf={(row) => row.day}
        columns={[
          {
            head: 'Day',
            cell: (row) => (
              <button type="button" className="row-anchor row-button" onClick={() => setShown(row)}>
                <Day iso={row.day} />
              </button>
            ),
            text: (row) => row.day,
          },
          cents('Taken', (row) => row.takenCents),
          cents('Posted', (row) => row.postedCents),
          cents('Waiting', (row) => row.waitingCents),
          cents('Unknown or held', (row) => row.unknownCents),
          cents('Not sent', (row) => row.notSentCents),
          cents('Reversed', (row) => row.reversedCents),
          {
            head: 'Gap',
            align: 'right',
            cell: (row) => (
              <StateMark state="gap" tone={row.gapCents === 0 ? 'good' : 'bad'} word={money(row.gapCents)} />
            ),
            text: (row) => amount(row.gapCents),
          },
          { head: 'Run', cell: (row) => <Moment at={row.runAt} />, text: (row) => row.runAt },
        ]}
        empty="No day was reconciled yet. It runs every night by itself, or now, above."
      />
    </>
  );
}

function RunNow({ bid, onDone }: { bid: number; onDone: (row: Row) => void }) {
  const may = useMay();
  const [chosen, setChosen] = useState(() => new Date().toISOString().slice(0, 10));
  const run = useMutation({
    mutationFn: () =>
      told(api.POST('/api/v1/billers/{bid}/reconciliations/run', { params: { path: { bid } }, body: { day: chosen } })),
    onSuccess: async (row) => {
      onDone(row);
      await queryClient.invalidateQueries({ queryKey: ['reconciliations', bid] });
    },
  });
  if (!may('reconciliation:run')) return null;
  return (
    <>
      <form
        className="acts"
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate();
        }}
      >
        <TextInput
          type="date"
          size="xs"
          aria-label="Day to reconcile, in the biller’s time zone"
          leftSection={<span className="fine">Day</span>}
          leftSectionWidth={40}
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
          required
        />
        <Button type="submit" loading={run.isPending}>
          Run now
        </Button>
      </form>
      {run.error && <Failure cause={run.error} />}
    </>
  );
}

function OneDay({ bid, row }: { bid: number; row: Row }) {
  const places: readonly (readonly [string, number])[] = [
    ['Posted', row.postedCents],
    ['+ Waiting', row.waitingCents],
    ['+ Unknown or held', row.unknownCents],
    ['+ Not sent', row.notSentCents],
    ['+ Reversed', row.reversedCents],
    ['+ Gap', row.gapCents],
    ['= Taken', row.takenCents],
  ];
  return (
    <Part title={`${day(row.day)}: ${row.gapCents === 0 ? 'no gap' : `a gap of ${money(row.gapCents)}`}`}>
      <table className="rows" style={{ maxWidth: '22rem' }}>
        <tbody>
          {places.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="right">
                <Money cents={value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {row.gaps.length > 0 && (
        <ul className="faults">
          {row.gaps.map((gap) => (
            <li key={gap.paymentId}>
              <To href={addresses.payment(bid, gap.paymentId)}>Payment {gap.paymentId}</To>, <Money cents={gap.cents} />
              : {gap.why}
            </li>
          ))}
        </ul>
      )}
      <p className="fine">
        The biller’s own day, <Day iso={row.day} />; run <Moment at={row.runAt} />.
      </p>
    </Part>
  );
}
