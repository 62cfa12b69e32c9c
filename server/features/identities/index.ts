/** The door of identities: who is asking, and what they may do. */
export { closeAfterRestore, type LetIn, readLetIn } from './after-restore.ts';
export { createAuthenticate } from './authenticate.ts';
export {
  type CredentialDeps,
  createCredential,
  type NewCredential,
  revokeCredential,
} from './credentials/create-credential.ts';
export { resetFactorsByEmail } from './factors/reset-factors.ts';
export { rewrapStaffKey } from './factors/staff-key.ts';
export { registerIdentitiesRoutes } from './routes.ts';
export { disableStaffUser } from './staff/change-staff-user.ts';
export {
  acceptInvitation,
  createStaffUser,
  type Invitation,
  inviteAgain,
  type StaffDeps,
} from './staff/create-staff-user.ts';
export { disableByEmail } from './staff/disable-by-email.ts';
export { createPasswords, type Passwords } from './staff/password.ts';
export { permissionsOf, type Role, roles } from './staff/roles.ts';
export { IDENTITIES_QUEUES, identitiesJobs, STAFF_MAIL_QUEUE } from './staff/send-staff-mail.ts';
