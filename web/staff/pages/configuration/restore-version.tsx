import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { Awaited, Empty } from '../../parts/notes.tsx';
import { queryClient } from '../../query-client.ts';
import { counted } from '../../say.ts';
import type { Difference, SectionName } from './configuration-data.ts';
import { DifferenceTable } from './difference-table.tsx';
import { screenName } from './section-screens.ts';

interface Props {
  readonly bid: number;
  readonly version: number;
  readonly newest: number;
  readonly onClose: () => void;
}

/** Puts an earlier version in force again, whole or the screens chosen: first what that changes, then why, then it is done. */
export function RestoreVersion({ bid, version, newest, onClose }: Props) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const plan = useQuery({
    queryKey: ['configuration', bid, 'diff', newest, version],
    queryFn: () =>
      told(
        api.GET('/api/v1/billers/{bid}/configuration/diff', {
          params: { path: { bid }, query: { from: newest, to: version } },
        }),
      ),
  });
  const items: readonly Difference[] = plan.data?.items ?? [];
  const sections = [...new Set(items.map((item) => item.section))];
  const chosen = sections.filter((section) => !left.has(section));
  return (
    <Ask
      isOpen
      onClose={onClose}
      title={`Put version ${version} in force again`}
      confirm={
        chosen.length === sections.length
          ? `Restore version ${version}`
          : `Restore ${counted(chosen.length, 'screen')} of version ${version}`
      }
      isReady={chosen.length > 0}
      what={
        <Awaited of={plan} what="what it changes">
          {() =>
            items.length === 0 ? (
              <Empty>Version {version} says the same as what is in force. There is nothing to restore.</Empty>
            ) : (
              <div className="ask">
                <p>
                  It becomes version {newest + 1}; nothing of the history is lost. Secrets come back with the addresses
                  they were set beside.
                </p>
                <ScreensChosen sections={sections} left={left} onChange={setLeft} />
                <DifferenceTable
                  items={items.filter((item) => chosen.includes(item.section))}
                  label="What the restore changes"
                />
              </div>
            )
          }
        </Awaited>
      }
      act={async (reason) => {
        await told(
          api.POST('/api/v1/billers/{bid}/configuration/restore', {
            params: { path: { bid } },
            body: {
              version,
              expectedVersion: newest,
              reason,
              ...(chosen.length < sections.length && { sections: chosen }),
            },
          }),
        );
        await queryClient.invalidateQueries({ queryKey: ['configuration', bid] });
        await queryClient.invalidateQueries({ queryKey: ['biller', bid] });
      }}
    />
  );
}

function ScreensChosen({
  sections,
  left,
  onChange,
}: {
  sections: readonly SectionName[];
  left: ReadonlySet<string>;
  onChange: (left: ReadonlySet<string>) => void;
}) {
  if (sections.length < 2) return null;
  return (
    <Checkbox.Group
      label="Screens to restore"
      value={sections.filter((section) => !left.has(section))}
      onChange={(chosen) => onChange(new Set(sections.filter((section) => !chosen.includes(section))))}
    >
      <div className="config-several">
        {sections.map((section) => (
          <Checkbox key={section} value={section} label={screenName(section)} />
        ))}
      </div>
    </Checkbox.Group>
  );
}
