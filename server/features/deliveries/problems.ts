import { defineProblems } from '../../platform/problems.ts';

/** What deliveries refuse. */
export const refuseDelivery = defineProblems({
  'unknown-delivery': { status: 404, sentence: 'There is no delivery {id} of this biller.', whoCanAct: 'caller' },
  'unknown-lane': { status: 404, sentence: 'There is no lane {lane} of this biller.', whoCanAct: 'caller' },
  'delivery-changed': {
    status: 409,
    sentence: 'The delivery changed since you looked at version {version}. Look at it again, then decide.',
    whoCanAct: 'caller',
  },
  'not-held': {
    status: 409,
    sentence: 'This delivery is {state}, so there is nothing to decide about it.',
    whoCanAct: 'caller',
  },
  'act-does-not-fit': { status: 409, sentence: '{why}', whoCanAct: 'caller' },
  'evidence-says-applied': {
    status: 409,
    sentence:
      'The evidence says that the payment stands at the partner already, so it is not posted again. Confirm it as posted, or check again.',
    whoCanAct: 'caller',
  },
  'needs-second-person': {
    status: 409,
    sentence: 'This needs a second person: {first} asked for it, someone else must agree.',
    whoCanAct: 'staff',
  },
  'may-not-agree': {
    status: 403,
    sentence: '{first} asked to post it again. Agreeing needs the right to approve deliveries, which you do not have.',
    whoCanAct: 'staff',
  },
  'balances-not-seen': {
    status: 409,
    sentence: 'The balances you saw are not the ones the evidence shows now. Look at both again, then decide.',
    whoCanAct: 'caller',
  },
  'lane-paused': { status: 409, sentence: 'The lane is paused already, by {by}: {reason}', whoCanAct: 'caller' },
  'lane-not-paused': { status: 409, sentence: 'The lane is not paused.', whoCanAct: 'caller' },
  'replay-changed': {
    status: 409,
    sentence:
      'The set would send {count} deliveries now, not the {expected} the dry run showed. Look again, then decide.',
    whoCanAct: 'caller',
  },
  'nothing-to-replay': {
    status: 409,
    sentence: 'Nothing there can be sent again without a person looking at each: {why}',
    whoCanAct: 'caller',
  },
  'trust-changed': {
    status: 409,
    sentence: 'The level is {level} by now. Look again, then decide.',
    whoCanAct: 'caller',
  },
  'trust-same': { status: 409, sentence: 'The level is {level} already.', whoCanAct: 'caller' },
  'trust-locked': {
    status: 422,
    sentence:
      'Level {level} sends a payment again without a person. It stays locked until the partner has proved, in the duplicate-send probe of the system integration test, that the same payment sent twice moves the balance once.',
    whoCanAct: 'staff',
  },
  'day-not-over': {
    status: 422,
    sentence: 'The day {day} has not begun in the biller’s time zone.',
    whoCanAct: 'caller',
  },
});
