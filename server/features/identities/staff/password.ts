import { argon2, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../../platform/random.ts';
import { refuseIdentity } from '../problems.ts';
import { guessedPasswords } from './guessed-passwords.ts';

/** OWASP's least for argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
const LENGTH_MIN = 12;
const LENGTH_MAX = 200;
/** Hashes reckoned at once in this process: each holds 19 MiB and a thread for some 30 ms. */
const AT_ONCE_MAX = 2;
const WAITING_MAX = 100;

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22,88})\$([A-Za-z0-9+/]{43,88})$/;
/** Verified in place of a user's hash where there is none, so that an unknown email takes as long as a known one. */
const NOBODYS_HASH = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

export interface Passwords {
  /** `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, with a salt of its own. */
  hash(password: string): Promise<string>;
  /** Takes the same time for `null` (nobody, or no password yet), which never fits. */
  verify(password: string, hash: string | null): Promise<boolean>;
}

/** Password hashing with a bounded queue: a flood of sign-ins is refused, not piled up. */
export function createPasswords(random: Random): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async <T>(act: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE_MAX) {
      if (waiting.length >= WAITING_MAX) throw refuseIdentity('sign-in-busy', { retryAfterSeconds: 5 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    running++;
    try {
      return await act();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
  return {
    hash: (password) =>
      inTurn(async () => {
        const salt = random.bytes(SALT_BYTES);
        const tag = await derive(password, {
          salt,
          memory: MEMORY_KIB,
          passes: PASSES,
          lanes: LANES,
          tagBytes: TAG_BYTES,
        });
        return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(salt)}$${unpadded(tag)}`;
      }),
    verify: (password, hash) =>
      inTurn(async () => {
        const match = PHC.exec(hash ?? NOBODYS_HASH);
        const [, memory, passes, lanes, salt, tag] = match ?? [];
        if (salt === undefined || tag === undefined) throw new Error('a stored password hash has an unknown form');
        const expected = Buffer.from(tag, 'base64');
        const actual = await derive(password, {
          salt: Buffer.from(salt, 'base64'),
          memory: Number(memory),
          passes: Number(passes),
          lanes: Number(lanes),
          tagBytes: expected.length,
        });
        return timingSafeEqual(actual, expected) && hash !== null;
      }),
  };
}

/** Refuses a password that is short, endless, common, or made of the user's own email. */
export function checkPassword(password: string, email: string): void {
  const plain = password.toLowerCase();
  const local = email.split('@')[0]?.toLowerCase() ?? '';
  const why =
    password.length < LENGTH_MIN
      ? `it has fewer than ${LENGTH_MIN} characters`
      : password.length > LENGTH_MAX
        ? `it has more than ${LENGTH_MAX} characters`
        : isCommon(plain)
          ? 'it is one of those that are guessed first'
          : local.length >= 4 && plain.includes(local)
            ? 'it holds your email'
            : new Set(plain).size < 5
              ? 'it repeats a few characters'
              : undefined;
  if (why !== undefined) throw refuseIdentity('password-refused', { why });
}

/** A common word stays common with digits and signs after it, or written twice. */
function isCommon(plain: string): boolean {
  const stem = plain.replace(/[^a-z]+$/, '').replace(/^[^a-z]+/, '');
  const half = plain.slice(0, plain.length / 2);
  return (
    guessedPasswords.has(plain) || guessedPasswords.has(stem) || (plain === half + half && guessedPasswords.has(half))
  );
}

function derive(
  password: string,
  from: { salt: Buffer; memory: number; passes: number; lanes: number; tagBytes: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parameters = {
      message: Buffer.from(password.normalize('NFKC'), 'utf8'),
      nonce: from.salt,
      parallelism: from.lanes,
      tagLength: from.tagBytes,
      memory: from.memory,
      passes: from.passes,
    };
    argon2('argon2id', parameters, (cause, tag) => (cause ? reject(cause) : resolve(tag)));
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
