import { defineProblems } from '../../platform/problems.ts';

/** What payments refuse, in the reader's words. Nothing was taken unless a sentence says otherwise. */
export const refuse = defineProblems({
  'unknown-account': {
    status: 404,
    sentence: 'There is no account {accountNumber} at this biller.',
    whoCanAct: 'caller',
  },
  'unknown-biller': { status: 404, sentence: 'There is no such biller.', whoCanAct: 'caller' },
  'unknown-payment': { status: 404, sentence: 'There is no such payment.', whoCanAct: 'caller' },
  'unknown-processor': { status: 404, sentence: 'There is no such processor.', whoCanAct: 'caller' },
  'no-processor': {
    status: 503,
    sentence:
      'Payments can’t be taken at the moment. No money has been taken. Your bill stays open; please pay another way or later today.',
    whoCanAct: 'operator',
  },
  maintenance: {
    status: 503,
    sentence: 'Payments are closed for maintenance until {until}. No money has been taken. {message}',
    whoCanAct: 'payer',
    isRetryable: true,
  },
  'cannot-be-paid': { status: 409, sentence: '{why}', whoCanAct: 'payer' },
  'method-not-offered': { status: 409, sentence: '{why} No money has been taken.', whoCanAct: 'payer' },
  'amount-not-allowed': { status: 409, sentence: '{why} No money has been taken.', whoCanAct: 'payer' },
  'balance-changed': {
    status: 409,
    sentence:
      'Your balance has changed: you saw {seen}, it is now {now}. No money has been taken. Look at it again, then pay.',
    whoCanAct: 'payer',
  },
  'fee-changed': {
    status: 409,
    sentence:
      'The fee has changed: you saw {seen}, it is now {now}. No money has been taken. Look at it again, then pay.',
    whoCanAct: 'payer',
  },
  'authorization-changed': {
    status: 409,
    sentence: 'What you agree to has changed since you read it. No money has been taken. Read it again, then pay.',
    whoCanAct: 'payer',
  },
  'possible-duplicate': {
    status: 409,
    sentence:
      'You already paid {amount} on this account at {paidAt}. If you want to pay the same amount again, confirm it. No second payment has been taken.',
    whoCanAct: 'payer',
  },
  'payment-in-doubt': {
    status: 409,
    sentence:
      'An earlier payment of {amount} on this account is not yet known to have gone through or not. We are asking the processor and it settles by itself, usually within minutes; this page then shows it. Please do not pay again before.',
    whoCanAct: 'payer',
    isRetryable: true,
  },
  'payment-under-way': {
    status: 409,
    sentence: 'Another payment of this account is being started this moment. Wait a few seconds, then look again.',
    whoCanAct: 'payer',
    isRetryable: true,
  },
  'already-paid': {
    status: 409,
    sentence: 'Your earlier payment of {amount} went through. No second payment has been taken.',
    whoCanAct: 'payer',
  },
  'bad-event-signature': {
    status: 401,
    sentence:
      'The event was not accepted ({why}). Sign it as Standard Webhooks says, with the secret agreed, within five minutes.',
    whoCanAct: 'partner',
  },
  'act-not-possible': { status: 409, sentence: 'This payment can’t be changed that way. {why}', whoCanAct: 'staff' },
  'processor-refused-act': {
    status: 409,
    sentence: 'The processor did not do it: {why} The payment is unchanged.',
    whoCanAct: 'staff',
  },
  'processor-did-not-answer': {
    status: 503,
    sentence:
      'The processor did not answer, so it is not known whether it did it. It is being asked again by itself; look at the payment in a few minutes before repeating.',
    whoCanAct: 'staff',
    isRetryable: true,
  },
  'version-changed': {
    status: 409,
    sentence: 'The payment has changed since you saw it. Look at it again.',
    whoCanAct: 'staff',
  },
});
