import { defineProblems } from '../../platform/problems.ts';

/** Refusals of the Operations screen. */
export const refuseOperation = defineProblems({
  'unknown-destination': { status: 404, sentence: 'There is no such destination of alerts.', whoCanAct: 'caller' },
  'unknown-message': { status: 404, sentence: 'There is no such message.', whoCanAct: 'caller' },
  'unknown-process': { status: 404, sentence: 'There is no such process.', whoCanAct: 'caller' },
  'process-alive': {
    status: 409,
    sentence: 'That process gave a sign of life {ageSeconds} s ago. Only one that vanished can be forgotten.',
    whoCanAct: 'caller',
  },
  'job-not-failed': {
    status: 409,
    sentence: 'That job is not one that was given up: it ran again, or it is gone. Reload the page.',
    whoCanAct: 'caller',
  },
  'alert-address-refused': {
    status: 422,
    sentence: 'No alert can be sent to that address: {why}. Nothing was saved.',
    whoCanAct: 'caller',
  },
  'destination-exists': {
    status: 409,
    sentence: 'Alerts go to that address already. Nothing was saved.',
    whoCanAct: 'caller',
  },
  'too-many-destinations': {
    status: 422,
    sentence: 'There are {max} destinations already, which is the most there can be. Remove one first.',
    whoCanAct: 'caller',
  },
  'destination-changed': {
    status: 409,
    sentence: 'Somebody changed this destination meanwhile. Reload the page and do it again.',
    whoCanAct: 'caller',
  },
  'destination-off': {
    status: 409,
    sentence: 'This destination is switched off. Switch it on, then send to it.',
    whoCanAct: 'caller',
  },
  'no-secret': { status: 409, sentence: 'An email address has no secret.', whoCanAct: 'caller' },
  'message-not-failed': {
    status: 409,
    sentence: 'Only a message that was given up can be sent again; this one is {state}.',
    whoCanAct: 'caller',
  },
  'conditions-changed': {
    status: 409,
    sentence: '{by} changed the conditions meanwhile. Reload the page and do it again.',
    whoCanAct: 'caller',
  },
  'conditions-not-valid': { status: 422, sentence: 'The conditions can’t be kept like this.', whoCanAct: 'caller' },
});
