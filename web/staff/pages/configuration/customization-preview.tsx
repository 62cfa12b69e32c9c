import { Button, NativeSelect } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { paths } from '../../../api/schema.d.ts';
import { api, told } from '../../api.ts';
import { DropFile } from '../../parts/drop-file.tsx';
import { Message } from '../../parts/message.tsx';
import { Failure } from '../../parts/notes.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { Part } from '../../parts/show.tsx';
import { counted, day, size, when } from '../../say.ts';
import { type Form, useForm } from './form.ts';

const FILES_SHOWN_MAX = 20;
const INVOICES_SHOWN = 10;
type Preview =
  paths['/api/v1/billers/{bid}/customizations/preview']['post']['responses'][200]['content']['application/json'];
type Integration = Form['draft']['integration'];
type Source = { readonly fileId: string } | { readonly file: File };

/** What the rules on this screen, saved or not, make of a real file. */
export function CustomizationPreview() {
  const { bid, draft } = useForm();
  const [fileId, setFileId] = useState('');
  const files = useQuery({
    queryKey: ['invoice-files', bid, 'to-try'],
    queryFn: () =>
      told(
        api.GET('/api/v1/billers/{bid}/invoice-files', {
          params: { path: { bid }, query: { limit: FILES_SHOWN_MAX } },
        }),
      ),
  });
  const trial = useMutation({ mutationFn: (source: Source) => preview(bid, draft.integration, source) });
  const chosen = fileId || (files.data?.items[0]?.id ?? '');
  return (
    <Part title="Preview on a real file">
      <p className="soft">The rules and the layout as they stand on this screen now. Nothing is stored or sent.</p>
      <DropFile
        label="A file to try"
        inputLabel="A Biller Invoice File to try"
        accept=".bif,.txt,text/plain"
        onFile={(file) => trial.mutate({ file })}
      >
        {(choose) => (
          <div className="acts">
            {files.data && files.data.items.length > 0 && (
              <>
                <NativeSelect
                  aria-label="An uploaded file"
                  value={chosen}
                  onChange={(event) => setFileId(event.currentTarget.value)}
                  data={files.data.items.map((file) => ({
                    value: file.id,
                    label: `${file.name} · ${when(file.receivedAt)}`,
                  }))}
                />
                <Button loading={trial.isPending} onClick={() => trial.mutate({ fileId: chosen })}>
                  Try this file
                </Button>
              </>
            )}
            <Button variant="default" disabled={trial.isPending} onClick={choose}>
              Try a file from here
            </Button>
            <span className="soft">or drop a .bif</span>
          </div>
        )}
      </DropFile>
      {trial.error && <Failure cause={trial.error} />}
      {trial.data && <Outcome {...trial.data} />}
    </Part>
  );
}

async function preview(
  bid: number,
  { layout, customizations }: Integration,
  source: Source,
): Promise<Preview & { name: string }> {
  const path = '/api/v1/billers/{bid}/customizations/preview';
  const params = { path: { bid }, query: { count: INVOICES_SHOWN } };
  if ('fileId' in source) {
    const body = { fileId: source.fileId, layout, customizations, count: INVOICES_SHOWN };
    return { ...(await told(api.POST(path, { params, body: body as never }))), name: 'the file' };
  }
  const form = new FormData();
  // The draft first: the server reads the form as it comes.
  form.set('draft', JSON.stringify({ layout, customizations }));
  form.set('file', source.file);
  const answer = await told(api.POST(path, { params, body: form as never, bodySerializer: (body) => body as never }));
  return { ...answer, name: `${source.file.name} (${size(source.file.size)})` };
}

function Outcome({ name, invoices, invoiceCount, isWhole, features, faults, faultCount }: Preview & { name: string }) {
  const acting = features.filter(
    (each) => each.changed > 0 || (each.set > 0 && !['in BIF', 'N/A'].includes(each.rule)),
  );
  return (
    <div className="bif-outcome" role="status">
      <Message
        tone={invoiceCount === 0 ? 'bad' : faultCount > 0 ? 'warn' : 'good'}
        title={`${counted(invoiceCount, 'invoice')} of ${name} ${invoiceCount === 1 ? 'was' : 'were'} read${isWhole ? '' : '; the file is so large that the rest was left out'}`}
      >
        {faultCount > 0 && (
          <>
            <p>{counted(faultCount, 'fault')}; a load would refuse what they are in.</p>
            <ul className="faults">
              {faults.slice(0, 5).map((fault) => (
                <li key={`${fault.line} ${fault.message}`}>
                  {fault.line > 0 && `Line ${fault.line}: `}
                  {fault.message}
                </li>
              ))}
            </ul>
          </>
        )}
      </Message>
      {invoiceCount > 0 && (
        <>
          <h3>Over the whole file</h3>
          {acting.length === 0 ? (
            <p>No rule changes anything: every field stays as the file has it.</p>
          ) : (
            <Counts features={acting} total={invoiceCount} />
          )}
          <h3>{invoices.length === 1 ? 'The invoice' : `The first ${invoices.length} invoices`}</h3>
          <FirstInvoices invoices={invoices} />
        </>
      )}
    </div>
  );
}

function Counts({ features, total }: { features: Preview['features']; total: number }) {
  return (
    <Scroll label="What each rule does over the whole file">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Rule</th>
            <th scope="col">Dates</th>
            <th scope="col" className="right">
              Changed
            </th>
            <th scope="col" className="right">
              Has it afterwards
            </th>
            <th scope="col" className="right">
              In the file
            </th>
          </tr>
        </thead>
        <tbody>
          {features.map((each) => (
            <tr key={each.feature}>
              <th scope="row">{each.feature}</th>
              <td>{each.rule}</td>
              <td className="nowrap">{rangeOf(each.least, each.most)}</td>
              <td className="right figure">{each.changed.toLocaleString('en-US')}</td>
              <td className="right figure">{each.set === total ? 'all' : each.set.toLocaleString('en-US')}</td>
              <td className="right figure">{each.sent.toLocaleString('en-US')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function rangeOf(least: string | null, most: string | null): string {
  if (least === null || most === null) return '–';
  return least === most ? day(least) : `${day(least)} to ${day(most)}`;
}

function FirstInvoices({ invoices }: { invoices: Preview['invoices'] }) {
  return (
    <Scroll label="The first invoices, before and after">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Invoice</th>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {invoices.flatMap((invoice) =>
            (invoice.changes.length > 0 ? invoice.changes : [undefined]).map((change, n) => (
              <tr key={`${invoice.line} ${change?.feature ?? ''}`}>
                <td className="nowrap">{n === 0 && `${invoice.invoiceNumber} (line ${invoice.line})`}</td>
                {change ? (
                  <>
                    <td>{change.feature}</td>
                    <td>{shown(change.feature, change.before)}</td>
                    <td>{shown(change.feature, change.after)}</td>
                  </>
                ) : (
                  <td colSpan={3} className="soft">
                    nothing changes
                  </td>
                )}
              </tr>
            )),
          )}
        </tbody>
      </table>
    </Scroll>
  );
}

function shown(feature: string, value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number')
    return feature.endsWith('Fee') || feature === 'MinimumAmountDue' ? `$${(value / 100).toFixed(2)}` : String(value);
  const text = String(value);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? day(text) : text;
}
