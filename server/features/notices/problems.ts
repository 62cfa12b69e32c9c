import { defineProblems } from '../../platform/problems.ts';

/** What notices refuse. */
export const refuse = defineProblems({
  'unknown-notice': { status: 404, sentence: 'There is no such notice at this biller.', whoCanAct: 'caller' },
  'notice-is-queued': {
    status: 409,
    sentence: 'This notice is still waiting to be sent, at {nextAt}. It needs no second order.',
    whoCanAct: 'caller',
  },
});
