import { addresses } from '../../../addresses.ts';
import { Ask } from '../../../parts/ask.tsx';
import { sayDone } from '../../../parts/say-done.ts';
import { To } from '../../../parts/show.tsx';
import { endWindow, type WindowView } from './window-data.ts';
import { closesWords } from './window-words.ts';

/** Unchecks Active, after saying exactly what that does. */
export function EndEarly({ bid, window, onClose }: { bid: number; window: WindowView; onClose: () => void }) {
  const isInForce = window.state === 'in-force';
  return (
    <Ask
      isOpen
      onClose={onClose}
      title={isInForce ? `End “${window.description}” now` : `Switch off “${window.description}”`}
      confirm={isInForce ? 'End it now' : 'Switch it off'}
      what={
        isInForce ? (
          <>
            <p>Within a second, at every server:</p>
            <ul className="maintenance-closes">
              <li>
                {closesWords(window)} {window.appliesToAll || window.pages.length > 1 ? 'open' : 'opens'} again, and
                payments can be made.
              </li>
              {window.pausesDataPump ? (
                <li>
                  DataPump posts what waited, in each account’s order. See the{' '}
                  <To href={addresses.lanes(bid)}>lanes</To>.
                </li>
              ) : (
                <li>DataPump is not touched: this window did not pause it.</li>
              )}
              <li>A lane that somebody paused by hand stays paused, and so does what another window closes.</li>
            </ul>
            <p>Until {window.endShown} it can be made active again.</p>
          </>
        ) : (
          `It will close nothing at ${window.startShown}, unless it is made active again before its end.`
        )
      }
      act={(reason) => endWindow(bid, window.id, reason)}
      onDone={() => void sayDone(isInForce ? 'The window is ended.' : 'The window is switched off.')}
    />
  );
}
