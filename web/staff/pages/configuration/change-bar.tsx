import { Button } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { addresses } from '../../addresses.ts';
import { Failure } from '../../parts/notes.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { To } from '../../parts/show.tsx';
import { Window } from '../../parts/window.tsx';
import { queryClient } from '../../query-client.ts';
import { counted } from '../../say.ts';
import { configurationQuery } from './configuration-data.ts';
import { ofRefusal } from './read-faults.ts';
import { ReviewChange } from './review-change.tsx';
import { SECTION_SCREENS, screenName } from './section-screens.ts';
import { conflictOf, SettleConflict } from './settle-conflict.tsx';
import type { ChangeInHand } from './use-change.ts';

interface Props {
  readonly bid: number;
  readonly inHand: ChangeInHand;
  /** Why the server could not look at the change. */
  readonly previewError?: unknown;
  /** Fields whose text can't be read yet. */
  readonly unreadCount?: number;
}

/** While something is not saved: which screens it is of, and the ways on. It stays in sight, and asks before one leaves. */
export function ChangeBar({ bid, inHand, previewError, unreadCount = 0 }: Props) {
  const [step, setStep] = useState<'review' | 'conflict'>();
  const { change, changed } = inHand;
  if (!change) return unreadCount > 0 ? <UnreadBar bid={bid} count={unreadCount} onDiscard={inHand.discard} /> : null;
  const conflict = conflictOf(previewError);
  const isOther =
    previewError !== undefined && previewError !== null && !conflict && ofRefusal(previewError).length === 0;
  return (
    <>
      <LeavingBlocker bid={bid} onDiscard={inHand.discard} />
      <div className="change-bar caution" role="status">
        <span className="change-words">
          <strong>Not saved yet:</strong>{' '}
          {changed.map((section, at) => (
            <span key={section}>
              {at > 0 && ', '}
              <To href={SECTION_SCREENS[section].address(bid)}>{screenName(section)}</To>
            </span>
          ))}
          {unreadCount > 0 && `. ${counted(unreadCount, 'field')} can’t be read yet`}
          {conflict && `. Someone saved version ${conflict.currentVersion} meanwhile and changed the same`}
        </span>
        <span className="acts">
          {conflict ? (
            <Button onClick={() => setStep('conflict')}>Look at both</Button>
          ) : (
            <Button onClick={() => setStep('review')} disabled={unreadCount > 0}>
              Look at the change and save
            </Button>
          )}
          <Button variant="default" onClick={inHand.discard}>
            Discard
          </Button>
        </span>
      </div>
      {isOther && <Failure cause={previewError} />}
      {step === 'review' && (
        <ReviewChange
          bid={bid}
          change={change}
          faultsBefore={inHand.faultsBefore}
          onClose={() => setStep(undefined)}
          onConflict={() => setStep('conflict')}
          onSaved={async (version) => {
            // The new version first: without it the screen would show the old one, and the next change would begin there.
            await queryClient.refetchQueries({ queryKey: configurationQuery(bid).queryKey });
            setStep(undefined);
            inHand.discard();
            void queryClient.invalidateQueries({ queryKey: ['configuration', bid] });
            void queryClient.invalidateQueries({ queryKey: ['biller', bid] });
            void sayDone(`Saved as version ${version}.`);
          }}
        />
      )}
      {step === 'conflict' && (
        <SettleConflict
          bid={bid}
          change={change}
          onClose={() => setStep(undefined)}
          onSettled={(newer, sections) => {
            inHand.rebase(newer, sections);
            queryClient.setQueryData(configurationQuery(bid).queryKey, newer);
            setStep('review');
          }}
        />
      )}
    </>
  );
}

/** Where all that was typed can't be read, there is no change to look at; what was saved comes back with one press. */
function UnreadBar({ bid, count, onDiscard }: { bid: number; count: number; onDiscard: () => void }) {
  return (
    <>
      <LeavingBlocker bid={bid} onDiscard={onDiscard} />
      <div className="change-bar caution" role="status">
        <span className="change-words">
          <strong>Not saved yet:</strong> {counted(count, 'field')} can’t be read yet
        </span>
        <span className="acts">
          <Button disabled>Look at the change and save</Button>
          <Button variant="default" onClick={onDiscard}>
            Discard
          </Button>
        </span>
      </div>
    </>
  );
}

/** Pages where the change stays in hand: the configuration screens of the same biller, and signing in again. */
function staysInHand(bid: number, pathname: string): boolean {
  const screens = [
    ...Object.values(SECTION_SCREENS).map((screen) => screen.address(bid)),
    addresses.configuration(bid),
    addresses.configurationHistory(bid),
    addresses.signIn(),
    addresses.signedOut(),
  ];
  return screens.includes(pathname);
}

function LeavingBlocker({ bid, onDiscard }: { bid: number; onDiscard: () => void }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ next }) => !staysInHand(bid, next.pathname),
    enableBeforeUnload: true,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <Window title="Leave with a change that is not saved?" onClose={blocker.reset} size="md">
      <div className="ask">
        <p>What you changed on the configuration screens is kept only while you are on them. Leaving discards it.</p>
        <div className="acts">
          <Button variant="default" onClick={blocker.reset} data-autofocus>
            Stay here
          </Button>
          <Button
            color="danger"
            onClick={() => {
              onDiscard();
              blocker.proceed();
            }}
          >
            Discard and leave
          </Button>
        </div>
      </div>
    </Window>
  );
}
