import type { ReactNode } from 'react';
import { Shape, type Tone } from './state-mark.tsx';

/** Something to be told: a shape, a line, and more below it. `alert` is read out at once, `status` when there is time. */
export function Message({
  tone,
  title,
  role,
  children,
}: {
  tone: Tone;
  title: ReactNode;
  role?: 'alert' | 'status';
  children?: ReactNode;
}) {
  return (
    <div className={`message state-${tone}`} role={role}>
      <Shape tone={tone} />
      <div className="message-words">
        <strong>{title}</strong>
        {children}
      </div>
    </div>
  );
}
