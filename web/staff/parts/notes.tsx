import { Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { Refused } from '../api.ts';
import { screenName } from '../pages/configuration/section-screens.ts';
import { Message } from './message.tsx';
import { To } from './show.tsx';
import { useFieldAddress } from './use-biller.ts';

/** While something is fetched. Said to screen readers, and shown only after a moment (styles), so that pages do not flicker. */
export function Loading({ what }: { what: string }) {
  return (
    <div className="note" role="status">
      <Loader size="sm" aria-hidden="true" /> Loading {what} …
    </div>
  );
}

/** Nothing there: why, and what one can do. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="note">{children}</p>;
}

/** What went wrong, in the server's words, with each fault and the id under which it was recorded. */
export function Failure({ cause, retry }: { cause: unknown; retry?: () => void }) {
  const refused = cause instanceof Refused ? cause : undefined;
  // Asking again for what is not there, or not allowed, gets the same answer.
  const isFinal = refused !== undefined && refused.status < 500 && refused.status !== 429;
  if (refused && isMistyped(refused))
    return (
      <Message tone="bad" role="alert" title="There is nothing here under that name.">
        The address may be mistyped or cut off. Look for it with Ctrl K.
      </Message>
    );
  return (
    <Message tone="bad" role="alert" title={cause instanceof Error ? cause.message : String(cause)}>
      {refused && refused.faults.length > 0 && <Faults faults={refused.faults} />}
      {refused && refused.status >= 500 && <p className="fine">Recorded under {refused.requestId}</p>}
      {retry && !isFinal && (
        <Button variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Message>
  );
}

/** What stands in the page's own address can't be the name of anything, as a number with letters in it. */
const isMistyped = ({ status, faults }: Refused): boolean =>
  status === 400 && faults.length > 0 && faults.every((fault) => fault.at.startsWith('params.'));

/** Faults as a list; each leads to its field. */
export function Faults({
  faults,
  onFollow,
}: {
  faults: readonly { at: string; message: string }[];
  onFollow?: () => void;
}) {
  const addressOf = useFieldAddress();
  return (
    <ul className="faults">
      {faults.map((fault) => {
        const number = /^advancedSettings\.(\d+)/.exec(fault.at)?.[1];
        const address = addressOf(fault.at);
        return (
          <li key={`${fault.at} ${fault.message}`}>
            {address ? (
              <To href={address} onClick={onFollow}>
                {number ? `Setting ${number}` : screenName(fault.at)}
              </To>
            ) : (
              <code>{fault.at}</code>
            )}
            {number
              ? fault.message.replace(new RegExp(`^Setting ${number}(?=\\b)`), '').replace(/^(?! \(| is | )/, ': ')
              : `: ${fault.message}`}
          </li>
        );
      })}
    </ul>
  );
}

/** The three states every page has before its data: loading, failed, there. */
export function Awaited<Data>({
  of,
  what,
  children,
}: {
  of: { data: Data | undefined; error: unknown; refetch: () => unknown };
  what: string;
  children: (data: Data) => ReactNode;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Failure cause={of.error} retry={() => void of.refetch()} />;
  return <Loading what={what} />;
}
