import type { PublicKeyCredentialCreationOptionsJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { hasOtherWayIn } from '../sign-on/sign-on-store.ts';
import { lockUser } from '../staff/staff-store.ts';
import { type FactorDeps, makeRecoveryCodes, type Person, settleLastFactor } from './enrol-totp.ts';
import { refuseFactor } from './factor-problems.ts';
import { hasFactor, readFactors } from './factor-store.ts';
import { loadWebauthn } from './load-webauthn.ts';
import { CHALLENGE_MINUTES_MAX, challengeOf, newChallenge } from './passkey-challenge.ts';
import { type RelyingParty, relyingPartyOf } from './passkey-origin.ts';
import { deletePasskey, insertPasskey, listPasskeys, renamePasskeyRow } from './passkey-store.ts';
import { recordFactor } from './record-factor.ts';

const PASSKEYS_MAX = 20;
const RP_NAME = 'Causeway';
/** Ed25519, ES256 and RS256 (COSE): what authenticators of today speak. */
const ALGORITHMS = [-8, -7, -257];

export type PasskeyDeps = FactorDeps & { readonly publicUrl: string };

/** What the browser needs to make a passkey for this person here. */
export async function beginPasskey(
  deps: PasskeyDeps,
  from: { person: Person; name: string; origin: string | undefined },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const party = partyOf(deps, from.origin);
  const { userId } = from.person;
  const known = await deps.database.withSystem((tx) => listPasskeys(tx, userId));
  if (known.length >= PASSKEYS_MAX) throw refuseFactor('too-many-passkeys', { most: PASSKEYS_MAX });
  const { generateRegistrationOptions } = await loadWebauthn();
  return generateRegistrationOptions({
    rpName: RP_NAME,
    rpID: party.id,
    userName: from.person.email,
    userDisplayName: from.name,
    userID: userHandle(userId),
    challenge: await newChallenge(deps, { purpose: 'register', userId }),
    timeout: CHALLENGE_MINUTES_MAX * 60_000,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: known.map((each) => ({
      id: each.credentialId.toString('base64url'),
      transports: [...each.transports],
    })),
    // Found without an email at sign-in, and never used by whoever merely holds the device.
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** Keeps a passkey the browser made. Recovery codes come with the first factor a person has. */
export async function addPasskey(
  deps: PasskeyDeps,
  from: { person: Person; name: string; response: RegistrationResponseJSON; origin: string | undefined },
): Promise<{ id: string; recoveryCodes: readonly string[] }> {
  const party = partyOf(deps, from.origin);
  const { userId } = from.person;
  const { clientDataJSON } = from.response.response;
  const expectedChallenge = await challengeOf(deps, { clientDataJSON, purpose: 'register', userId });
  if (expectedChallenge === undefined)
    throw refuseFactor('passkey-not-made', {
      why: 'This took longer than five minutes, or was sent twice. Begin again.',
    });
  const info = await verified(from.response, expectedChallenge, party);
  return deps.database.withSystem(async (tx) => {
    await lockUser(tx, userId);
    const isFirst = !hasFactor(await readFactors(tx, userId));
    const id = deps.random.uuid();
    const isNew = await insertPasskey(tx, {
      id,
      userId,
      credentialId: Buffer.from(info.credential.id, 'base64url'),
      name: from.name,
      publicKey: Buffer.from(info.credential.publicKey),
      counter: info.credential.counter,
      transports: info.credential.transports ?? [],
      isBackedUp: info.credentialBackedUp,
      createdAt: deps.clock.now(),
    });
    if (!isNew) throw refuseFactor('passkey-known');
    const recoveryCodes = isFirst ? await makeRecoveryCodes(tx, deps, userId) : [];
    await recordFactor(tx, deps, { person: from.person, act: 'factor.passkey-added', detail: { name: from.name } });
    return { id, recoveryCodes };
  });
}

export async function renamePasskey(
  deps: PasskeyDeps,
  from: { person: Person; id: string; name: string },
): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const isRenamed = await renamePasskeyRow(tx, { userId: from.person.userId, id: from.id, name: from.name });
    if (!isRenamed) throw refuseFactor('unknown-passkey');
  });
}

/** Removes a passkey, unless it is the last way in, or the last factor of who must have one. */
export async function removePasskey(deps: PasskeyDeps, from: { person: Person; id: string }): Promise<void> {
  const { userId } = from.person;
  await deps.database.withSystem(async (tx) => {
    await lockUser(tx, userId);
    const name = await deletePasskey(tx, { userId, id: from.id });
    if (name === undefined) throw refuseFactor('unknown-passkey');
    const { passkeys } = await readFactors(tx, userId);
    const isThereAProvider = deps.config.signOn?.issuer;
    if (passkeys === 0 && !(await hasOtherWayIn(tx, userId, isThereAProvider))) throw refuseFactor('last-way-in');
    await settleLastFactor(tx, deps, userId);
    await recordFactor(tx, deps, { person: from.person, act: 'factor.passkey-removed', detail: { name } });
  });
}

/** The relying party, or the refusal that says why there is none. */
export function partyOf(
  deps: Pick<PasskeyDeps, 'publicUrl'>,
  origin: string | undefined,
): Extract<RelyingParty, { isThere: true }> {
  const party = relyingPartyOf(deps.publicUrl, origin);
  if (!party.isThere) throw refuseFactor('passkeys-not-here', { why: party.why });
  return party;
}

/** The user's id as the authenticator keeps it: 16 bytes that say nothing about the person. */
export function userHandle(userId: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(userId.replaceAll('-', ''), 'hex'));
}

async function verified(
  response: RegistrationResponseJSON,
  expectedChallenge: string,
  party: { id: string; origin: string },
) {
  const { verifyRegistrationResponse } = await loadWebauthn();
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (registrationInfo) return registrationInfo;
  } catch (cause) {
    throw notMade(cause);
  }
  throw notMade(undefined);
}

/** What the library found wrong is for the log, not for the reader. */
function notMade(cause: unknown): Error {
  const why =
    'The browser’s answer could not be verified: the passkey must be made on this page, and ask for your finger, face or PIN. Begin again.';
  return refuseFactor('passkey-not-made', { why }, cause);
}
