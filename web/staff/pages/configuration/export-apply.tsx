import './configuration.css';
import { Button, CopyButton, Radio, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../../addresses.ts';
import { api, told } from '../../api.ts';
import { save } from '../../parts/csv.ts';
import { Failure } from '../../parts/notes.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Part } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { useMay } from '../../session.ts';
import { ApplyFile } from './apply-file.tsx';
import { ChooseSections } from './choose-sections.tsx';
import type { SectionName } from './configuration-data.ts';
import { SECTION_NAMES } from './section-screens.ts';

/** A configuration as a file for another installation, and one from there: compared, then applied as exactly the plan shown. */
export function ExportApply() {
  const bid = useBid();
  const may = useMay();
  return (
    <>
      <PageHead path={[['CRM', addresses.configuration(bid)]]} title="Export and apply" />
      <p className="sentence soft">
        Bring a configuration, or some of its screens, from the test installation to production: export it there, look
        here at what it would change, then apply exactly that.
      </p>
      <Export bid={bid} />
      {may('configuration:write') && (
        <>
          <Part title="Compare with a file, and apply it">
            <ApplyFile bid={bid} />
          </Part>
          <OwnKey />
        </>
      )}
    </>
  );
}

function Export({ bid }: { bid: number }) {
  const may = useMay();
  const [sections, setSections] = useState<readonly SectionName[]>(SECTION_NAMES);
  const [isSealed, setSealed] = useState(false);
  const [key, setKey] = useState('');
  const exporting = useMutation({
    mutationFn: async () => {
      const file = await told(
        api.POST('/api/v1/billers/{bid}/configuration/export', {
          params: { path: { bid } },
          body: {
            ...(sections.length < SECTION_NAMES.length && { sections: [...sections] }),
            ...(isSealed && { sealTo: key.trim() }),
          },
        }),
      );
      const text = `${JSON.stringify(file, null, 2)}\n`;
      save(`configuration-${bid}-version-${file.version}.json`, new Blob([text], { type: 'application/json' }));
    },
  });
  return (
    <Part title="Export">
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          exporting.mutate();
        }}
      >
        <ChooseSections label="Screens to export" of={SECTION_NAMES} chosen={sections} onChange={setSections} />
        <Radio.Group
          label="Secrets"
          value={isSealed ? 'sealed' : 'none'}
          onChange={(value) => setSealed(value === 'sealed')}
        >
          <div className="section-choice">
            <Radio value="none" label="Left out: the other installation keeps its own" />
            <Radio
              value="sealed"
              label="Sealed, so that only one other installation can open them"
              disabled={!may('secrets:write')}
            />
          </div>
        </Radio.Group>
        {isSealed && (
          <TextInput
            label="Public key of the other installation"
            description="Its own “Export and apply” screen shows it, and the command causeway keys show prints it there."
            placeholder="causeway-key:…"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            required
          />
        )}
        {exporting.error && <Failure cause={exporting.error} />}
        <div className="acts">
          <Button
            type="submit"
            variant="default"
            loading={exporting.isPending}
            disabled={sections.length === 0 || (isSealed && key.trim() === '')}
          >
            Download the file
          </Button>
        </div>
      </form>
    </Part>
  );
}

function OwnKey() {
  const own = useQuery({
    queryKey: ['installation-key'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => told(api.GET('/api/v1/installation-key')),
  });
  return (
    <Part title="This installation’s public key">
      <p className="sentence soft">
        Another installation seals secrets to it; only this one can open them then. It is no secret itself.
      </p>
      {own.error && <Failure cause={own.error} retry={() => void own.refetch()} />}
      {own.data && (
        <div className="acts">
          <code className="own-key">{own.data.publicKey}</code>
          <CopyButton value={own.data.publicKey}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </div>
      )}
    </Part>
  );
}
