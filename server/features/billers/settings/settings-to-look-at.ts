import type { FailureReason, Partner, PartnerOperation } from '../partner.ts';
import { endpointSettings, SIGN_IN_SETTING } from './settings-catalogue.ts';

/** Why an operation of a partner did not work: what the partner's answer says, or what is missing to ask at all. */
export type OperationFailure = FailureReason | 'unknown-account' | 'not-configured';

/** The Advanced Settings that can be the cause, of those the partner has. */
export function settingsToLookAt(
  partner: Partner,
  operation: PartnerOperation,
  reason: OperationFailure,
): readonly number[] {
  const { url, username, password } = endpointSettings[operation];
  const signIn = partner.abilities.hasSeparateSignIn ? [SIGN_IN_SETTING] : [];
  switch (reason) {
    case 'login-refused':
      return [username, password, ...signIn];
    case 'session-refused':
    case 'not-configured':
      return [url, username, password, ...signIn];
    case 'unreachable':
    case 'timeout':
    case 'guard':
    case 'breaker-open':
      return [url, ...signIn];
    case 'partner-error':
    case 'not-understood':
    case 'too-large':
    case 'unknown-account':
      return [url];
    case 'rate-limited':
      return [];
    default:
      return reason satisfies never;
  }
}

/** The sentence, with the settings to look at said at its end. */
export function withSettings(sentence: string, settings: readonly number[]): string {
  const last = settings.at(-1);
  if (last === undefined) return sentence;
  // A partner's own words may lack their full stop.
  const ended = /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
  const before = settings.slice(0, -1);
  return before.length === 0
    ? `${ended} Look at Advanced Setting ${last}.`
    : `${ended} Look at Advanced Settings ${before.join(', ')} and ${last}.`;
}
