import { Button, Checkbox } from '@mantine/core';
import type { SectionName } from './configuration-data.ts';
import { screenName } from './section-screens.ts';

/** Which screens of a configuration are meant. */
export function ChooseSections({
  label,
  of,
  chosen,
  onChange,
}: {
  label: string;
  of: readonly SectionName[];
  chosen: readonly SectionName[];
  onChange: (chosen: readonly SectionName[]) => void;
}) {
  const isAll = chosen.length === of.length;
  return (
    <Checkbox.Group
      label={label}
      value={[...chosen]}
      onChange={(names) => onChange(of.filter((name) => names.includes(name)))}
    >
      <div className="section-choice">
        {of.map((name) => (
          <Checkbox key={name} value={name} label={screenName(name)} />
        ))}
      </div>
      <Button variant="default" size="compact-sm" onClick={() => onChange(isAll ? [] : of)}>
        {isAll ? 'None of them' : 'All of them'}
      </Button>
    </Checkbox.Group>
  );
}
