import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestPlatform } from '../../../testing/platform.ts';
import { signInAs, TEST_PASSWORD, withBillersApp } from '../../../testing/staff.ts';
import { createPasswords } from '../staff/password.ts';
import { disableUser, endSessionsOf, findUserByEmail, setPassword } from '../staff/staff-store.ts';
import { countFailedTry } from './session-throttle.ts';
import { signIn } from './sign-in.ts';

let opened: Awaited<ReturnType<typeof withTestPlatform>>;
let made: Awaited<ReturnType<typeof withBillersApp>>;

beforeAll(async () => {
  opened = await withTestPlatform();
  made = await withBillersApp(opened.platform);
});
afterAll(async () => {
  await made.app.close();
  await made.billers.close();
  await opened.close();
});

/** Signs in with the right password while something happens between its check and the session. */
async function signInWhile(email: string, happens: (userId: string) => Promise<void>) {
  await signInAs(made.app, made.deps, { role: 'csr', bid: 1, email });
  const passwords = createPasswords(opened.platform.random);
  const user = await opened.platform.database.withSystem((tx) => findUserByEmail(tx, email));
  const verify = async (password: string, hash: string | null) => {
    const isRight = await passwords.verify(password, hash);
    await happens(user?.id ?? '');
    return isRight;
  };
  const request = { email, password: TEST_PASSWORD, address: '203.0.113.5', userAgent: '' };
  return signIn({ ...opened.platform, passwords: { ...passwords, verify } }, request);
}

test('a password that is reset while it is checked opens no session after the reset ended them all', async () => {
  const reset = (userId: string) =>
    opened.platform.database.withSystem(async (tx) => {
      await setPassword(tx, userId, 'another hash');
      await endSessionsOf(tx, userId, { at: opened.clock.now(), why: 'password-changed' });
    });
  await expect(signInWhile('reset@example.com', reset)).rejects.toMatchObject({ code: 'sign-in-refused' });
});

test('a user who is disabled while the password is checked gets no session that comes back when they are enabled', async () => {
  const disable = (userId: string) =>
    opened.platform.database.withSystem((tx) => disableUser(tx, userId, opened.clock.now()));
  await expect(signInWhile('off@example.com', disable)).rejects.toMatchObject({ code: 'sign-in-refused' });
});

test('the right password among many guesses sent at once opens nothing once the others paused sign-in', async () => {
  const email = 'burst@example.com';
  const guess = () =>
    opened.platform.database.withSystem(async (tx) => {
      for (let tries = 0; tries < 5; tries++)
        await countFailedTry(tx, opened.platform, { email, address: '203.0.113.6' });
    });
  await expect(signInWhile(email, guess)).rejects.toMatchObject({ code: 'sign-in-paused' });
});
