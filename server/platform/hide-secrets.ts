import { secretMark } from './secrets.ts';

/** Shorter texts than this stand in honest words by chance; their other spellings even more so. */
const SECRET_CHARS_MIN = 4;
const RESPELT_CHARS_MIN = 8;
const DEPTH_MAX = 40;

/**
 * Takes secrets out of a text that came from outside: as they are, and as systems give back what they were sent (JSON,
 * URI, base64 at any alignment, hex). What is left of base64 at the edges of a secret tells at most its first two letters.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const spelling of spellingsOf(secrets))
    if (shown.includes(spelling)) shown = shown.replaceAll(spelling, secretMark);
  return shown;
}

/** The same for all texts and names in a JSON value. */
export function hideSecretsIn(value: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof value === 'string') return hideSecrets(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return secretMark;
  if (Array.isArray(value)) return value.map((entry) => hideSecretsIn(entry, secrets, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      hideSecrets(name, secrets),
      hideSecretsIn(member, secrets, depth + 1),
    ]),
  );
}

/** Whether a JSON text holds a secret in any spelling, or may hide one behind escapes: most answers hold neither. */
export function mayHoldSecret(text: string, secrets: readonly string[]): boolean {
  return text.includes('\\') || spellingsOf(secrets).some((spelling) => text.includes(spelling));
}

/** The secrets of a session are asked about at each of its answers: their spellings are made once, and live as long as they. */
const spellingsKept = new WeakMap<readonly string[], readonly string[]>();

function spellingsOf(secrets: readonly string[]): readonly string[] {
  const kept = spellingsKept.get(secrets);
  if (kept !== undefined) return kept;
  const made = madeSpellings(secrets);
  // A list that may still grow would be remembered short.
  if (Object.isFrozen(secrets)) spellingsKept.set(secrets, made);
  return made;
}

/** The longest first, so that no part of one is left over when a shorter one was taken out of it. */
function madeSpellings(secrets: readonly string[]): string[] {
  const spellings = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SECRET_CHARS_MIN) continue;
    spellings.add(secret);
    if (secret.length < RESPELT_CHARS_MIN) continue;
    spellings.add(JSON.stringify(secret).slice(1, -1));
    spellings.add(encodeURIComponent(secret.toWellFormed()));
    const bytes = Buffer.from(secret);
    const hex = bytes.toString('hex');
    for (const each of [hex, hex.toUpperCase()]) spellings.add(each);
    for (const shift of [0, 1, 2]) {
      const whole = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replaceAll('=', '');
      const end = (shift + bytes.length) % 3 === 0 ? whole.length : -1;
      const inner = whole.slice(shift === 0 ? 0 : shift + 1, end);
      spellings.add(inner);
      spellings.add(inner.replaceAll('+', '-').replaceAll('/', '_'));
    }
  }
  return [...spellings].sort((one, other) => other.length - one.length);
}
