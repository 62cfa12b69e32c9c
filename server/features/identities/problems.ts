import { defineProblems } from '../../platform/problems.ts';

/** Refusals of the identities feature. What an outsider can read in them is the same for users that exist and those that don't. */
export const refuseIdentity = defineProblems({
  'sign-in-refused': {
    status: 401,
    sentence:
      'Email and password do not fit together. Check both; after {left} more failed tries, sign-in pauses for {pauseMinutes} minutes.',
    whoCanAct: 'caller',
  },
  'sign-in-paused': {
    status: 429,
    sentence: 'Too many failed sign-ins. Sign-in opens again at {opensAt}.',
    whoCanAct: 'caller',
    isRetryable: true,
  },
  'sign-in-busy': {
    status: 503,
    sentence: 'Many people are signing in at the moment. Try again in {retryAfterSeconds} seconds.',
    whoCanAct: 'caller',
    isRetryable: true,
  },
  'proof-refused': {
    status: 403,
    sentence:
      'That does not prove it: it does not fit your user. After {left} more failed tries, this pauses for {pauseMinutes} minutes.',
    whoCanAct: 'caller',
  },
  'session-over': {
    status: 401,
    sentence: 'Your session is over. Nothing was changed. Sign in again.',
    whoCanAct: 'caller',
  },
  'session-revoked': {
    status: 401,
    sentence: 'This session was ended from another one. Nothing was changed. Sign in again if it is yours.',
    whoCanAct: 'caller',
  },
  'session-disabled': {
    status: 401,
    sentence: 'Your user was disabled, and the session ended with it. Nothing was changed. Ask whoever manages users.',
    whoCanAct: 'caller',
  },
  'session-password-changed': {
    status: 401,
    sentence:
      'Your password was changed, which ended this session. Nothing was changed here. Sign in with the new one.',
    whoCanAct: 'caller',
  },
  'session-factors-reset': {
    status: 401,
    sentence:
      'Your second factors were reset by whoever manages users, which ended this session. Nothing was changed here. Sign in again.',
    whoCanAct: 'caller',
  },
  'invitation-not-valid': {
    status: 410,
    sentence:
      'This invitation was used, has expired, or was replaced by a newer one. Ask whoever manages users for a new one.',
    whoCanAct: 'caller',
  },
  'reset-not-valid': {
    status: 410,
    sentence: 'This link was used, is older than 30 minutes, or was replaced by a newer one. Ask for a new one.',
    whoCanAct: 'caller',
  },
  'reset-paused': {
    status: 429,
    sentence: 'A new password was asked for too often. Look at your email, or ask again in {minutes} minutes.',
    whoCanAct: 'caller',
    isRetryable: true,
  },
  'no-password': {
    status: 409,
    sentence: 'Your user has no password: you sign in another way.',
    whoCanAct: 'caller',
  },
  'password-refused': { status: 422, sentence: 'That password can’t be used: {why}.', whoCanAct: 'caller' },
  'user-exists': { status: 409, sentence: 'There is a user with that email already.', whoCanAct: 'caller' },
  'user-not-valid': { status: 422, sentence: 'The user can’t be made like this: {summary}', whoCanAct: 'caller' },
  'unknown-user': { status: 404, sentence: 'There is no such user.', whoCanAct: 'caller' },
  'unknown-session': { status: 404, sentence: 'There is no such session any more.', whoCanAct: 'caller' },
  'user-changed': {
    status: 409,
    sentence: 'Somebody changed this user meanwhile: the roles are now {roles}. Look at them, then change them again.',
    whoCanAct: 'caller',
  },
  'user-disabled': {
    status: 409,
    sentence: 'This user is disabled. Enable them first.',
    whoCanAct: 'caller',
  },
  'role-not-yours': {
    status: 403,
    sentence: 'You can’t give, change or take {roles}: it has rights that you do not have yourself.',
    whoCanAct: 'caller',
  },
  'last-administrator': {
    status: 409,
    sentence: 'This is the last administrator who can sign in. Make somebody else one first.',
    whoCanAct: 'caller',
  },
  'own-user': {
    status: 409,
    sentence: 'You can’t change your own roles or disable yourself. Someone else who manages users can.',
    whoCanAct: 'caller',
  },
  'credential-not-valid': {
    status: 422,
    sentence: 'The credential can’t be made like this: {summary}',
    whoCanAct: 'caller',
  },
  'unknown-credential': { status: 404, sentence: 'There is no such credential.', whoCanAct: 'caller' },
  'too-many-credentials': {
    status: 409,
    sentence: 'The biller has {most} credentials in force. Revoke one that is not used.',
    whoCanAct: 'caller',
  },
});
