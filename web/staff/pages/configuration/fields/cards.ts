import type { FieldWords, SectionWords } from '../field-words.ts';

const flat = (method: string): FieldWords => ({
  label: `Convenience fee, ${method}: flat part`,
  means: `What each ${method} payment costs the payer, whatever its amount.`,
  dependsOn:
    'Holds for every invoice type without fees of its own. A service fee that the bill itself brings stands before it.',
  affects: 'Payers, from the next payment on. They see the fee in dollars before they pay.',
  shownAs: 'money',
  mustBe: 'must be an amount in dollars.',
});
const percent = (method: string): FieldWords => ({
  label: `Convenience fee, ${method}: percent`,
  means: `The share of the amount that each ${method} payment costs the payer on top, half a cent rounded up.`,
  dependsOn:
    'Holds for every invoice type without fees of its own. A service fee that the bill itself brings stands before it.',
  affects: 'Payers, from the next payment on. They see the fee in dollars before they pay.',
  shownAs: 'percent',
  mustBe: 'must be between 0 and 10 %.',
});

export const cardsWords: SectionWords = {
  intro:
    'Which cards are taken, how small and how large one card payment may be, and what paying costs the payer. It holds for every invoice type that says nothing else.',
  fields: {
    brands: {
      label: 'Cards taken',
      means: 'The brands a payer can pay with.',
      dependsOn: 'At least one where an invoice type takes CC. The processor must take the brand too.',
      affects: 'Payers with a card, at the next payment.',
      mustBe: 'must be brands of the list.',
    },
    leastCents: {
      label: 'Least card payment',
      means: 'A smaller card payment is not taken. The fee is not counted.',
      dependsOn: 'Must not be above the most.',
      affects: 'Payers with little due, and those who pay in parts.',
      shownAs: 'money',
      mustBe: 'must be an amount in dollars.',
    },
    mostCents: {
      label: 'Most per card payment',
      means:
        'A larger card payment is not taken: the payer pays in parts, or from a bank account. The fee is not counted.',
      affects: 'Payers with much due.',
      shownAs: 'money',
      mustBe: 'must be an amount in dollars.',
    },
    'fees.CC.flatCents': flat('card'),
    'fees.CC.basisPoints': percent('card'),
    'fees.ACH.flatCents': flat('bank'),
    'fees.ACH.basisPoints': percent('bank'),
    mayExceedBalance: {
      label: 'May pay more than what is due',
      means: 'A payer may enter an amount above the balance; what is above is left to the partner as a credit.',
      affects: 'Payers, and who looks after credits at the partner.',
    },
  },
};
