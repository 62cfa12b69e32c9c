import { defineProblems } from '../../../platform/problems.ts';

/** Refusals around second factors, passkeys and sign-on. */
export const refuseFactor = defineProblems({
  'factor-refused': {
    status: 401,
    sentence: '{why} After {left} more failed tries, sign-in pauses for {pauseMinutes} minutes.',
    whoCanAct: 'caller',
  },
  'half-sign-in-over': {
    status: 410,
    sentence: 'This sign-in took too long, or was finished already. Begin again with your email and password.',
    whoCanAct: 'caller',
  },
  'factor-not-set-up': {
    status: 409,
    sentence: 'That is not set up for your user. Use another way, or ask whoever manages users to reset your factors.',
    whoCanAct: 'caller',
  },
  'totp-already-on': {
    status: 409,
    sentence: 'You have an authenticator app already. Remove it first, then set up the new one.',
    whoCanAct: 'caller',
  },
  'totp-not-started': {
    status: 409,
    sentence: 'There is no authenticator app waiting for its first code: it was confirmed, removed, or took too long.',
    whoCanAct: 'caller',
  },
  'code-not-right': {
    status: 422,
    sentence:
      'That code is not right. Type the one the app shows now; if it never fits, the clock of the phone may be wrong.',
    whoCanAct: 'caller',
  },
  'passkeys-not-here': { status: 409, sentence: '{why}', whoCanAct: 'operator' },
  'passkey-refused': { status: 401, sentence: '{why}', whoCanAct: 'caller' },
  'passkey-not-made': { status: 422, sentence: '{why}', whoCanAct: 'caller' },
  'passkey-known': {
    status: 409,
    sentence: 'This passkey is registered already.',
    whoCanAct: 'caller',
  },
  'unknown-passkey': { status: 404, sentence: 'There is no such passkey.', whoCanAct: 'caller' },
  'too-many-passkeys': {
    status: 409,
    sentence: 'You have {most} passkeys. Remove one that is not used.',
    whoCanAct: 'caller',
  },
  'last-way-in': {
    status: 409,
    sentence: 'This is your only way to sign in. Set a password or add another passkey first; nothing was changed.',
    whoCanAct: 'caller',
  },
  'last-factor': {
    status: 409,
    sentence:
      'This is your only second factor, and you must have one. Add another first, then remove this; nothing was changed.',
    whoCanAct: 'caller',
  },
  'no-factor-yet': {
    status: 409,
    sentence:
      'Recovery codes stand in for a second factor, and you have none. Set up an authenticator app or a passkey.',
    whoCanAct: 'caller',
  },
  'sign-on-off': {
    status: 404,
    sentence: 'No sign-on provider is set up here. The operator can, with CAUSEWAY_OIDC_ISSUER.',
    whoCanAct: 'operator',
  },
  'not-linked': { status: 404, sentence: 'Your user is not linked to the provider.', whoCanAct: 'caller' },
});
