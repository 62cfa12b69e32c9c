import { api, told } from '../../api.ts';
import { Choice } from '../../parts/choice.tsx';
import { Listing } from '../../parts/listing.tsx';
import { Moment, To } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { useFilters } from '../../parts/use-search.ts';
import { addressOfAlert } from './operations-data.ts';
import { OperationsHead } from './operations-head.tsx';

/** What broke and recovered, newest first. */
export function Alerts() {
  const [search] = useFilters();
  const state = search.state === 'open' || search.state === 'recovered' ? search.state : undefined;
  return (
    <>
      <OperationsHead title="Alerts" />
      <Listing
        what="alerts"
        queryKey={['operations', 'alerts', state ?? '']}
        refreshMs={10_000}
        fetchPage={(page, signal) =>
          told(
            api.GET('/api/v1/operations/alerts', { params: { query: { ...page, ...(state && { state }) } }, signal }),
          )
        }
        keyOf={(row) => String(row.id)}
        filters={
          <Choice
            label="State"
            name="state"
            options={[
              ['open', 'Broken now'],
              ['recovered', 'Recovered'],
            ]}
          />
        }
        columns={[
          { head: 'What', cell: (row) => row.conditionName, text: (row) => row.conditionName },
          {
            head: 'State',
            cell: (row) =>
              row.recoveredAt ? (
                <StateMark state="idle" word="Recovered" />
              ) : (
                <StateMark state="failed" word={row.goneSince ? 'Maybe over' : 'Broken'} />
              ),
            text: (row) => (row.recoveredAt ? 'recovered' : 'broken'),
          },
          { head: 'Biller', cell: (row) => row.billerName ?? '–', text: (row) => row.bid },
          {
            head: 'In words',
            isWide: true,
            cell: (row) => {
              const address = addressOfAlert(row);
              return (
                <>
                  {row.sentence} {address && <To href={address}>Go there</To>}
                  {row.recovery && <div className="fine">{row.recovery}</div>}
                </>
              );
            },
            text: (row) => row.sentence,
          },
          { head: 'Since', cell: (row) => <Moment at={row.firstSeenAt} />, text: (row) => row.firstSeenAt },
          { head: 'Told', isExtra: true, cell: (row) => <Moment at={row.toldAt} />, text: (row) => row.toldAt },
          { head: 'Recovered', cell: (row) => <Moment at={row.recoveredAt} />, text: (row) => row.recoveredAt },
        ]}
        empty="Nothing has broken so far that is watched."
      />
    </>
  );
}
