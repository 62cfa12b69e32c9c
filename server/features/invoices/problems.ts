import { defineProblems } from '../../platform/problems.ts';

/** What this feature refuses. Faults of a file are no problems of a request: they are in its report. */
export const refuse = defineProblems({
  'unknown-biller': { status: 404, sentence: 'There is no biller {bid}.', whoCanAct: 'caller' },
  'unknown-invoice-file': {
    status: 404,
    sentence: 'There is no upload of that id at this biller.',
    whoCanAct: 'caller',
  },
  'nothing-refused': {
    status: 404,
    sentence: 'No invoice of this upload was refused, so there is nothing to mend and send again.',
    whoCanAct: 'caller',
  },
  'unknown-invoice': {
    status: 404,
    sentence: 'There is no invoice {invoiceNumber} at this biller.',
    whoCanAct: 'caller',
  },
  'unknown-account': {
    status: 404,
    sentence: 'There is no account {accountNumber} at this biller.',
    whoCanAct: 'caller',
  },
  'block-flags-read-only': {
    status: 409,
    sentence:
      'Setting 32 makes Block ACH and Block CC read-only for this biller: the partner’s payment types set them. Take 131 and 32 out to set them by hand.',
    whoCanAct: 'operator',
  },
  'file-empty': {
    status: 400,
    sentence: 'The upload holds no bytes. Send the file as the body, or as the one file of a form.',
    whoCanAct: 'caller',
  },
  'file-too-large': {
    status: 413,
    sentence: 'The file is larger than {maxBytes} bytes. Split it in several; each has its own FH record.',
    whoCanAct: 'caller',
  },
  'several-files': {
    status: 400,
    sentence: 'The form holds several files; it takes one. Nothing was stored. Send each in a request of its own.',
    whoCanAct: 'caller',
  },
  'no-file': { status: 400, sentence: 'The form holds no file. Put the BIF into a file field.', whoCanAct: 'caller' },
  'invoice-refused': {
    status: 422,
    sentence: 'The invoice was refused, and nothing was stored: {summary}',
    whoCanAct: 'caller',
  },
  'not-one-invoice': {
    status: 422,
    sentence: 'UploadInvoice takes one invoice; this holds {count}. Send several as a file to invoice-files.',
    whoCanAct: 'caller',
  },
  'newer-invoice-stored': {
    status: 409,
    sentence: 'Invoice {invoiceNumber} is stored with content made on {madeOn}, later than this. Nothing was changed.',
    whoCanAct: 'caller',
  },
  'import-under-way': {
    status: 503,
    sentence: 'A file of this biller is being loaded. Nothing was changed. Repeat the request in a few seconds.',
    whoCanAct: 'caller',
    isRetryable: true,
  },
  'preview-busy': {
    status: 503,
    sentence: 'Other previews are being counted. Try again in a few seconds; nothing was changed.',
    whoCanAct: 'caller',
    isRetryable: true,
  },
  'bad-cursor': {
    status: 400,
    sentence: 'That cursor is none of this list’s. Begin the list again without it.',
    whoCanAct: 'caller',
  },
});
