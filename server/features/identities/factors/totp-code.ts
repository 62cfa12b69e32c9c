import { generateURI, ScureBase32Plugin, verifySync } from 'otplib';

/** RFC 6238 as every authenticator app speaks it: SHA-1, six digits, half a minute. */
const PERIOD_SECONDS = 30;
const SECRET_BYTES = 20;
const ISSUER = 'Causeway';

const base32 = new ScureBase32Plugin();

/** A new key, as people type it: 32 letters and digits. `bytes` comes from the random port. */
export function totpKey(bytes: (count: number) => Uint8Array): string {
  return base32.encode(Uint8Array.from(bytes(SECRET_BYTES)));
}

/** What the QR code says: the key, and under which name the app keeps it. */
export function totpUri(key: string, email: string): string {
  return generateURI({ issuer: ISSUER, label: email, secret: key });
}

/**
 * The time step a code belongs to; undefined where it is none of now, the half minute before and the one after. Whether it
 * was used already is for the caller to decide, by the step, in one statement.
 */
export function stepOfCode(key: string, code: string, nowMs: number): number | undefined {
  const digits = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(digits)) return undefined;
  const found = verifySync({
    secret: key,
    token: digits,
    epoch: Math.floor(nowMs / 1000),
    epochTolerance: PERIOD_SECONDS,
  });
  return found.valid && 'timeStep' in found ? found.timeStep : undefined;
}
