/** Every point of the money path and the import at which a dying process must leave a state that recovers. */
export const crashPointNames = [
  'intent-before-commit',
  'intent-committed',
  'request-half-written',
  'request-sent',
  'answer-received',
  'mark-before-commit',
  'marked',
  'lease-taken',
  'session-opened',
  'baseline-read',
  'session-before-close',
  'payment-claimed',
  'checkout-created',
  'charge-answer-received',
  'payment-approved-before-commit',
  'payment-approved',
  'import-copied',
  'import-merged',
  'import-committed',
] as const;

export type CrashPointName = (typeof crashPointNames)[number];

/** Called where the money path could die. Does nothing in the product; a test passes one that kills the process. */
export interface CrashPoints {
  at(name: CrashPointName): void;
}

export const noCrashPoints: CrashPoints = { at() {} };

/** Ends this process by SIGKILL (no handler runs, no buffer is flushed) at the n-th passing of `name`. Test entry points only. */
export function killAt(name: CrashPointName, occurrence = 1): CrashPoints {
  let passed = 0;
  return {
    at(reached) {
      if (reached !== name) return;
      passed += 1;
      if (passed === occurrence) process.kill(process.pid, 'SIGKILL');
    },
  };
}
