import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react';
import { onProofAsked, proofAsked } from '../prove-again.ts';

const ProveWindow = lazy(() => import('../prove-window.tsx').then((module) => ({ default: module.ProveWindow })));

/** Where the person is asked again who they are, over whatever window asked for it. */
export function ProvePlace() {
  const asked = useSyncExternalStore(onProofAsked, proofAsked);
  useEffect(() => {
    // There before every other window's listener, so that Escape gives up this question and not the act behind it.
    const giveUp = (event: KeyboardEvent) => {
      const open = proofAsked();
      if (event.key !== 'Escape' || !open) return;
      event.stopImmediatePropagation();
      open.settle(false);
    };
    window.addEventListener('keydown', giveUp, { capture: true });
    return () => window.removeEventListener('keydown', giveUp, { capture: true });
  }, []);
  return (
    asked && (
      <Suspense>
        <ProveWindow asked={asked} />
      </Suspense>
    )
  );
}
