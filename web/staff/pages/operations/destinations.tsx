import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { Icon } from '../../parts/icons.tsx';
import { Awaited, Empty, Failure } from '../../parts/notes.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { Facts, Moment, Part } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { queryClient } from '../../query-client.ts';
import { count } from '../../say.ts';
import { useMay } from '../../session.ts';
import { ToldOnce } from '../told-once.tsx';
import { AddDestination, ChangeDestination, RemoveDestination, RotateSecret } from './destination-acts.tsx';
import { MessagesPart } from './messages-part.tsx';
import { type Destination, destinationsQuery } from './operations-data.ts';
import { OperationsHead } from './operations-head.tsx';

type Act = { kind: 'add' } | { kind: 'change' | 'rotate' | 'remove'; of: Destination };

/** Where alerts go, and what became of each message. */
export function AlertDestinations() {
  const may = useMay();
  const destinations = useQuery(destinationsQuery);
  const [act, setAct] = useState<Act>();
  const [secret, setSecret] = useState<string>();
  const close = () => setAct(undefined);
  return (
    <>
      <OperationsHead
        title="Where alerts go"
        acts={
          may('operations:write') && (
            <Button leftSection={<Icon name="plus" />} onClick={() => setAct({ kind: 'add' })}>
              Add a destination
            </Button>
          )
        }
      />
      {secret && (
        <ToldOnce
          title="The webhook’s secret, told this once. The receiver verifies each alert with it."
          text={secret}
          onClose={() => setSecret(undefined)}
        />
      )}
      <Part title="Destinations">
        <Awaited of={destinations} what="the destinations">
          {({ items }) =>
            items.length === 0 ? (
              <Empty>
                Nobody is told yet: alerts are only shown here. Add an email address or a webhook, then send it a test.
              </Empty>
            ) : (
              <Destinations items={items} onAct={setAct} />
            )
          }
        </Awaited>
      </Part>
      <MessagesPart />
      {act?.kind === 'add' && <AddDestination onClose={close} onSecret={setSecret} />}
      {act?.kind === 'change' && <ChangeDestination of={act.of} onClose={close} />}
      {act?.kind === 'rotate' && <RotateSecret of={act.of} onClose={close} onSecret={setSecret} />}
      {act?.kind === 'remove' && <RemoveDestination of={act.of} onClose={close} />}
    </>
  );
}

function Destinations({ items, onAct }: { items: readonly Destination[]; onAct: (act: Act) => void }) {
  const [failure, setFailure] = useState<unknown>();
  const test = async (of: Destination) => {
    setFailure(undefined);
    try {
      await told(api.POST('/api/v1/operations/alert-destinations/{id}/test', { params: { path: { id: of.id } } }));
      await queryClient.invalidateQueries({ queryKey: ['operations'] });
      await sayDone(`A test is on its way to “${of.name}”. How it went is in the list of messages below.`);
    } catch (cause) {
      setFailure(cause);
    }
  };
  return (
    <>
      {failure !== undefined && <Failure cause={failure} />}
      <div>
        {items.map((one) => (
          <Row key={one.id} one={one} onAct={onAct} onTest={() => void test(one)} />
        ))}
      </div>
    </>
  );
}

function Row({ one, onAct, onTest }: { one: Destination; onAct: (act: Act) => void; onTest: () => void }) {
  const may = useMay();
  return (
    <section className="destination" aria-label={one.name}>
      <div className="part-head">
        <h3>
          {one.name} <span className="fine">{one.kind === 'email' ? 'Email' : 'Webhook'}</span>
        </h3>
        <StateMark state={one.isOn ? 'active' : 'off'} word={one.isOn ? 'On' : 'Off'} />
      </div>
      {one.offReason && <p className="caution">Switched off: {one.offReason}</p>}
      <Facts
        items={[
          ['Address', one.address],
          ['Hears of', one.bid === null ? 'everything' : (one.billerName ?? `biller ${one.bid}`)],
          ...(one.secret ? [['Secret', <SecretFacts key="secret" secret={one.secret} />] as const] : []),
          ['Last arrived', one.lastSentAt ? <Moment key="last" at={one.lastSentAt} /> : 'nothing yet'],
          ['Waiting', count(one.waiting)],
          ['Given up, 7 days', count(one.failed)],
        ]}
      />
      {may('operations:write') && (
        <div className="acts">
          <RowButton what="Send a test" of={one} isOff={!one.isOn} onClick={onTest} />
          <RowButton what="Change" of={one} onClick={() => onAct({ kind: 'change', of: one })} />
          {one.secret && <RowButton what="New secret" of={one} onClick={() => onAct({ kind: 'rotate', of: one })} />}
          <RowButton what="Remove" of={one} onClick={() => onAct({ kind: 'remove', of: one })} />
        </div>
      )}
    </section>
  );
}

function SecretFacts({ secret }: { secret: NonNullable<Destination['secret']> }) {
  return (
    <>
      <code>•••• {secret.fingerprint}</code>
      <div className="fine">
        set <Moment at={secret.setAt} />
      </div>
      {secret.previousUntil && (
        <div className="fine">
          {secret.previousFingerprint} signs too until <Moment at={secret.previousUntil} />
        </div>
      )}
    </>
  );
}

function RowButton({
  what,
  of,
  isOff,
  onClick,
}: {
  what: string;
  of: Destination;
  isOff?: boolean;
  onClick: () => void;
}) {
  return (
    <Button variant="default" size="xs" disabled={isOff ?? false} onClick={onClick} aria-label={`${what}: ${of.name}`}>
      {what}
    </Button>
  );
}
