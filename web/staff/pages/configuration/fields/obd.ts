import type { SectionWords } from '../field-words.ts';

export const obdWords: SectionWords = {
  intro:
    'Online Bank Direct: payments that payers push from their bank. Here: whether they are taken, and how one is matched to an account.',
  fields: {
    isOn: {
      label: 'Take payments from payers’ banks',
      means: 'Remittances of banks are taken for this biller.',
      dependsOn: 'The product OBD. They reach the partner where DataPump posts the source OBD.',
      affects: 'Payers who pay at their bank: off, their bank’s payments are not matched here.',
    },
    matchBy: {
      label: 'Match by',
      means: 'What must agree between the remittance and the account: the number alone, or the number and the name.',
      dependsOn: 'What does not match waits for a person.',
      affects: 'Staff: a stricter match leaves more to look at and makes fewer mistakes.',
      mustBe: 'must be one of the two.',
    },
  },
};
