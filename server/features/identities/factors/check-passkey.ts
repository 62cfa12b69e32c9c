import type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Platform } from '../../../platform/platform.ts';
import { loadWebauthn } from './load-webauthn.ts';
import { CHALLENGE_MINUTES_MAX, challengeOf, newChallenge } from './passkey-challenge.ts';
import { relyingPartyOf } from './passkey-origin.ts';
import { type ChallengePurpose, findPasskey, listPasskeys, type Passkey } from './passkey-store.ts';
import { partyOf, userHandle } from './register-passkey.ts';

export type CheckPasskeyDeps = Pick<Platform, 'database' | 'clock' | 'random' | 'publicUrl' | 'log'>;

/** Whose passkey is asked for; nobody's in particular where they sign in without naming themselves. */
export interface PasskeyQuestion {
  readonly purpose: Exclude<ChallengePurpose, 'register'>;
  readonly userId: string | null;
  readonly origin: string | undefined;
}

export type PasskeyAnswer =
  | { readonly isRight: true; readonly passkey: Passkey; readonly counter: number }
  /** `userId`: whose passkey it claims to be, where it is known. `why`: a sentence for the reader. */
  | { readonly isRight: false; readonly userId: string | undefined; readonly why: string };

/** What the browser needs to ask for a passkey. */
export async function askForPasskey(
  deps: CheckPasskeyDeps,
  of: PasskeyQuestion,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const party = partyOf(deps, of.origin);
  const { userId } = of;
  const known = userId === null ? [] : await deps.database.withSystem((tx) => listPasskeys(tx, userId));
  const { generateAuthenticationOptions } = await loadWebauthn();
  return generateAuthenticationOptions({
    rpID: party.id,
    challenge: await newChallenge(deps, { purpose: of.purpose, userId }),
    timeout: CHALLENGE_MINUTES_MAX * 60_000,
    userVerification: 'required',
    ...(known.length > 0 && {
      allowCredentials: known.map((each) => ({
        id: each.credentialId.toString('base64url'),
        transports: [...each.transports],
      })),
    }),
  });
}

/**
 * Whose passkey signed our challenge. The challenge is used up, whatever comes of it. The counter it tells must still be
 * noted, by `usePasskey`, in the transaction that acts on the answer.
 */
export async function checkPasskey(
  deps: CheckPasskeyDeps,
  from: PasskeyQuestion & { response: AuthenticationResponseJSON },
): Promise<PasskeyAnswer> {
  const { response, purpose, userId } = from;
  const party = relyingPartyOf(deps.publicUrl, from.origin);
  if (!party.isThere) return { isRight: false, userId: undefined, why: party.why };
  const { clientDataJSON, userHandle: handle } = response.response;
  const challenge = await challengeOf(deps, { clientDataJSON, purpose, userId });
  if (challenge === undefined)
    return wrong(undefined, 'This took longer than five minutes, or was sent twice. Ask for the passkey again.');
  const passkey = await deps.database.withSystem((tx) => findPasskey(tx, Buffer.from(response.id, 'base64url')));
  if (!passkey)
    return wrong(undefined, 'This passkey is not known here. It may have been removed: sign in another way.');
  const isTheirs = userId === null ? handle === handleOf(passkey.userId) : passkey.userId === userId;
  if (!isTheirs) return wrong(undefined, 'This passkey belongs to another user.');
  const { verifyAuthenticationResponse } = await loadWebauthn();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: response.id,
        publicKey: Uint8Array.from(passkey.publicKey),
        counter: passkey.counter,
      },
    });
    if (verified) return { isRight: true, passkey, counter: authenticationInfo.newCounter };
  } catch (cause) {
    deps.log.warn({ err: cause, passkeyId: passkey.id }, 'a passkey was not accepted');
  }
  return wrong(passkey.userId, 'This passkey’s answer could not be verified. Try again, or sign in another way.');
}

function handleOf(userId: string): string {
  return Buffer.from(userHandle(userId)).toString('base64url');
}

function wrong(userId: string | undefined, why: string): PasskeyAnswer {
  return { isRight: false, userId, why };
}
