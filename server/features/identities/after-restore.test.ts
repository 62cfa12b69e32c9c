import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTestApp } from '../../testing/app.ts';
import { createBiller } from '../billers/index.ts';
import { closeAfterRestore, readLetIn } from './after-restore.ts';
import { createCredential, revokeCredential } from './credentials/create-credential.ts';
import { acceptInvitation, createStaffUser } from './staff/create-staff-user.ts';
import { disableByEmail } from './staff/disable-by-email.ts';
import { createPasswords } from './staff/password.ts';

const by = { kind: 'operator', name: 'test' } as const;
const BID = 2984;

let rig: Awaited<ReturnType<typeof withTestApp>>;
beforeAll(async () => {
  rig = await withTestApp();
  await createBiller(rig.deps, { bid: BID, name: 'Cedar Valley', by });
});
afterAll(() => rig.close());

test('after a restore a link that was not used in the backup opens nothing, and who can come in is named until shut out', async () => {
  const { deps } = rig;
  const credential = await createCredential(deps, { bid: BID, name: 'upload', scopes: ['invoices:write'], by });
  const invited = await createStaffUser(deps, { email: 'sam@example.com', roles: ['csr'], bid: BID, by });
  const { closed, letIn } = await deps.database.withSystem(async (tx) => ({
    closed: await closeAfterRestore(tx, rig.clock.now()),
    letIn: await readLetIn(tx, rig.clock.now()),
  }));
  expect(closed.linksEnded).toBe(1);
  const taken = acceptInvitation(
    { ...deps, passwords: createPasswords(deps.random) },
    { token: invited.link.split('#')[1] ?? '', password: 'correct horse battery staple' },
  );
  await expect(taken).rejects.toThrow();
  expect(letIn.people).toContainEqual({ email: 'sam@example.com', roles: ['csr'], bid: BID });
  expect(letIn.credentials).toEqual([{ bid: BID, id: credential.id, name: 'upload' }]);

  await revokeCredential(deps, { bid: BID, id: credential.id, by });
  await disableByEmail(deps, { email: 'Sam@Example.com', by });
  await expect(disableByEmail(deps, { email: 'nobody@example.com', by })).rejects.toThrow();
  const after = await deps.database.withSystem((tx) => readLetIn(tx, rig.clock.now()));
  expect(after.people.map((one) => one.email)).not.toContain('sam@example.com');
  expect(after.credentials).toEqual([]);
});
