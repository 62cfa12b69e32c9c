import type { SectionWords } from '../field-words.ts';

export const integrationWords: SectionWords = {
  intro:
    'How this biller’s invoice files (BIF) are read: which field stands where, and which fields are set or derived for every invoice.',
  fields: {
    'layout.accountNumbers': {
      label: 'Account numbers hold',
      means:
        'Whether an AccountNumber is digits only, or may have letters. It is kept as text either way: leading zeros matter.',
      affects: 'Files whose account numbers have letters: with digits only they are refused.',
    },
    'layout.rowTypes.*': {
      of: 'BIF layout, {1}',
      label: 'Row type',
      means: 'What a line of this record begins with.',
      dependsOn: 'The partner’s mapping sheet. No two records may have the same.',
      affects: 'The next file that is read.',
      mustBe: 'must be 1 to 8 capital letters or digits.',
    },
    layout: {
      label: 'BIF layout',
      means: 'The order of the fields in each record of a file.',
      dependsOn: 'The partner writes the file in this order.',
      affects: 'The next file that is read.',
      isWhole: true,
    },
    'customizations.*': {
      label: 'BIF customization {1}',
      means:
        'Where this field of an invoice comes from: the file, a constant, a date reckoned from another, or nowhere.',
      dependsOn:
        'Apply Global BIF Customizations (Invoicing › Advanced Configuration): off, it holds for invoices from files only.',
      affects: 'Every invoice of the next file.',
      isWhole: true,
    },
  },
};
