import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { api, type Item, told } from '../../api.ts';
import { Awaited, Empty } from '../../parts/notes.tsx';
import { Part } from '../../parts/show.tsx';
import type { Tone } from '../../parts/state-mark.tsx';
import { Timeline } from '../../parts/timeline.tsx';
import { counted, words } from '../../say.ts';
import { roleWord } from './right-words.ts';

type Event = Item<'/api/v1/staff-users/{id}/history'>;

const PAGE_ROWS = 30;

const ACTS: Readonly<Record<string, readonly [string, Tone]>> = {
  'sign-in': ['Signed in', 'good'],
  'sign-in.failed': ['A sign-in failed', 'warn'],
  'sign-out': ['Signed out', 'off'],
  'session.proven': ['Showed again who they are', 'good'],
  'session.proof-failed': ['Could not show who they are', 'warn'],
  'session.revoked': ['Sessions ended', 'warn'],
  'staff.created': ['User made', 'good'],
  'staff.invited': ['Invited again', 'wait'],
  'staff.changed': ['Name or roles changed', 'busy'],
  'staff.password-set': ['Password set by invitation', 'good'],
  'staff.password-changed': ['Password changed', 'good'],
  'staff.password-reset': ['Password renewed by email', 'warn'],
  'staff.mail-refused': ['An email could not be delivered', 'bad'],
  'factor.totp-added': ['Authenticator app set up', 'good'],
  'factor.totp-removed': ['Authenticator app removed', 'warn'],
  'factor.passkey-added': ['Passkey added', 'good'],
  'factor.passkey-removed': ['Passkey removed', 'warn'],
  'factor.recovery-codes-renewed': ['New recovery codes made', 'busy'],
  'factor.reset': ['Second factors reset', 'warn'],
  'sign-on.linked': ['Linked to the sign-on provider', 'good'],
  'sign-on.unlinked': ['Link to the sign-on provider cut', 'warn'],
  'staff.disabled': ['Disabled', 'bad'],
  'staff.enabled': ['Enabled', 'good'],
};

/** What is on record about a user, newest first. */
export function UserHistory({ id }: { id: string }) {
  const history = useInfiniteQuery({
    queryKey: ['user', id, 'history'],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      told(
        api.GET('/api/v1/staff-users/{id}/history', {
          params: { path: { id }, query: { limit: PAGE_ROWS, ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  return (
    <Part title="On record">
      <Awaited of={history} what="the record">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <Empty>Nothing is on record yet.</Empty>;
          return (
            <>
              <Timeline
                items={items.map((event) => ({
                  key: String(event.seq),
                  at: event.at,
                  tone: ACTS[event.act]?.[1] ?? 'busy',
                  title: ACTS[event.act]?.[0] ?? words(event.act.replaceAll('.', ' ')),
                  by: event.actor,
                  more: detailWords(event),
                }))}
              />
              {history.hasNextPage && (
                <div>
                  <Button
                    variant="default"
                    loading={history.isFetchingNextPage}
                    onClick={() => void history.fetchNextPage()}
                  >
                    Show older ones
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Awaited>
    </Part>
  );
}

function detailWords({ detail, reason }: Event): string {
  const list = (value: unknown): string => (Array.isArray(value) ? value.map(String).map(roleWord).join(', ') : '');
  return [
    reason && `“${reason}”`,
    typeof detail.by === 'string' && `by ${detail.by.split(', ').map(words).join(', ').toLowerCase()}`,
    typeof detail.name === 'string' && detail.name,
    list(detail.rolesBefore) && `${list(detail.rolesBefore)} → ${list(detail.roles)}`,
    !detail.rolesBefore && list(detail.roles),
    typeof detail.sessionsEnded === 'number' && detail.sessionsEnded > 0
      ? `${counted(detail.sessionsEnded, 'session')} ended`
      : '',
    typeof detail.address === 'string' && `from ${detail.address}`,
    typeof detail.why === 'string' && detail.why,
  ]
    .filter(Boolean)
    .join(' · ');
}
