import { useQuery } from '@tanstack/react-query';
import { addresses } from '../../addresses.ts';
import { Message } from '../../parts/message.tsx';
import { Awaited } from '../../parts/notes.tsx';
import { Moment, To } from '../../parts/show.tsx';
import { Shape, type Tone } from '../../parts/state-mark.tsx';
import { count, counted, span } from '../../say.ts';
import { DatabasePart } from './database-part.tsx';
import { EndpointsPart } from './endpoints-part.tsx';
import { LanesPart } from './lanes-part.tsx';
import { addressOfAlert, type Health, healthQuery } from './operations-data.ts';
import { OperationsHead } from './operations-head.tsx';
import { ProcessesPart } from './processes-part.tsx';

/** How the installation stands now: what is broken first, then each part of it. */
export function Operations() {
  const health = useQuery(healthQuery);
  return (
    <>
      <OperationsHead title="Operations" />
      <Awaited of={health} what="how the installation stands">
        {(view) => (
          <>
            <BrokenNow view={view} />
            <AtAGlance view={view} />
            <EndpointsPart endpoints={view.endpoints} />
            <ProcessesPart view={view} />
            <LanesPart lanes={view.lanes} />
            <DatabasePart view={view} />
          </>
        )}
      </Awaited>
    </>
  );
}

function BrokenNow({ view }: { view: Health }) {
  if (view.alerts.length === 0)
    return (
      <Message tone="good" title="Nothing that is watched is broken now.">
        <p className="fine">
          <To href={addresses.alertConditions()}>What is watched</To>
        </p>
      </Message>
    );
  return (
    <section aria-label="Broken now" className="listing">
      {view.alerts.map((alert) => {
        const address = addressOfAlert(alert);
        return (
          <Message
            key={alert.id}
            tone="bad"
            title={`${alert.conditionName}${alert.billerName ? `: ${alert.billerName}` : ''}`}
          >
            <p className="sentence">{alert.sentence}</p>
            <p className="fine">
              Since <Moment at={alert.firstSeenAt} isAgo />
              {address && (
                <>
                  {' · '}
                  <To href={address}>Go there</To>
                </>
              )}
            </p>
          </Message>
        );
      })}
    </section>
  );
}

function AtAGlance({ view }: { view: Health }) {
  const living = view.processes.filter((one) => !one.isVanished);
  const shut = view.endpoints.filter((one) => one.breaker !== 'closed').length;
  const stuck = view.lanes.filter((lane) => lane.troubles > 0 && !lane.pausedAt).length;
  const paused = view.lanes.filter((lane) => lane.pausedAt).length;
  const { database } = view;
  const share = database.connections / Math.max(1, database.connectionsMax);
  const backup = database.marks.find((mark) => mark.kind === 'backup-created');
  const backupHours = backup ? (Date.parse(view.at) - Date.parse(backup.at)) / 3_600_000 : undefined;
  const cards: readonly (readonly [string, string, Tone])[] = [
    [
      count(living.length),
      `${living.length === 1 ? 'process runs' : 'processes run'}`,
      living.length > 0 ? 'good' : 'bad',
    ],
    [count(shut), `of ${counted(view.endpoints.length, 'endpoint')} left alone`, shut > 0 ? 'bad' : 'good'],
    [count(stuck), 'lanes without answer', stuck > 0 ? 'bad' : 'good'],
    [count(paused), 'lanes paused', paused > 0 ? 'warn' : 'good'],
    [
      `${count(database.connections)} / ${count(database.connectionsMax)}`,
      'database connections',
      share > 0.8 ? 'bad' : 'good',
    ],
    [
      backupHours === undefined ? 'none' : span(Math.max(0, Math.round(backupHours * 3600))),
      backupHours === undefined ? 'no backup yet' : 'since the last backup',
      backupHours === undefined || backupHours > 26 ? 'warn' : 'good',
    ],
  ];
  return (
    <section aria-label="At a glance" className="needs">
      {cards.map(([figure, what, tone]) => (
        <div key={what} className={`need state-${tone}`}>
          <span className="need-count">
            <Shape tone={tone} />
            {figure}
          </span>
          <span>{what}</span>
        </div>
      ))}
    </section>
  );
}
