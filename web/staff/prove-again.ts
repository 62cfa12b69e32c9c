import type { ReactNode } from 'react';

/** What the server accepts as a proof; a method without words here is not offered. */
export type ProofMethod = 'password' | 'totp' | 'passkey' | 'oidc';

/** One way of proving again who one is: a form that calls the server, and `onProven` once the server agrees. */
export interface ProofWay {
  readonly method: ProofMethod;
  /** For the choice between several: “Use … instead”. */
  readonly word: string;
  readonly form: (props: { onProven: () => void; onGiveUp: () => void }) => ReactNode;
}

export interface ProofAsked {
  readonly methods: readonly ProofMethod[];
  /** Called once: whether it was proven, or given up. */
  readonly settle: (isProven: boolean) => void;
}

let asked: ProofAsked | undefined;
let underWay: Promise<boolean> | undefined;
const listeners = new Set<() => void>();

/** The proof the person is asked for at the moment: the dialog shows it (prove-window.tsx). */
export const proofAsked = (): ProofAsked | undefined => asked;
export function onProofAsked(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Asks the person to prove again who they are. Calls refused at the same time wait for one and the same answer. */
export function askForProof(methods: readonly ProofMethod[]): Promise<boolean> {
  underWay ??= new Promise((resolve) => {
    show({
      methods,
      settle: (isProven) => {
        underWay = undefined;
        show(undefined);
        resolve(isProven);
      },
    });
  });
  return underWay;
}

function show(next: ProofAsked | undefined): void {
  asked = next;
  for (const listener of listeners) listener();
}
