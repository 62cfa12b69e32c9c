/** The door of identities: who is asking, and what they may do. */
export { createAuthenticate } from './authenticate.ts';
export { disableStaffUser } from './change-staff-user.ts';
export { type CredentialDeps, createCredential, type NewCredential, revokeCredential } from './create-credential.ts';
export {
  acceptInvitation,
  createStaffUser,
  type Invitation,
  inviteAgain,
  type StaffDeps,
} from './create-staff-user.ts';
export { createPasswords, type Passwords } from './password.ts';
export { resetFactorsByEmail } from './reset-factors.ts';
export { permissionsOf, type Role, roles } from './roles.ts';
export { registerIdentitiesRoutes } from './routes.ts';
export { IDENTITIES_QUEUES, identitiesJobs, STAFF_MAIL_QUEUE } from './send-staff-mail.ts';
export { rewrapStaffKey } from './staff-key.ts';
export { endEverySession } from './staff-store.ts';
