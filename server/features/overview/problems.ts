import { defineProblems } from '../../platform/problems.ts';

/** Refusals of the overview. */
export const refuseOverview = defineProblems({
  'unknown-work-item': { status: 404, sentence: 'There is no item {id} of biller {bid}.', whoCanAct: 'caller' },
  'work-item-closed': {
    status: 409,
    sentence: 'This item was closed already, by {by}.',
    whoCanAct: 'caller',
  },
  'checkpoint-damaged': {
    status: 422,
    sentence: 'This checkpoint is not as it was written: the file itself was changed or cut. Use another copy of it.',
    whoCanAct: 'caller',
  },
  'checkpoint-foreign': {
    status: 422,
    sentence: 'This checkpoint was made by another installation, so it says nothing about this one.',
    whoCanAct: 'caller',
  },
});
