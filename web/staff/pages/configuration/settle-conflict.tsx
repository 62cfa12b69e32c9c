import { Button, Radio } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Refused } from '../../api.ts';
import { Message } from '../../parts/message.tsx';
import { Awaited } from '../../parts/notes.tsx';
import { Window } from '../../parts/window.tsx';
import { counted } from '../../say.ts';
import type { Change } from './change-store.ts';
import { type ConfigurationAnswer, checkSections, configurationQuery, type Sections } from './configuration-data.ts';
import { labelOf } from './describe-field.ts';
import { shownValue } from './difference-table.tsx';
import { screenName } from './section-screens.ts';
import { type Choice, choicesOf, settled, type ToldConflict } from './settle.ts';

/** What the server told when a section was saved by someone else meanwhile; undefined for any other cause. */
export function conflictOf(cause: unknown): { currentVersion: number; conflicts: readonly ToldConflict[] } | undefined {
  if (!(cause instanceof Refused) || cause.code !== 'configuration-conflict') return undefined;
  const { currentVersion, conflicts } = cause.details;
  return {
    currentVersion: Number(currentVersion),
    conflicts: Array.isArray(conflicts) ? (conflicts as ToldConflict[]) : [],
  };
}

interface Props {
  readonly bid: number;
  readonly change: Change;
  readonly onClose: () => void;
  readonly onSettled: (newer: ConfigurationAnswer, sections: Sections) => void;
}

/** Two people changed the same section: both values of each field, and the choice. Nothing of either is lost meanwhile. */
export function SettleConflict(props: Props) {
  const { bid, change } = props;
  const newer = useQuery({
    queryKey: ['configuration', bid, 'conflict', change.version, change.sections],
    gcTime: 0,
    staleTime: 0,
    queryFn: async () => {
      const [answer, refusal] = await Promise.all([
        configurationQuery(bid).queryFn(),
        checkSections(bid, change.version, change.sections).then(
          () => undefined,
          (cause: unknown) => cause,
        ),
      ]);
      return { answer, conflicts: conflictOf(refusal)?.conflicts ?? [] };
    },
  });
  return (
    <Window onClose={props.onClose} title="Someone changed the same section meanwhile" size="xl">
      <Awaited of={newer} what="both values">
        {({ answer, conflicts }) => <Choices {...props} newer={answer} choices={choicesOf(conflicts)} />}
      </Awaited>
    </Window>
  );
}

function Choices({
  change,
  newer,
  choices,
  onClose,
  onSettled,
}: Props & { newer: ConfigurationAnswer; choices: readonly Choice[] }) {
  const [taken, setTaken] = useState<Readonly<Record<string, 'mine' | 'theirs'>>>({});
  const sideOf = (choice: Choice) => taken[choice.path] ?? choice.byItself;
  const open = choices.filter((choice) => sideOf(choice) === undefined).length;
  return (
    <div className="ask">
      <Message
        tone="warn"
        role="alert"
        title={`You began at version ${change.version}; version ${newer.version} is in force`}
      >
        Choose the value of each field. Where only one of you changed a field, that change is chosen already.
      </Message>
      {choices.map((choice) => (
        <Radio.Group
          key={choice.path}
          label={`${screenName(choice.section)}: ${labelOf(choice.path)}`}
          value={sideOf(choice) ?? ''}
          onChange={(side) => setTaken({ ...taken, [choice.path]: side as 'mine' })}
        >
          <Radio value="mine" mt={6} label={`Yours: ${shownValue(choice.path, choice.mine)}`} />
          <Radio value="theirs" mt={6} label={`Theirs: ${shownValue(choice.path, choice.theirs)}`} />
        </Radio.Group>
      ))}
      <div className="acts">
        <Button variant="default" onClick={onClose}>
          Back to the form
        </Button>
        <Button
          disabled={open > 0}
          onClick={() =>
            onSettled(
              newer,
              settled({
                change,
                newer: newer.configuration,
                choices: choices.map((choice) => ({ ...choice, byItself: sideOf(choice) })),
              }),
            )
          }
        >
          {open > 0 ? `${counted(open, 'choice')} to make` : 'Go on with these values'}
        </Button>
      </div>
    </div>
  );
}
