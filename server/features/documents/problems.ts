import { defineProblems } from '../../platform/problems.ts';

/** What documents refuse. */
export const refuse = defineProblems({
  'unknown-biller': { status: 404, sentence: 'There is no biller {bid}.', whoCanAct: 'caller' },
  'unknown-invoice': { status: 404, sentence: 'This biller has no invoice {invoiceNumber}.', whoCanAct: 'caller' },
  'bill-not-available': {
    status: 404,
    sentence: 'The PDF of this bill is not available yet. {why}',
    whoCanAct: 'partner',
    isRetryable: true,
  },
});
