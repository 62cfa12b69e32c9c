import type { SectionWords } from '../field-words.ts';

const fee = (method: string) =>
  ({
    flat: {
      of: 'Invoice type {1}',
      label: `${method[0]?.toUpperCase()}${method.slice(1)} fee: flat part`,
      means: `What each ${method} payment of this invoice type costs the payer, whatever its amount.`,
      dependsOn: 'Stands in place of the fee of Credit/Debit Cards.',
      affects: 'Payers of this invoice type, from the next payment on.',
      shownAs: 'money',
      mustBe: 'must be an amount in dollars.',
    },
    percent: {
      of: 'Invoice type {1}',
      label: `${method[0]?.toUpperCase()}${method.slice(1)} fee: percent`,
      means: `The share of the amount that each ${method} payment costs the payer on top, half a cent rounded up.`,
      dependsOn: 'Stands in place of the fee of Credit/Debit Cards.',
      affects: 'Payers of this invoice type, from the next payment on.',
      shownAs: 'percent',
      mustBe: 'must be between 0 and 10 %.',
    },
  }) as const;
const card = fee('card');
const bank = fee('bank');

export const invoiceTypesWords: SectionWords = {
  intro:
    'The kinds of bills this biller sends. Each invoice of a file names its type (InvoiceTypeID), and the type says how it is paid, what it costs, and how its payers sign in.',
  fields: {
    order: {
      label: 'Order of the invoice types',
      means: 'The order in which they are listed.',
      affects: 'Staff, and payers where they choose among types.',
    },
    '*.id': {
      of: 'Invoice type {1}',
      label: 'InvoiceTypeID',
      means: 'The number that invoices of this type carry in the file (field 252).',
      dependsOn:
        'An invoice that names no type of this list is refused. Invoices keep the ID they came with: a type in use keeps its ID.',
      affects: 'The next file that is read.',
      mustBe: 'must be 1 to 20 letters, digits or dashes, and stand once.',
    },
    '*.name': {
      of: 'Invoice type {1}',
      label: 'Name',
      means: 'What payers and staff call it, such as “Insurance”.',
      affects: 'Payers and staff.',
      mustBe: 'must be 1 to 80 characters.',
    },
    '*.invoiceFormatGuid': {
      of: 'Invoice type {1}',
      label: 'InvoiceFormatGuid',
      means: 'Tells which format the invoices of this type have. Given by the partner or by the conversion.',
      dependsOn:
        'An InvoiceFormatGuid set under Integration Summary › BIF Customizations stands before what a file says.',
      affects: 'The next file that is read.',
      mustBe: 'must be a GUID such as a7da43f3-9d20-45c9-8dc5-be5ae931a8a3.',
    },
    '*.authType': {
      of: 'Invoice type {1}',
      label: 'Auth Type',
      means: 'What a payer types to sign in to the Customer Portal.',
      dependsOn:
        'A biller whose payers sign on at the partner only (settings 3, 23, 36) needs “Email Address with Password”.',
      affects: 'Payers who sign in.',
      mustBe: 'must be one of the three Auth Types.',
    },
    '*.registration.isSelfRegistrationOn': {
      of: 'Invoice type {1}',
      label: 'Self-registration',
      means: 'Payers may register for the Customer Portal by themselves.',
      dependsOn: 'Off for a biller whose payers sign on at the partner only.',
      affects: 'Payers without a login.',
    },
    '*.registration.isPromptAfterPaymentOn': {
      of: 'Invoice type {1}',
      label: 'Prompt after a one-time payment',
      means: 'After paying without a login, the payer is asked whether to register.',
      dependsOn: 'Off for a biller whose payers sign on at the partner only.',
      affects: 'Payers of the Virtual Site.',
    },
    '*.registration.areEmailLinksOn': {
      of: 'Invoice type {1}',
      label: 'Registration links in emails',
      means: 'Emails to payers without a login carry a link to register.',
      dependsOn: 'Off for a biller whose payers sign on at the partner only.',
      affects: 'Payers who get emails.',
    },
    '*.environment': {
      of: 'Invoice type {1}',
      label: 'Environment',
      means: 'Which of the partner’s two endpoints balances are asked of and payments are posted to.',
      dependsOn:
        'Only where Advanced Setting 81 is MULTIENVIRONMENT: then 8, 11 and 20 hold two addresses, and each type names one.',
      affects: 'Every balance and payment of this type.',
      mustBe: 'must be 1 or 2, or none where there is one environment.',
    },
    '*.methods': {
      of: 'Invoice type {1}',
      label: 'Methods',
      means: 'How it can be paid: by card (CC), from a bank account (ACH), or both.',
      dependsOn: 'A partner may block a method for a single account besides (Advanced Setting 131).',
      affects: 'Payers of this type. With none, nobody can pay it here.',
      mustBe: 'must be CC, ACH or both.',
    },
    '*.arePartialPaymentsAllowed': {
      of: 'Invoice type {1}',
      label: 'Partial payments',
      means: 'A payer may pay less than what is due.',
      dependsOn: 'The least payment of Credit/Debit Cards still holds. A file may say otherwise for one invoice.',
      affects: 'Payers of this type.',
    },
    '*.fees': {
      of: 'Invoice type {1}',
      label: 'Fees',
      means: 'Fees of its own, or those of Credit/Debit Cards.',
      dependsOn: 'Without fees of its own, a change under Credit/Debit Cards holds here too.',
      affects: 'Payers of this type, from the next payment on.',
    },
    '*.fees.CC.flatCents': card.flat,
    '*.fees.CC.basisPoints': card.percent,
    '*.fees.ACH.flatCents': bank.flat,
    '*.fees.ACH.basisPoints': bank.percent,
  },
};
