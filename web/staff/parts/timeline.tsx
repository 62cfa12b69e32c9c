import type { ReactNode } from 'react';
import { Moment } from './show.tsx';
import { Shape, type Tone } from './state-mark.tsx';

export interface Happening {
  readonly key: string;
  readonly at: string;
  readonly tone: Tone;
  readonly title: ReactNode;
  /** Who told or did it. */
  readonly by?: string | null;
  readonly more?: ReactNode;
}

/** What happened, newest first: who, what, when, why. */
export function Timeline({ items }: { items: readonly Happening[] }) {
  const sorted = items.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return (
    <ol className="timeline">
      {sorted.map((item) => (
        <li key={item.key} className={`state-${item.tone}`}>
          <Shape tone={item.tone} />
          <div className="timeline-words">
            <div className="timeline-title">{item.title}</div>
            {item.more && <div className="soft">{item.more}</div>}
            <div className="fine">
              <Moment at={item.at} />
              {item.by && ` · ${item.by}`}
            </div>
          </div>
        </li>
      ))}
    </ol>
  );
}
