const WORDS: Readonly<Record<string, string>> = {
  'session-over': 'Your session is over. Sign in again, and you are back where you were.',
  'session-revoked':
    'This session was ended from another one. What you were about to save was not saved. If it was not you or whoever manages users, change your password.',
  'session-disabled': 'Your user was disabled. What you were about to save was not saved. Ask whoever manages users.',
  'session-factors-reset':
    'Your second factors were reset by whoever manages users, and that ended this session. Sign in with your password; what you were about to save was not saved.',
  'session-password-changed':
    'Your password was changed, and that ended this session. Sign in with the new one; what you were about to save was not saved.',
};

/** Why the person is at the door again, in words for them. */
export function SessionOver({ why }: { why: string | undefined }) {
  if (why === undefined) return null;
  return <p role="status">{WORDS[why] ?? WORDS['session-over']}</p>;
}
