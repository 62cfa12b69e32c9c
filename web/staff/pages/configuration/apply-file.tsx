import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { paths } from '../../../api/schema.d.ts';
import { api, told } from '../../api.ts';
import { Message } from '../../parts/message.tsx';
import { Failure, Faults, Loading } from '../../parts/notes.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { WhyForm } from '../../parts/why.tsx';
import { queryClient } from '../../query-client.ts';
import { counted, size } from '../../say.ts';
import { ChooseSections } from './choose-sections.tsx';
import type { SectionName } from './configuration-data.ts';
import { DifferenceTable } from './difference-table.tsx';
import { SECTION_NAMES } from './section-screens.ts';

const FILE_BYTES_MAX = 1_000_000;

type Body = paths['/api/v1/billers/{bid}/configuration/plan']['post']['requestBody']['content']['application/json'];
type Plan = paths['/api/v1/billers/{bid}/configuration/plan']['post']['responses'][200]['content']['application/json'];

interface Chosen {
  /** Tells one choosing from the next: the file itself is no part of a query's name. */
  readonly trial: number;
  readonly name: string;
  readonly bytes: number;
  readonly file: Body['file'];
  readonly holds: readonly SectionName[];
  readonly sections: readonly SectionName[];
}

/** A file from another installation: chosen, looked at as a plan, applied as exactly that plan. */
export function ApplyFile({ bid }: { bid: number }) {
  const [chosen, setChosen] = useState<Chosen>();
  const [fault, setFault] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined) => {
    if (!file) return;
    const read = await readFile(file);
    setFault(typeof read === 'string' ? read : undefined);
    setChosen(typeof read === 'string' ? undefined : { ...read, trial: (chosen?.trial ?? 0) + 1 });
  };
  return (
    <>
      <div className="acts">
        <Button variant={chosen ? 'default' : 'filled'} onClick={() => input.current?.click()}>
          {chosen ? 'Choose another file' : 'Choose a file'}
        </Button>
        <span className="soft">
          {chosen
            ? `${chosen.name} (${size(chosen.bytes)})`
            : 'a configuration exported elsewhere; nothing changes yet'}
        </span>
      </div>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="A configuration file"
        onChange={(event) => {
          void take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      {fault && <Message tone="bad" role="alert" title={fault} />}
      {chosen && (
        <>
          <ChooseSections
            label="Screens to take from it"
            of={chosen.holds}
            chosen={chosen.sections}
            onChange={(sections) => setChosen({ ...chosen, sections })}
          />
          {chosen.sections.length === 0 ? (
            <p className="caution">Choose at least one screen.</p>
          ) : (
            <Planned key={chosen.trial} bid={bid} chosen={chosen} onDone={() => setChosen(undefined)} />
          )}
        </>
      )}
    </>
  );
}

interface PlannedProps {
  readonly bid: number;
  readonly chosen: Chosen;
  readonly onDone: () => void;
}

function Planned({ bid, chosen, onDone }: PlannedProps) {
  const body = { file: chosen.file, sections: [...chosen.sections] };
  const plan = useQuery({
    queryKey: ['configuration-plan', bid, chosen.trial, chosen.sections],
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: () => told(api.POST('/api/v1/billers/{bid}/configuration/plan', { params: { path: { bid } }, body })),
  });
  useEffect(() => () => queryClient.removeQueries({ queryKey: ['configuration-plan', bid] }), [bid]);
  const apply = async ({ version, digest }: Plan, reason: string) => {
    const saved = await told(
      api.POST('/api/v1/billers/{bid}/configuration/apply', {
        params: { path: { bid } },
        body: { ...body, expectedVersion: version, digest, reason },
      }),
    );
    await queryClient.invalidateQueries({ queryKey: ['configuration', bid] });
    onDone();
    await sayDone(`Applied: version ${saved.version} is in force.`);
  };
  if (plan.error) return <Failure cause={plan.error} retry={() => void plan.refetch()} />;
  if (!plan.data) return <Loading what="what the file would change" />;
  return (
    <>
      <PlanShown plan={plan.data} />
      {plan.data.isWorking && plan.data.differences.length > 0 && (
        <WhyForm
          isReady={!plan.isPlaceholderData}
          confirm={`Apply exactly this as version ${plan.data.version + 1}`}
          act={(reason) => apply(plan.data, reason)}
          retry={() => void plan.refetch()}
        />
      )}
    </>
  );
}

function PlanShown({ plan }: { plan: Plan }) {
  const count = (isThere: (difference: Plan['differences'][number]) => boolean) =>
    plan.differences.filter(isThere).length;
  const told = (severity: 'error' | 'warning') =>
    plan.faults.filter((each) => each.severity === severity).map((each) => ({ at: each.at, message: each.sentence }));
  const [errors, warnings] = [told('error'), told('warning')];
  return (
    <>
      {plan.differences.length === 0 ? (
        <Message tone="good" role="status" title="Nothing would change: everything is so already." />
      ) : (
        <>
          <p>
            <strong>
              {count((each) => !('from' in each))} to add, {count((each) => 'from' in each && 'to' in each)} to change,{' '}
              {count((each) => !('to' in each))} to remove
            </strong>{' '}
            on version {plan.version}.
          </p>
          <DifferenceTable items={plan.differences} label="What the file would change" />
        </>
      )}
      {plan.broughtSecrets.length > 0 && (
        <p>
          {counted(plan.broughtSecrets.length, 'secret')} come sealed in the file: <Places of={plan.broughtSecrets} />
        </p>
      )}
      {plan.missingSecrets.length > 0 && (
        <Message tone="warn" title="Secrets to type afterwards">
          The file only names them, and this biller has none there: <Places of={plan.missingSecrets} />
        </Message>
      )}
      {plan.clearedSecrets.length > 0 && (
        <Message tone="warn" title="Secrets are taken out">
          An endpoint leads to another host, and the file brings no secret for it: settings{' '}
          {plan.clearedSecrets.join(', ')}. Set them afterwards.
        </Message>
      )}
      {errors.length > 0 && (
        <Message tone="bad" role="alert" title="With this the configuration can’t work, so it can’t be applied">
          <Faults faults={errors} />
        </Message>
      )}
      {warnings.length > 0 && (
        <Message tone="warn" title="It can be applied; look at this first">
          <Faults faults={warnings} />
        </Message>
      )}
    </>
  );
}

function Places({ of }: { of: readonly string[] }) {
  return (
    <>
      {of.map((place, at) => (
        <span key={place}>
          {at > 0 && ', '}
          <code>{place}</code>
        </span>
      ))}
    </>
  );
}

/** The file, or a sentence that says why it is none. */
async function readFile(file: File): Promise<Omit<Chosen, 'trial'> | string> {
  if (file.size > FILE_BYTES_MAX) return 'The file is larger than a configuration is.';
  try {
    const read: unknown = JSON.parse(await file.text());
    const isOurs = typeof read === 'object' && read !== null && 'causeway' in read && read.causeway === 'configuration';
    const sections = isOurs && 'sections' in read && typeof read.sections === 'object' ? (read.sections ?? {}) : {};
    const holds = SECTION_NAMES.filter((name) => name in sections);
    if (holds.length === 0) return 'That file is not an exported configuration.';
    return { name: file.name, bytes: file.size, file: read as Body['file'], holds, sections: holds };
  } catch {
    return 'That file is not an exported configuration.';
  }
}
