import type { FieldWords, SectionWords } from '../field-words.ts';

const text = (label: string, means: string): FieldWords => ({
  label,
  means,
  affects: 'Every payer, at the next page.',
  mustBe: 'must be at most 2,000 characters.',
});

export const portalWords: SectionWords = {
  intro: 'How the biller’s own pages look and what they say.',
  fields: {
    'texts.welcome.en': text('Welcome text, English', 'Stands on top of the pages for payers who read English.'),
    'texts.welcome.es': text('Welcome text, Spanish', 'The same for payers who read Spanish.'),
    'texts.footer.en': text('Footer, English', 'Stands at the end of each page.'),
    'texts.footer.es': text('Footer, Spanish', 'The same for payers who read Spanish.'),
    css: {
      label: 'CSS',
      means: 'Styles of the biller’s own, put after ours.',
      dependsOn: 'What could load something from elsewhere or hide what a payer must see is refused.',
      affects: 'Every payer.',
      mustBe: 'must be at most 20,000 characters.',
    },
  },
};
