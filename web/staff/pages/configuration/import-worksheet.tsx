import './configuration.css';
import { Button, NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { addresses } from '../../addresses.ts';
import { DropFile } from '../../parts/drop-file.tsx';
import { Message } from '../../parts/message.tsx';
import { Failure, Faults, Loading } from '../../parts/notes.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { Part, To } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { WhyForm } from '../../parts/why.tsx';
import { queryClient } from '../../query-client.ts';
import { counted, size } from '../../say.ts';
import { useMay } from '../../session.ts';
import { DifferenceTable } from './difference-table.tsx';
import {
  applyWorksheet,
  previewWorksheet,
  type System,
  type WorksheetAsked,
  type WorksheetPreview,
} from './worksheet-data.ts';
import { WorksheetRows } from './worksheet-rows.tsx';

const SYSTEM_WORDS: Readonly<Record<System, string>> = { uat: 'UAT (test)', production: 'Production' };

/** The partner’s implementation worksheet: looked at, asked about, and set as one version, so that nobody types it over. */
export function ImportWorksheet() {
  const bid = useBid();
  const may = useMay();
  const [asked, setAsked] = useState<WorksheetAsked>();
  const [trials, setTrials] = useState(0);
  return (
    <>
      <PageHead
        path={[
          ['CRM', addresses.configuration(bid)],
          ['Advanced Settings', addresses.advancedSettings(bid)],
        ]}
        title="Import worksheet"
      />
      <p className="sentence soft">
        The partner’s implementation worksheet (CSV or Excel .xlsx): its URL, usernames, private keys and passwords
        become the numbered settings. Secrets are shown as •••• from the first look on, and neither this browser nor a
        preview keeps anything of the file.
      </p>
      {may('secrets:write') && may('configuration:write') ? (
        <>
          <ChooseWorksheet
            asked={asked}
            onChoose={(file) => {
              setTrials(trials + 1);
              setAsked({ file, system: undefined, mapping: {} });
            }}
          />
          {asked && <Looked key={trials} bid={bid} trial={trials} asked={asked} onAsk={setAsked} />}
        </>
      ) : (
        <p className="caution" role="note">
          A worksheet is full of secrets: importing one needs the rights <code>configuration:write</code> and{' '}
          <code>secrets:write</code>.
        </p>
      )}
    </>
  );
}

function ChooseWorksheet({ asked, onChoose }: { asked: WorksheetAsked | undefined; onChoose: (file: File) => void }) {
  return (
    <DropFile label="The worksheet" inputLabel="A worksheet" accept=".csv,.xlsx,text/csv" onFile={onChoose}>
      {(choose) => (
        <div className="acts">
          <Button variant={asked ? 'default' : 'filled'} onClick={choose}>
            {asked ? 'Choose another' : 'Choose the worksheet'}
          </Button>
          <span className="soft">{asked ? `${asked.file.name} (${size(asked.file.size)})` : 'or drop it here'}</span>
        </div>
      )}
    </DropFile>
  );
}

interface LookedProps {
  readonly bid: number;
  readonly trial: number;
  readonly asked: WorksheetAsked;
  readonly onAsk: (asked: WorksheetAsked) => void;
}

function Looked({ bid, trial, asked, onAsk }: LookedProps) {
  const key = ['worksheet', bid, trial];
  const look = useQuery({
    queryKey: [...key, asked.system, asked.mapping],
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: () => previewWorksheet(bid, asked),
  });
  // What was read is forgotten with the page.
  useEffect(() => () => queryClient.removeQueries({ queryKey: ['worksheet', bid] }), [bid]);
  if (look.error) return <Failure cause={look.error} retry={() => void look.refetch()} />;
  if (!look.data) return <Loading what="what the worksheet would set" />;
  return (
    <>
      <Systems preview={look.data} asked={asked} onAsk={onAsk} />
      <Part title="What stands in it">
        <WorksheetRows
          preview={look.data}
          mapping={asked.mapping}
          onMap={(cell, target) => {
            const { [cell]: _before, ...others } = asked.mapping;
            onAsk({ ...asked, mapping: target === '' ? others : { ...others, [cell]: target } });
          }}
        />
      </Part>
      <Apply bid={bid} preview={look.data} asked={asked} isOld={look.isPlaceholderData} />
    </>
  );
}

function Systems({
  preview,
  asked,
  onAsk,
}: {
  preview: WorksheetPreview;
  asked: WorksheetAsked;
  onAsk: LookedProps['onAsk'];
}) {
  if (preview.systems.length < 2) return null;
  return (
    <Message tone="warn" title="The worksheet names both of the partner’s systems">
      <NativeSelect
        label="Whose values to take"
        value={asked.system ?? ''}
        onChange={(event) =>
          onAsk({ ...asked, system: (event.currentTarget.value || undefined) as System | undefined })
        }
        data={[
          { value: '', label: 'choose one' },
          ...preview.systems.map((system) => ({ value: system, label: SYSTEM_WORDS[system] })),
        ]}
      />
    </Message>
  );
}

function Apply({
  bid,
  preview,
  asked,
  isOld,
}: {
  bid: number;
  preview: WorksheetPreview;
  asked: WorksheetAsked;
  isOld: boolean;
}) {
  const navigate = useNavigate();
  const apply = async (reason: string) => {
    const saved = await applyWorksheet(bid, asked, preview.version, reason);
    await queryClient.invalidateQueries({ queryKey: ['configuration', bid] });
    await navigate({ to: addresses.advancedSettings(bid) });
    await sayDone(saved.isChanged ? `The worksheet is set: version ${saved.version}.` : 'Everything was so already.');
  };
  const told = (severity: 'error' | 'warning') =>
    preview.faults
      .filter((each) => each.severity === severity)
      .map((each) => ({ at: each.at, message: each.sentence }));
  const [errors, warnings] = [told('error'), told('warning')];
  const open = preview.rows.filter((row) => row.state === 'ask').length;
  const isReady = preview.isReady && !isOld && errors.length === 0 && preview.differences.length > 0;
  return (
    <Part title="What would change">
      {preview.differences.length === 0 ? (
        <p>Nothing: {open > 0 ? 'the values that are asked about come first.' : 'everything is so already.'}</p>
      ) : (
        <DifferenceTable items={preview.differences} label="What the worksheet would change" />
      )}
      {preview.clearedSecrets.length > 0 && (
        <Message tone="warn" title="Secrets are taken out">
          An endpoint leads to another host, so the secrets that go to it are cleared: settings{' '}
          {preview.clearedSecrets.join(', ')}.
        </Message>
      )}
      {open > 0 && (
        <p className="caution" role="status">
          {counted(open, 'value')} above {open === 1 ? 'is' : 'are'} still asked about.
        </p>
      )}
      {errors.length > 0 && (
        <Message tone="bad" role="alert" title="With this the configuration can’t work, so it can’t be set">
          <Faults faults={errors} />
        </Message>
      )}
      {warnings.length > 0 && (
        <Message tone="warn" title="It can be set; look at this first">
          <Faults faults={warnings} />
        </Message>
      )}
      <WhyForm
        isReady={isReady}
        confirm={`Set it as version ${preview.version + 1}`}
        aside={<To href={addresses.advancedSettings(bid)}>Back to Advanced Settings</To>}
        act={apply}
      />
    </Part>
  );
}
