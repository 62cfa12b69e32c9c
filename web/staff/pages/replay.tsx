import { useQuery } from '@tanstack/react-query';
import { api, type Reply, told } from '../api.ts';
import { Ask } from '../parts/ask.tsx';
import { Awaited } from '../parts/notes.tsx';
import { sayDone } from '../parts/say-done.ts';
import { Scroll } from '../parts/scroll.tsx';
import { Money } from '../parts/show.tsx';
import { queryClient } from '../query-client.ts';
import { counted, money, words } from '../say.ts';

const DRY_RUN_REASON = 'dry run: to see what would be sent';

type Kind = Reply<'/api/v1/billers/{bid}/deliveries/{id}'>['kind'];
type HeldKind = NonNullable<Reply<'/api/v1/billers/{bid}/deliveries/{id}'>['heldKind']>;
export interface ReplayFilter {
  ids?: number[];
  laneId?: string;
  kind?: Kind;
  accountNumber?: string;
  heldKind?: HeldKind;
}

/** Says what a replay would send, before it is asked for: only what was proven not applied. */
export function Replay({ bid, filter, onClose }: { bid: number; filter: ReplayFilter; onClose: () => void }) {
  const call = (body: { dryRun: boolean; reason: string; expectedCount?: number }) =>
    told(api.POST('/api/v1/billers/{bid}/deliveries/replay', { params: { path: { bid } }, body: { ...body, filter } }));
  const plan = useQuery({
    queryKey: ['replay', bid, filter],
    gcTime: 0,
    queryFn: () => call({ dryRun: true, reason: DRY_RUN_REASON }),
  });
  const count = plan.data?.willSend.length ?? 0;
  return (
    <Ask
      isOpen
      onClose={onClose}
      title="Replay"
      confirm={count > 0 ? `Send ${counted(count, 'delivery', 'deliveries')} again` : 'Send again'}
      isReady={count > 0}
      what={
        <Awaited of={plan} what="what would be sent">
          {({ willSend, totalCents, needPeople }) => (
            <>
              {willSend.length === 0 ? (
                <p>Nothing of this set can be sent again in bulk.</p>
              ) : (
                <p>
                  {counted(willSend.length, 'delivery', 'deliveries')} ({money(totalCents)}) will be sent, each to where
                  it was to go when it was recorded. It is proven that none of them was applied.
                </p>
              )}
              {needPeople > 0 && (
                <p className="caution">
                  {counted(needPeople, 'delivery', 'deliveries')} of the set may have been applied already. They are not
                  part of it: each is decided by a person, under Held payments.
                </p>
              )}
              {willSend.length > 0 && <WillSend items={willSend} />}
            </>
          )}
        </Awaited>
      }
      act={async (reason) => {
        await call({ dryRun: false, reason, expectedCount: count });
        await queryClient.invalidateQueries({ queryKey: ['deliveries', bid] });
        await queryClient.invalidateQueries({ queryKey: ['lanes', bid] });
        void sayDone(`${counted(count, 'delivery', 'deliveries')} will be sent again.`);
      }}
    />
  );
}

interface Line {
  readonly id: number;
  readonly kind: string;
  readonly accountNumber: string;
  readonly transactionId: string | null;
  readonly amountCents: number | null;
  readonly url: string;
}

function WillSend({ items }: { items: readonly Line[] }) {
  return (
    <Scroll label="What will be sent" isLow>
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Delivery</th>
            <th scope="col">What</th>
            <th scope="col">Account</th>
            <th scope="col" className="right">
              Amount
            </th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {items.map((line) => (
            <tr key={line.id}>
              <td>{line.id}</td>
              <td>{words(line.kind)}</td>
              <td>{line.accountNumber}</td>
              <td className="right">
                <Money cents={line.amountCents} />
              </td>
              <td>
                <code>{line.url}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
