import { Button } from '@mantine/core';
import { Refused } from '../../../api.ts';
import { Message } from '../../../parts/message.tsx';
import { Scroll } from '../../../parts/scroll.tsx';
import { FIELDS } from './window-words.ts';

export interface ToldConflict {
  readonly currentVersion: number;
  readonly changedBy: string;
  readonly conflicts: readonly { readonly field: string; readonly theirs: string; readonly yours: string }[];
}

/** What the server told when somebody saved the window meanwhile; undefined for any other cause. */
export function conflictOf(cause: unknown): ToldConflict | undefined {
  if (!(cause instanceof Refused) || cause.code !== 'maintenance-window-conflict') return undefined;
  const { currentVersion, changedBy, conflicts } = cause.details;
  return {
    currentVersion: Number(currentVersion),
    changedBy: String(changedBy),
    conflicts: Array.isArray(conflicts) ? (conflicts as ToldConflict['conflicts']) : [],
  };
}

/** Both values of each field that differs; nothing of either is lost until one is chosen. */
export function WindowConflict({
  told,
  onMine,
  onTheirs,
}: {
  told: ToldConflict;
  onMine: () => void;
  onTheirs: () => void;
}) {
  return (
    <Message tone="warn" role="alert" title={`${told.changedBy} saved this window while you had it open`}>
      {told.conflicts.length === 0 ? (
        <p>What they saved is what you typed: go on from theirs.</p>
      ) : (
        <Scroll label="Both values">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Theirs, as saved</th>
                <th scope="col">Yours</th>
              </tr>
            </thead>
            <tbody>
              {told.conflicts.map((each) => (
                <tr key={each.field}>
                  <th scope="row">{FIELDS[each.field] ?? each.field}</th>
                  <td>{each.theirs}</td>
                  <td>{each.yours}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <div className="acts">
        <Button variant="default" onClick={onTheirs}>
          Take theirs
        </Button>
        <Button onClick={onMine}>Keep mine, to save over theirs</Button>
      </div>
    </Message>
  );
}
