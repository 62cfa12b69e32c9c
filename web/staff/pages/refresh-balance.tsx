import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, told } from '../api.ts';
import { Icon } from '../parts/icons.tsx';
import { Message } from '../parts/message.tsx';
import { Failure } from '../parts/notes.tsx';
import { Moment, Money, To } from '../parts/show.tsx';
import { useSettingAddress } from '../parts/use-biller.ts';
import { queryClient } from '../query-client.ts';
import { useMay } from '../session.ts';

/** Data Refresh: asks the partner for one account's balance now, and says what came of it. */
export function useRefresh(bid: number, accountNumber: string) {
  return useMutation({
    mutationFn: () =>
      told(
        api.POST('/api/v1/billers/{bid}/accounts/{accountNumber}/refresh', {
          params: { path: { bid, accountNumber } },
        }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['account', bid, accountNumber] }),
  });
}

export function RefreshButton({ refresh, variant }: { refresh: ReturnType<typeof useRefresh>; variant?: string }) {
  const may = useMay();
  if (!may('balances:refresh')) return null;
  return (
    <Button
      variant={variant ?? 'filled'}
      leftSection={<Icon name="refresh" />}
      loading={refresh.isPending}
      onClick={() => refresh.mutate()}
    >
      Data Refresh
    </Button>
  );
}

/** The outcome: the new balance, or why not and which settings to look at. */
export function RefreshOutcome({ refresh }: { refresh: ReturnType<typeof useRefresh> }) {
  const settingAddress = useSettingAddress();
  if (refresh.error) return <Failure cause={refresh.error} />;
  const reply = refresh.data;
  if (!reply) return null;
  if (reply.outcome === 'fresh' || reply.outcome === 'kept') {
    return (
      <Message
        tone="good"
        role="status"
        title={reply.outcome === 'fresh' ? 'The partner answered' : 'Young enough: not asked again'}
      >
        Due now: <Money cents={reply.balance?.currentDueCents} />, as of <Moment at={reply.balance?.asOf} />.
      </Message>
    );
  }
  if (reply.outcome === 'off') {
    return (
      <Message tone="warn" role="status" title="Real Time Data Refresh is off for this biller">
        The balance is that of the invoices. It is turned on under CRM › Invoicing › Advanced Configuration.
      </Message>
    );
  }
  const settings = reply.settings ?? [];
  return (
    <Message tone="bad" role="alert" title={reply.sentence ?? 'The balance could not be refreshed.'}>
      {reply.balance ? (
        <p>
          The last balance is kept: <Money cents={reply.balance.currentDueCents} /> of{' '}
          <Moment at={reply.balance.asOf} />.
        </p>
      ) : (
        <p>There is no earlier balance.</p>
      )}
      {settings.length > 0 && (
        <p>
          Look at{' '}
          {settings.map((number, at) => (
            <span key={number}>
              {at > 0 && ', '}
              <To href={settingAddress(number) ?? ''}>Advanced Setting {number}</To>
            </span>
          ))}
          .
        </p>
      )}
    </Message>
  );
}
