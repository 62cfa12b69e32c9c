import type { SectionWords } from '../field-words.ts';

export const invoicingWords: SectionWords = {
  intro: 'Where balances come from and how old one may be, and what happens to a file with a faulty invoice.',
  fields: {
    realTimeDataRefresh: {
      label: 'Real Time Data Refresh',
      means:
        'The balance is asked of the partner when a payer opens a bill or staff press “Data Refresh”. Off: the balance is the one of the file.',
      dependsOn: 'Advanced Settings 8, 9 and 10; 88 for a partner with a sign-in of its own.',
      affects: 'Payers (the amount due) and the partner (one question for each look).',
    },
    suppressStaleBalances: {
      label: 'Suppress Stale Balances',
      means: 'Where the balance could not be refreshed, the payer is shown none rather than an old one, and can’t pay.',
      dependsOn: 'Only with Real Time Data Refresh.',
      affects: 'Payers while the partner does not answer.',
    },
    applyGlobalBifCustomizations: {
      label: 'Apply Global BIF Customizations',
      means:
        'The rules of Integration Summary › BIF Customizations reach invoices that did not come in a file too, and dates move with a due date that the partner tells.',
      dependsOn: 'The rules always hold for files.',
      affects: 'Single invoices of the web service, and payers whose due date the partner moved.',
    },
    balanceMaxAgeSeconds: {
      label: 'How old a balance may be',
      means: 'A balance younger than this is shown without asking the partner again; 0 asks each time.',
      dependsOn: 'Only with Real Time Data Refresh.',
      affects: 'Payers (how current the amount is) and the load on the partner.',
      shownAs: 'secondsLong',
      mustBe: 'must be a whole number of seconds, at most 86,400 (a day).',
    },
    refuseWholeFileOnInvoiceFault: {
      label: 'Refuse the whole file where one invoice is faulty',
      means:
        'On: one faulty invoice, and nothing of the file is loaded. Off: the good ones are, and the faulty ones are told by line.',
      affects: 'Who uploads files, and payers whose invoice was good.',
    },
    respectAllowPayments: {
      label: 'Refuse payment where the partner says so',
      means:
        'Where a balance comes with allow_payments: false, the account can’t be paid here until it says otherwise.',
      dependsOn: 'Only with Real Time Data Refresh.',
      affects: 'Payers of such accounts.',
    },
  },
};
