import { Button } from '@mantine/core';
import type { Item } from '../../api.ts';
import { Empty } from '../../parts/notes.tsx';
import { Ago, Moment } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import './security.css';

export type StaffSession = Item<'/api/v1/sessions'>;

const PROOFS = { password: 'a password', totp: 'a code', passkey: 'a passkey', oidc: 'single sign-on' } as const;

/** Sessions in force: device, where from, since when, last seen, and the way to end each. */
export function SessionList({
  items,
  busyId,
  onEnd,
}: {
  items: readonly StaffSession[];
  busyId: string | undefined;
  onEnd: (session: StaffSession) => void;
}) {
  if (items.length === 0) return <Empty>No session is open.</Empty>;
  return (
    <ul className="sessions">
      {items.map((session) => (
        <li key={session.id}>
          <div>
            <strong>{session.device}</strong> {session.isThis && <StateMark state="active" word="This session" />}
            <div className="fine">
              {session.address ?? 'address unknown'} · since <Moment at={session.createdAt} /> · last seen{' '}
              <Ago at={session.lastSeenAt} /> · proven by {PROOFS[session.provenBy]} <Ago at={session.provenAt} />
            </div>
          </div>
          {!session.isThis && (
            <Button
              variant="default"
              size="compact-sm"
              loading={busyId === session.id}
              onClick={() => onEnd(session)}
              aria-label={`End it: the session ${session.device} from ${session.address ?? 'an unknown address'}`}
            >
              End it
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
