import { defineProblems } from '../../platform/problems.ts';

/** What maintenance windows refuse. */
export const refuseWindow = defineProblems({
  'unknown-maintenance-window': { status: 404, sentence: 'There is no maintenance window {id}.', whoCanAct: 'caller' },
  'maintenance-window-not-valid': {
    status: 422,
    sentence: 'The maintenance window can’t be kept like this, so nothing was changed: {summary}',
    whoCanAct: 'caller',
  },
  'ambiguous-central-time': {
    status: 422,
    sentence:
      '{summary} Say which is meant: the first (CDT) or the second (CST), as startOccurrence or endOccurrence. Nothing was changed.',
    whoCanAct: 'caller',
  },
  'maintenance-window-conflict': {
    status: 409,
    sentence:
      '{changedBy} changed this window meanwhile (version {currentVersion}; you began at {expectedVersion}). Look at both values, then save again on the new version.',
    whoCanAct: 'caller',
  },
  'maintenance-window-over': {
    status: 409,
    sentence: 'This window is over, so {what}. Make a new one instead.',
    whoCanAct: 'caller',
  },
  'too-many-maintenance-windows': {
    status: 409,
    sentence: 'This biller has {count} windows planned already. End or let some pass before planning another.',
    whoCanAct: 'caller',
  },
});
