import type { ReactNode } from 'react';
import { addresses } from '../addresses.ts';
import type { Item } from '../api.ts';
import { Moment, To } from '../parts/show.tsx';
import { Shape } from '../parts/state-mark.tsx';
import { words } from '../say.ts';
import { explainReason } from './delivery-reason.tsx';

export type WorkItem = Item<'/api/v1/work-items'>;

/** Where the thing an item is about can be seen; the detail says what it is. */
export function workItemAddress(item: WorkItem): string | undefined {
  const { bid, detail } = item;
  const [, what, id = ''] =
    /^(delivery|payment|day|lane|invoice-file|maintenance-window)\/(.+)$/.exec(item.subject) ?? [];
  if (what === 'delivery') return addresses.heldOne(bid, id);
  if (what === 'payment') return addresses.payment(bid, id);
  if (what === 'day') return `${addresses.reconciliation(bid)}?day=${id}`;
  if (what === 'lane') return addresses.lanes(bid);
  if (what === 'maintenance-window') return addresses.maintenanceWindow(bid, id);
  if (what === 'invoice-file') return addresses.invoiceFile(bid, id);
  if (typeof detail.deliveryId === 'number') return addresses.heldOne(bid, detail.deliveryId);
  if (typeof detail.paymentId === 'number') return addresses.payment(bid, detail.paymentId);
  if (typeof detail.fileId === 'string') return addresses.invoiceFile(bid, detail.fileId);
  if (typeof detail.day === 'string') return `${addresses.reconciliation(bid)}?day=${detail.day}`;
  if (typeof detail.accountNumber === 'string') return addresses.account(bid, detail.accountNumber);
  return /^lane/.test(item.kind) ? addresses.lanes(bid) : undefined;
}

export function WorkItemRow({
  item,
  address,
  acts,
}: {
  item: WorkItem;
  address: string | undefined;
  acts?: ReactNode;
}) {
  const tone = item.closedAt ? 'off' : 'warn';
  const number = /^(?:delivery|payment)\/(\d+)$/.exec(item.subject)?.[1];
  const title = `${words(item.kind)}${number ? ` (${number})` : ''}`;
  return (
    <li className={`state-${tone}`}>
      <Shape tone={tone} />
      <div className="timeline-words">
        <div className="part-head">
          <div className="timeline-title">{address ? <To href={address}>{title}</To> : title}</div>
          {acts}
        </div>
        <div className="sentence">{explainReason(item.sentence).sentence}</div>
        <div className="fine">
          {item.billerName} · <Moment at={item.openedAt} isAgo />
          {item.closedAt && (
            <>
              {' '}
              · closed <Moment at={item.closedAt} /> by {item.closedBy}
            </>
          )}
        </div>
      </div>
    </li>
  );
}
