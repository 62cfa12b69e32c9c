import { defineProblems } from '../../platform/problems.ts';

/** What balances refuse. */
export const refuse = defineProblems({
  'unknown-biller': { status: 404, sentence: 'There is no biller {bid}.', whoCanAct: 'caller' },
  'unknown-account': { status: 404, sentence: 'This biller has no account {accountNumber}.', whoCanAct: 'caller' },
  'no-balance-yet': {
    status: 404,
    sentence: 'The balance of account {accountNumber} was never asked for. Refresh it first.',
    whoCanAct: 'caller',
  },
  'too-many-refreshes': {
    status: 503,
    sentence: 'Too many balances are being refreshed at this moment. Repeat the request in a few seconds.',
    whoCanAct: 'caller',
    isRetryable: true,
  },
});
