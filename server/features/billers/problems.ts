import { defineProblems } from '../../platform/problems.ts';

/** Refusals of the billers feature. */
export const refuseBiller = defineProblems({
  'unknown-biller': { status: 404, sentence: 'There is no biller {bid}.', whoCanAct: 'caller' },
  'biller-exists': {
    status: 409,
    sentence: 'There is a biller with that {what} already. Choose another.',
    whoCanAct: 'caller',
  },
  'biller-not-valid': { status: 422, sentence: 'The biller can’t be kept like this: {summary}', whoCanAct: 'caller' },
  'configuration-not-valid': {
    status: 422,
    sentence: 'The configuration is not complete or not of the right form: {summary}',
    whoCanAct: 'caller',
  },
  'configuration-does-not-work': {
    status: 422,
    sentence: 'This configuration can’t work, so it was not saved. {count} found; each is told at its field.',
    whoCanAct: 'caller',
  },
  'configuration-conflict': {
    status: 409,
    sentence:
      'Someone changed the same section meanwhile (version {currentVersion}; you began at {expectedVersion}). Look at both values, then save again on the new version.',
    whoCanAct: 'caller',
  },
  'unknown-version': {
    status: 404,
    sentence: 'There is no version {version} of this configuration.',
    whoCanAct: 'caller',
  },
  'unknown-setting': { status: 404, sentence: 'Setting {number} is not set.', whoCanAct: 'caller' },
  'secret-not-known': {
    status: 422,
    sentence: 'A secret was sent as “keep it”, but there is none like it at that place. Type the secret itself.',
    whoCanAct: 'caller',
  },
  'worksheet-not-readable': {
    status: 422,
    sentence: 'This worksheet can’t be read: {why}. Nothing of it was kept.',
    whoCanAct: 'caller',
  },
  'worksheet-busy': {
    status: 429,
    sentence: 'Other worksheets are being read. Send it again in {retryAfterSeconds} seconds.',
    whoCanAct: 'caller',
    isRetryable: true,
  },
  'worksheet-missing': {
    status: 400,
    sentence: 'Send the worksheet as the file of a form (multipart/form-data): a CSV or an .xlsx of at most 2 MB.',
    whoCanAct: 'caller',
  },
  'worksheet-cell-unknown': {
    status: 422,
    sentence: 'The mapping names cells that hold no named value: {cells}.',
    whoCanAct: 'caller',
  },
  'worksheet-undecided': {
    status: 422,
    sentence:
      'Not everything in the worksheet is clear ({count}). Say what each is, or leave it out; nothing was saved.',
    whoCanAct: 'caller',
  },
  'worksheet-empty': {
    status: 422,
    sentence: 'Nothing in the worksheet is an Advanced Setting of this biller’s partner; nothing was saved.',
    whoCanAct: 'caller',
  },
  'worksheet-outdated': {
    status: 409,
    sentence:
      'The configuration changed meanwhile (version {version}; your preview was of {expectedVersion}). Look at a new preview.',
    whoCanAct: 'caller',
  },
  'no-master-key': {
    status: 409,
    sentence: 'This needs the master key: set CAUSEWAY_MASTER_KEY or CAUSEWAY_MASTER_KEY_FILE, and do it again.',
    whoCanAct: 'operator',
  },
  'not-a-public-key': {
    status: 422,
    sentence:
      'That is no public key of an installation. It begins “causeway-key:” and is printed there by `causeway keys show`.',
    whoCanAct: 'caller',
  },
  'not-a-configuration-file': {
    status: 422,
    sentence: 'This file is not an exported configuration of Causeway.',
    whoCanAct: 'caller',
  },
  'sealed-for-another-biller': {
    status: 422,
    sentence:
      'The secrets in this file were sealed for biller {sealedFor}; they can’t be opened for biller {bid}. Export it without secrets, and set them here.',
    whoCanAct: 'caller',
  },
  'sealed-secret-not-opened': {
    status: 422,
    sentence: 'Nothing was applied, since a sealed secret of the file can’t be used. {summary}',
    whoCanAct: 'caller',
  },
  'configuration-moved': {
    status: 409,
    sentence:
      'The configuration changed meanwhile (version {currentVersion}; this was made of {expectedVersion}). Look again.',
    whoCanAct: 'caller',
  },
  'plan-outdated': {
    status: 409,
    sentence:
      'This is not the plan you looked at: the file or the configuration changed (version {version}; yours was of {expectedVersion}). Look at the new plan.',
    whoCanAct: 'caller',
  },
});
