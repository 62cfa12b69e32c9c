import type { SectionWords } from '../field-words.ts';

export const ivrWords: SectionWords = {
  intro: 'Which invoice types a caller can pay by phone.',
  fields: {
    invoiceTypeIds: {
      label: 'Offered by phone',
      means: 'The invoice types that the telephone names to a caller. With none, nothing can be paid by phone.',
      dependsOn: 'The product Cloud IVR Connect, and the invoice types of this biller.',
      affects: 'Payers who call, from the next call on.',
      mustBe: 'must be invoice types of this biller.',
    },
  },
};
