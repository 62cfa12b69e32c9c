import { Scroll } from '../../parts/scroll.tsx';
import { Ago, Facts, Moment, Part } from '../../parts/show.tsx';
import { count, counted, size, span } from '../../say.ts';
import type { Health } from './operations-data.ts';

/** The database: reach, room, connections, transactions that last, copies, and what was last marked as done. */
export function DatabasePart({ view }: { view: Health }) {
  const { database } = view;
  const markOf = (kind: string) => database.marks.find((mark) => mark.kind === kind);
  const backup = markOf('backup-created');
  const audit = markOf('audit-verified');
  return (
    <Part title="Database" aside={<span className="fine">Answered in {count(database.answeredInMs)} ms</span>}>
      <Facts
        items={[
          ['PostgreSQL', database.version],
          ['Up since', <Moment key="up" at={database.startedAt} />],
          ['Size', size(database.sizeBytes)],
          ['Connections in use', `${count(database.connections)} of ${count(database.connectionsMax)}`],
          [
            'Last backup',
            backup ? <Moment key="backup" at={backup.at} isAgo /> : 'none yet: run causeway backup create',
          ],
          [
            'Audit last verified',
            audit ? (
              <span key="audit">
                <Moment at={audit.at} isAgo />, {audit.detail.isSound === false ? 'not sound: see Audit' : 'sound'}
              </span>
            ) : (
              'not yet: it runs each night'
            ),
          ],
          [
            'Copies (replicas)',
            database.replicas === 0
              ? 'none attached'
              : `${count(database.replicas)}, at most ${size(database.replicaLagBytes ?? 0)} behind`,
          ],
          ['Archives its log', database.isArchiving ? 'yes' : 'no'],
          [
            'Migrations',
            `${counted(database.migrations.length, 'file')}, the last ${database.migrations.at(-1)?.name ?? '–'}`,
          ],
        ]}
      />
      {database.longTransactions.length > 0 && <LongTransactions rows={database.longTransactions} />}
      <details className="more">
        <summary>Migrations, and when each was applied</summary>
        <Scroll label="Migrations" isLow>
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col">Applied</th>
              </tr>
            </thead>
            <tbody>
              {database.migrations.map((one) => (
                <tr key={one.name}>
                  <th scope="row">{one.name}</th>
                  <td>
                    <Moment at={one.appliedAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
    </Part>
  );
}

function LongTransactions({ rows }: { rows: Health['database']['longTransactions'] }) {
  return (
    <>
      <p className="caution">
        {counted(rows.length, 'transaction')} open for more than 30 s. A few minutes are usual while a file is loaded;
        longer ones hold locks and keep old rows from being cleared away.
      </p>
      <Scroll label="Transactions that last" isLow>
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">Of</th>
              <th scope="col">State</th>
              <th scope="col">Open for</th>
              <th scope="col">Since</th>
              <th scope="col">Waits for</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.pid}>
                <th scope="row">
                  {one.application || 'unnamed'}
                  <div className="fine">PostgreSQL process {one.pid}</div>
                </th>
                <td>{one.state}</td>
                <td>{span(one.seconds)}</td>
                <td>
                  <Ago at={one.since} />
                </td>
                <td>{one.waitsFor ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
