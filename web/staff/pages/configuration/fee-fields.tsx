import { money } from '../../say.ts';
import { Fields, MoneyField, PercentField } from './fields.tsx';
import { useForm } from './form.ts';
import { PlaceFaults } from './place-faults.tsx';
import { feeCents } from './read-money.ts';

type Fees = Readonly<Record<'CC' | 'ACH', { flatCents: number; basisPoints: number }>>;

const EXAMPLES_CENTS = [2_500, 10_000, 50_000];
const METHODS = [
  ['CC', 'card'],
  ['ACH', 'bank'],
] as const;

/** The fees at a place of the document, with what they come to for a few amounts. */
export function FeeFields({ at }: { at: string }) {
  return (
    <>
      <PlaceFaults at={at} />
      <Fields isTwo>
        {METHODS.map(([method]) => [
          <MoneyField key={`${method} flat`} at={`${at}.${method}.flatCents`} />,
          <PercentField key={`${method} percent`} at={`${at}.${method}.basisPoints`} />,
        ])}
      </Fields>
      <FeeExamples fees={useForm().valueAt(at) as Fees} />
    </>
  );
}

/** What a payer pays on top, in dollars, so that nobody has to reckon in percent. */
export function FeeExamples({ fees }: { fees: Fees }) {
  return (
    <ul className="config-examples" aria-label="What a payment costs the payer">
      {METHODS.map(([method, word]) => (
        <li key={method}>
          {EXAMPLES_CENTS.map((cents, at) => (
            <span key={cents}>
              {at === 0 ? `A ${money(cents)} ${word} payment costs the payer ` : `, ${money(cents)}: `}
              <strong className="figure">{money(feeCents(fees[method], cents))}</strong>
            </span>
          ))}
          .
        </li>
      ))}
    </ul>
  );
}
