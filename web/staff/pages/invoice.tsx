import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { addresses, downloads } from '../addresses.ts';
import { api, type Reply, told } from '../api.ts';
import { Icon } from '../parts/icons.tsx';
import { Awaited, Empty } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Day, Facts, Moment, Money, Part, To } from '../parts/show.tsx';
import { useBid, usePart } from '../parts/use-biller.ts';
import { money } from '../say.ts';
import { RefreshButton, RefreshOutcome, useRefresh } from './refresh-balance.tsx';

type View = Reply<'/api/v1/billers/{bid}/invoices/{invoiceNumber}'>;

/** One invoice as it is presented, what the biller's customizations make of it, and what it said before. */
export function Invoice() {
  const bid = useBid();
  const invoiceNumber = usePart('invoiceNumber');
  const invoice = useQuery({
    queryKey: ['invoice', bid, invoiceNumber],
    queryFn: () =>
      told(api.GET('/api/v1/billers/{bid}/invoices/{invoiceNumber}', { params: { path: { bid, invoiceNumber } } })),
  });
  const refresh = useRefresh(bid, invoice.data?.accountNumber ?? '');
  return (
    <>
      <PageHead
        path={[['Search'], ['Invoices', addresses.invoices(bid)]]}
        title={`Invoice ${invoiceNumber}`}
        acts={
          invoice.data && (
            <>
              <RefreshButton refresh={refresh} variant="default" />
              <Button
                component="a"
                href={downloads.billPdf(bid, invoiceNumber)}
                target="_blank"
                rel="noreferrer"
                leftSection={<Icon name="file" />}
              >
                Bill (PDF)
              </Button>
            </>
          )
        }
      />
      <RefreshOutcome refresh={refresh} />
      <Awaited of={invoice} what="the invoice">
        {(view) => (
          <>
            <InvoiceFacts bid={bid} view={view} />
            <div className="pair">
              <Part title="Details">
                {view.details.length === 0 ? (
                  <Empty>The invoice has no detail lines.</Empty>
                ) : (
                  <Lines lines={view.details} label="Detail lines" />
                )}
              </Part>
              <Part title="What the biller’s customizations make of it">
                <Values values={{ ...view.extras, ...view.derived }} />
              </Part>
            </div>
            <Versions view={view} bid={bid} />
          </>
        )}
      </Awaited>
    </>
  );
}

function InvoiceFacts({ bid, view }: { bid: number; view: View }) {
  return (
    <Part title="Invoice">
      <Facts
        items={[
          [
            'Account',
            <To key="account" href={addresses.account(bid, view.accountNumber)}>
              {view.accountNumber}
            </To>,
          ],
          ['Total', <Money key="total" cents={view.totalCents} />],
          ['Invoice date', <Day key="date" iso={view.invoiceDate} />],
          ['Due', <Day key="due" iso={view.dueDate} />],
          ['Invoice type', view.invoiceTypeId],
          ['InvoiceFormatGuid', <code key="guid">{view.invoiceFormatGuid}</code>],
          ['Balance forward', view.balanceForward ? 'Yes: carries older open invoices forward' : 'No'],
          [
            'Carried by',
            view.carriedBy ? (
              <To key="carried" href={addresses.invoice(bid, view.carriedBy)}>
                {view.carriedBy}
              </To>
            ) : (
              '–'
            ),
          ],
          [
            'Came in',
            view.fileId ? (
              <To key="file" href={addresses.invoiceFile(bid, view.fileId)}>
                its file
              </To>
            ) : (
              'UploadInvoice'
            ),
          ],
          ['Made on', <Day key="made" iso={view.madeOn} />],
          ['Changed', <Moment key="changed" at={view.updatedAt} />],
        ]}
      />
    </Part>
  );
}

function Values({ values }: { values: Record<string, unknown> }) {
  const items = Object.entries(values).filter(([, value]) => value !== null && value !== '');
  if (items.length === 0) return <Empty>Nothing besides what stands above.</Empty>;
  return (
    <Facts
      items={items.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const)}
    />
  );
}

function Lines({ lines, label }: { lines: readonly Record<string, unknown>[]; label: string }) {
  const heads = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  return (
    <Scroll label={label}>
      <table className="rows">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={JSON.stringify(line)}>
              {heads.map((head) => (
                <td key={head}>{String(line[head] ?? '–')}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Versions({ view, bid }: { view: View; bid: number }) {
  return (
    <Part title="History">
      {view.earlierVersions.length === 0 ? (
        <Empty>This is its first version.</Empty>
      ) : (
        <Scroll label="Versions">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col" className="right">
                  Total
                </th>
                <th scope="col">Due</th>
                <th scope="col">From</th>
                <th scope="col">Until</th>
                <th scope="col">Came in</th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">{view.version} (now)</th>
                <td className="right figure">{money(view.totalCents)}</td>
                <td>
                  <Day iso={view.dueDate} />
                </td>
                <td>
                  <Moment at={view.updatedAt} />
                </td>
                <td>–</td>
                <td>{view.fileId ? <To href={addresses.invoiceFile(bid, view.fileId)}>file</To> : 'UploadInvoice'}</td>
              </tr>
              {view.earlierVersions.map((before) => (
                <tr key={before.version}>
                  <th scope="row">{before.version}</th>
                  <td className="right figure">{money(before.totalCents)}</td>
                  <td>
                    <Day iso={before.dueDate} />
                  </td>
                  <td>
                    <Moment at={before.writtenAt} />
                  </td>
                  <td>
                    <Moment at={before.replacedAt} />
                  </td>
                  <td>
                    {before.fileId ? <To href={addresses.invoiceFile(bid, before.fileId)}>file</To> : 'UploadInvoice'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Part>
  );
}
