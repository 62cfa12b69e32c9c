import type { SectionWords } from '../field-words.ts';

export const dataPumpWords: SectionWords = {
  intro:
    'Which payments and which changes are posted to the partner. It holds for what happens from the save on: deliveries that exist already go where they were to go.',
  fields: {
    payments: {
      label: 'Payments posted',
      means: 'Ticked: a payment of that source and method is posted to the partner as soon as it is taken.',
      dependsOn: 'Advanced Settings 11, 12 and 13.',
      affects: 'The partner’s ledger, and payers: “posted at your insurer” stays “not sent”.',
    },
    'payments.*.CC': {
      label: '{1}, card',
      means:
        'Ticked: a card payment of this source is posted to the partner as soon as it is taken. Not ticked: it is recorded as “Not sent”, with the reason.',
      dependsOn: 'Advanced Settings 11, 12 and 13; the product that the source belongs to.',
      affects: 'The partner does not hear from here of what is not ticked.',
    },
    'payments.*.ACH': {
      label: '{1}, bank',
      means:
        'Ticked: a bank payment of this source is posted to the partner as soon as it is taken. Not ticked: it is recorded as “Not sent”, with the reason.',
      dependsOn: 'Advanced Settings 11, 12 and 13; the product that the source belongs to.',
      affects: 'The partner does not hear from here of what is not ticked.',
    },
    'nonPayment.paperless': {
      label: 'Paperless changes',
      means: 'A payer’s choice of paperless is posted to the partner.',
      dependsOn: 'Advanced Settings 14, 15 and 16, and a partner that takes it: IMT Spectrum does not.',
      affects: 'Who prints the bills.',
    },
    'nonPayment.autopay': {
      label: 'AutoPay changes',
      means: 'AutoPay switched on or off is posted to the partner.',
      dependsOn: 'Advanced Settings 17, 18 and 19, and a partner that takes it: IMT Spectrum does not.',
      affects: 'The bill mode at the partner.',
    },
    transactionIdSeparator: {
      label: 'Between BillerID and PaymentID in transaction_id',
      means:
        'The partner knows a payment as BillerID and PaymentID together. Without a sign between them they are joined.',
      dependsOn: 'Deliveries that exist already keep the id they have.',
      affects: 'Who compares our payments with the partner’s ledger.',
      mustBe: 'must be -, _, . or nothing.',
    },
    maxConcurrentRequests: {
      label: 'Requests at once, at most',
      means: 'So many posts go to the partner at the same time.',
      affects: 'The partner’s load, and how fast a queue empties.',
      mustBe: 'must be a whole number from 1 to 100.',
    },
    settleMinutes: {
      label: 'Minutes an unknown post settles',
      means: 'Where a post’s answer never came, so long is waited before the partner’s figures are read to find out.',
      affects: 'Staff: shorter finds out sooner, and may look before the partner has it.',
      shownAs: 'minutesLong',
      mustBe: 'must be a whole number of minutes from 0 to 1,440.',
    },
  },
};
