import { type OperationFailure, settingsToLookAt, withSettings } from '../billers/index.ts';
import type { BalanceAnswer, Partner, Transcript } from '../billers/partner.ts';

/** Why a balance could not be had: a stable reason, a sentence, and the Advanced Settings to look at. */
export interface RefreshFailure {
  readonly kind: 'failed';
  readonly reason: OperationFailure;
  readonly sentence: string;
  readonly settings: readonly number[];
  readonly transcript?: Transcript;
}

/** The profile names a partner this installation does not know. */
export const noPartner: RefreshFailure = {
  kind: 'failed',
  reason: 'not-configured',
  sentence: 'The profile names no integration partner of this installation. Look at CRM › Profile.',
  settings: [],
};

/** Turns what a partner answered, or what is missing to ask it, into words an operator can act on. */
export function explainFailure(
  partner: Partner,
  failed: Exclude<BalanceAnswer, { kind: 'balance' }> | { readonly missing: string },
): RefreshFailure {
  if ('missing' in failed) return failure(partner, 'not-configured', failed.missing);
  if (failed.kind === 'unknown-account') {
    return {
      ...failure(partner, 'unknown-account', 'The partner does not know this account.'),
      transcript: failed.transcript,
    };
  }
  return { ...failure(partner, failed.reason, failed.sentence), transcript: failed.transcript };
}

function failure(partner: Partner, reason: OperationFailure, sentence: string): RefreshFailure {
  const settings = settingsToLookAt(partner, 'balance', reason);
  return { kind: 'failed', reason, sentence: withSettings(sentence, settings), settings };
}
