import { defineProblems } from '../../platform/problems.ts';

/** Refusals of the overview. */
export const refuseOverview = defineProblems({
  'unknown-work-item': { status: 404, sentence: 'There is no item {id} of biller {bid}.', whoCanAct: 'caller' },
  'work-item-closed': {
    status: 409,
    sentence: 'This item was closed already, by {by}.',
    whoCanAct: 'caller',
  },
});
