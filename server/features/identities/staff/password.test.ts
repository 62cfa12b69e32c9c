import { expect, test } from 'vitest';
import { systemRandom } from '../../../platform/random.ts';
import { createPasswords } from './password.ts';

test('a password is kept as argon2id of 19 MiB and two passes, with a salt of its own', async () => {
  const passwords = createPasswords(systemRandom);
  const [first, second] = await Promise.all([passwords.hash('a long walk'), passwords.hash('a long walk')]);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(first).not.toBe(second);
  expect(await passwords.verify('a long walk', first)).toBe(true);
  expect(await passwords.verify('a long wall', first)).toBe(false);
});

test('nobody’s password never fits, after as much work as anybody’s', async () => {
  const passwords = createPasswords(systemRandom);
  const hash = await passwords.hash('something else');
  const time = async (kept: string | null) => {
    const start = performance.now();
    expect(await passwords.verify('a guess', kept)).toBe(false);
    return performance.now() - start;
  };
  let [known, unknown] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  // In turn, and the quickest of each: what else the machine does meanwhile can't favour one of them.
  for (let n = 0; n < 9; n++) {
    known = Math.min(known, await time(hash));
    unknown = Math.min(unknown, await time(null));
  }
  // Without the work the answer comes a thousand times sooner.
  expect(Math.min(known, unknown) / Math.max(known, unknown)).toBeGreaterThan(0.2);
});

test('a flood of guesses is refused, not piled up', async () => {
  const passwords = createPasswords(systemRandom);
  const answers = await Promise.allSettled(Array.from({ length: 120 }, () => passwords.verify('guess', null)));
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused.length).toBe(18);
});
