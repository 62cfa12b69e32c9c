import { NativeSelect } from '@mantine/core';
import { Empty } from '../../parts/notes.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import type { WorksheetPreview, WorksheetRow } from './worksheet-data.ts';

const LEFT_OUT = '-';
const MARKS = {
  mapped: { tone: 'good', word: 'Will be set' },
  ask: { tone: 'warn', word: 'Say what it is' },
  'left-out': { tone: 'off', word: 'Left out' },
} as const;

interface Props {
  readonly preview: WorksheetPreview;
  readonly mapping: Readonly<Record<string, string>>;
  /** An empty target: as the server reads it. */
  readonly onMap: (cell: string, target: string) => void;
}

/** Every value of the worksheet and the setting it becomes; another can be chosen for each. Secrets are marks. */
export function WorksheetRows({ preview, mapping, onMap }: Props) {
  if (preview.rows.length === 0) return <Empty>There is no name with a value beside it in this worksheet.</Empty>;
  const labels = new Map(preview.targets.map(({ target, label }) => [target, label]));
  return (
    <Scroll label="Values of the worksheet">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Becomes</th>
            <th scope="col">Value</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((row) => (
            <tr key={row.cell}>
              <th scope="row">
                {row.name}
                <div className="fine nowrap">{row.cell}</div>
              </th>
              <td>
                <NativeSelect
                  aria-label={`What ${row.name} (${row.cell}) becomes`}
                  value={mapping[row.cell] ?? ''}
                  onChange={(event) => onMap(row.cell, event.currentTarget.value)}
                  data={choices(row, mapping[row.cell], preview.targets, labels)}
                />
              </td>
              <td className="wide">{row.shown}</td>
              <td className="wide">
                <StateMark state={row.state} tone={MARKS[row.state].tone} word={MARKS[row.state].word} />
                {row.why && <div className="fine">{row.why}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function choices(
  row: WorksheetRow,
  chosen: string | undefined,
  targets: WorksheetPreview['targets'],
  labels: ReadonlyMap<string, string>,
) {
  const worded = (list: readonly string[]) => list.map((target) => labels.get(target) ?? target).join(' and ');
  const read =
    row.state === 'mapped' && chosen === undefined
      ? worded(row.targets)
      : row.state === 'ask'
        ? 'choose what it is'
        : chosen === undefined
          ? 'left out'
          : 'as it is read';
  const both = row.suggestions.length > 1 ? [row.suggestions.join(',')] : [];
  const likely = [...both, ...row.suggestions];
  return [
    { value: '', label: read },
    { value: LEFT_OUT, label: 'leave it out' },
    ...likely.map((target) => ({ value: target, label: `likely: ${worded(target.split(','))}` })),
    ...targets.filter(({ target }) => !likely.includes(target)).map(({ target, label }) => ({ value: target, label })),
  ];
}
