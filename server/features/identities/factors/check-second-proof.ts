import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { PasskeyAnswer } from './check-passkey.ts';
import { findTotp, useRecoveryCode, useTotpStep } from './factor-store.ts';
import { usePasskey } from './passkey-store.ts';
import { recoveryCodeHash } from './recovery-code.ts';
import { openForStaff } from './staff-key.ts';
import { stepOfCode } from './totp-code.ts';

export type SecondProof =
  | { readonly kind: 'totp'; readonly code: string }
  | { readonly kind: 'recovery-code'; readonly code: string }
  | { readonly kind: 'passkey'; readonly answer: PasskeyAnswer };

/** `why`: a sentence for the reader. */
export type ProofVerdict = { readonly isRight: true } | { readonly isRight: false; readonly why: string };

const RIGHT: ProofVerdict = { isRight: true };

/** Whether a second factor is right, and uses it up: each code once, each signature once. Lock the user before. */
export async function checkSecondProof(
  tx: Tx,
  deps: Pick<Platform, 'clock' | 'keyring'>,
  from: { userId: string; proof: SecondProof },
): Promise<ProofVerdict> {
  const { userId, proof } = from;
  switch (proof.kind) {
    case 'totp':
      return checkTotp(tx, deps, { userId, code: proof.code });
    case 'recovery-code': {
      const at = deps.clock.now();
      const isRight = await useRecoveryCode(tx, { userId, codeHash: recoveryCodeHash(proof.code), at });
      return isRight ? RIGHT : wrong('That is not one of your recovery codes, or it was used before.');
    }
    case 'passkey': {
      const { answer } = proof;
      if (!answer.isRight) return wrong(answer.why);
      const isNew = await usePasskey(tx, { id: answer.passkey.id, counter: answer.counter, at: deps.clock.now() });
      return isNew ? RIGHT : wrong('This passkey’s answer was used before. Ask for the passkey again.');
    }
    default:
      return proof satisfies never;
  }
}

async function checkTotp(
  tx: Tx,
  deps: Pick<Platform, 'clock' | 'keyring'>,
  from: { userId: string; code: string },
): Promise<ProofVerdict> {
  const { userId } = from;
  const totp = await findTotp(tx, userId);
  if (!totp?.isConfirmed) return wrong('You have no authenticator app set up here.');
  const key = await openForStaff(tx, deps.keyring, { userId, purpose: 'totp', sealed: totp.sealed });
  const step = stepOfCode(key.reveal(), from.code, deps.clock.nowMs());
  if (step === undefined) return wrong('That code is not right. Type the six digits the app shows now.');
  if (await useTotpStep(tx, { userId, step })) return RIGHT;
  return wrong('That code was used already. Wait for the next one: the app shows it within half a minute.');
}

function wrong(why: string): ProofVerdict {
  return { isRight: false, why };
}
