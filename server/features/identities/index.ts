/** The door of identities: who is asking, and what they may do. */
export { createAuthenticate } from './authenticate.ts';
export { type CredentialDeps, createCredential, type NewCredential, revokeCredential } from './create-credential.ts';
export {
  acceptInvitation,
  createStaffUser,
  disableStaffUser,
  type Invitation,
  inviteAgain,
  type StaffDeps,
} from './create-staff-user.ts';
export { createPasswords, type Passwords } from './password.ts';
export { permissionsOf, type Role, roles } from './roles.ts';
export { registerIdentitiesRoutes } from './routes.ts';
