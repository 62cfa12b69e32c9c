import { renderSVG } from 'uqr';
import type { Tx } from '../../../platform/database.ts';
import type { Platform } from '../../../platform/platform.ts';
import { findUser, lockUser } from '../staff/staff-store.ts';
import { refuseFactor } from './factor-problems.ts';
import {
  confirmTotpRow,
  deleteRecoveryCodes,
  deleteTotp,
  findTotp,
  hasFactor,
  readFactors,
  replaceRecoveryCodes,
  startTotp,
  useTotpStep,
} from './factor-store.ts';
import { recordFactor } from './record-factor.ts';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-code.ts';
import { mustHaveFactor } from './second-factor-rule.ts';
import { openForStaff, sealForStaff } from './staff-key.ts';
import { stepOfCode, totpKey, totpUri } from './totp-code.ts';

/** A key that was shown waits so long for its first code. */
const CONFIRM_MINUTES_MAX = 30;
/** Light and dark squares are fixed: cameras read dark on light only, whatever the page's colours are. */
const QR = { border: 2, ecc: 'M', whiteColor: '#ffffff', blackColor: '#000000' } as const;

export type FactorDeps = Pick<Platform, 'database' | 'clock' | 'random' | 'keyring' | 'config' | 'jobs'>;

/** Whose factor it is. */
export interface Person {
  readonly userId: string;
  readonly email: string;
}

export interface TotpStart {
  /** The key as text, for apps without a camera: told once, here. */
  readonly key: string;
  readonly uri: string;
  readonly qrSvg: string;
}

/** Makes a new key for an authenticator app. It counts for nothing until one of its codes was typed. */
export async function beginTotp(deps: FactorDeps, person: Person): Promise<TotpStart> {
  const key = totpKey((count) => deps.random.bytes(count));
  await deps.database.withSystem(async (tx) => {
    const sealed = await sealForStaff(tx, deps.keyring, { userId: person.userId, purpose: 'totp', text: key });
    const isStarted = await startTotp(tx, { userId: person.userId, sealed, at: deps.clock.now() });
    if (!isStarted) throw refuseFactor('totp-already-on');
  });
  const uri = totpUri(key, person.email);
  return { key, uri, qrSvg: renderSVG(uri, QR) };
}

/** Takes the first code: from here on sign-in asks for one. Recovery codes come with the first factor a person has. */
export async function confirmTotp(
  deps: FactorDeps,
  from: { person: Person; code: string },
): Promise<{ recoveryCodes: readonly string[] }> {
  const { userId } = from.person;
  const outcome = await deps.database.withSystem(async (tx) => {
    await lockUser(tx, userId);
    const totp = await findTotp(tx, userId);
    const now = deps.clock.now();
    const isOpen = totp && !totp.isConfirmed && isRecent(totp.startedAt, now);
    if (!isOpen) throw refuseFactor('totp-not-started');
    const key = await openForStaff(tx, deps.keyring, { userId, purpose: 'totp', sealed: totp.sealed });
    const step = stepOfCode(key.reveal(), from.code, deps.clock.nowMs());
    if (step === undefined) throw refuseFactor('code-not-right');
    const isFirst = !hasFactor(await readFactors(tx, userId));
    await useTotpStep(tx, { userId, step });
    await confirmTotpRow(tx, userId, now);
    const recoveryCodes = isFirst ? await makeRecoveryCodes(tx, deps, userId) : [];
    await recordFactor(tx, deps, { person: from.person, act: 'factor.totp-added' });
    return recoveryCodes;
  });
  return { recoveryCodes: outcome };
}

/** Removes the authenticator app, and the recovery codes where it was the last factor. */
export async function removeTotp(deps: FactorDeps, from: { person: Person }): Promise<void> {
  const { userId } = from.person;
  await deps.database.withSystem(async (tx) => {
    await lockUser(tx, userId);
    if (!(await deleteTotp(tx, userId))) throw refuseFactor('factor-not-set-up');
    await settleLastFactor(tx, deps, userId);
    await recordFactor(tx, deps, { person: from.person, act: 'factor.totp-removed' });
  });
}

/** Ten new codes; those there were are worth nothing from here on. */
export async function renewRecoveryCodes(deps: FactorDeps, person: Person): Promise<readonly string[]> {
  return deps.database.withSystem(async (tx) => {
    await lockUser(tx, person.userId);
    if (!hasFactor(await readFactors(tx, person.userId))) throw refuseFactor('no-factor-yet');
    const codes = await makeRecoveryCodes(tx, deps, person.userId);
    await recordFactor(tx, deps, { person, act: 'factor.recovery-codes-renewed' });
    return codes;
  });
}

export async function makeRecoveryCodes(
  tx: Tx,
  deps: Pick<Platform, 'random'>,
  userId: string,
): Promise<readonly string[]> {
  const codes = newRecoveryCodes((count) => deps.random.bytes(count));
  await replaceRecoveryCodes(tx, userId, codes.map(recoveryCodeHash));
  return codes;
}

/** After a removal: refused where the operator's rule asks for a factor; without any, the recovery codes go too. */
export async function settleLastFactor(tx: Tx, deps: Pick<Platform, 'config'>, userId: string): Promise<void> {
  if (hasFactor(await readFactors(tx, userId))) return;
  const user = await findUser(tx, userId);
  if (user && mustHaveFactor(deps.config.secondFactorFor, user)) throw refuseFactor('last-factor');
  await deleteRecoveryCodes(tx, userId);
}

function isRecent(startedAt: Temporal.Instant, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(now, startedAt.add({ minutes: CONFIRM_MINUTES_MAX })) < 0;
}
