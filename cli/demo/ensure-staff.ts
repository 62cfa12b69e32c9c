import {
  acceptInvitation,
  createPasswords,
  createStaffUser,
  type FeatureDeps,
  Problem,
} from '@causeway/server/operator';

const BY = { kind: 'program', name: 'the demo' } as const;

/** Makes an administrator with a password, as an invitation taken up would; leaves one alone that is there already. */
export async function ensureAdministrator(
  deps: FeatureDeps,
  from: { email: string; name: string; password: string },
): Promise<void> {
  try {
    const invitation = await createStaffUser(deps, {
      email: from.email,
      name: from.name,
      roles: ['administrator'],
      by: BY,
    });
    const token = new URL(invitation.link).hash.slice(1);
    await acceptInvitation({ ...deps, passwords: createPasswords(deps.random) }, { token, password: from.password });
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'user-exists') throw cause;
  }
}
