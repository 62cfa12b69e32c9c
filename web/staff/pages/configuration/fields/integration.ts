import type { SectionWords } from '../field-words.ts';

export const integrationWords: SectionWords = {
  intro:
    'How this biller’s invoice files (BIF) are read: which field stands where, and which fields are set or derived for every invoice.',
  fields: {
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
      dependsOn: 'Apply Global BIF Customizations (Invoicing › Advanced Configuration).',
      affects: 'Every invoice of the next file.',
      isWhole: true,
    },
  },
};
