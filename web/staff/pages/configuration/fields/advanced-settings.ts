import type { SectionWords } from '../field-words.ts';

export const advancedSettingsWords: SectionWords = {
  intro:
    'Numbered values, as the partner’s documents name them: where it is reached, as whom, and a few switches. Secrets are sealed when they are saved and never shown again; only a fingerprint is.',
  fields: {
    '*': {
      label: 'Setting {1}',
      means: 'A numbered value of this biller. Which numbers exist depends on the partner.',
      dependsOn:
        'An address on another host clears the secrets that go to it, so that nobody can have them sent elsewhere.',
      affects: 'Balances, posts and PDFs from the save on.',
      isWhole: true,
    },
  },
};
