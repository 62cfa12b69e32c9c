import { Part } from '../../parts/show.tsx';
import { ConfigurationPage } from './configuration-page.tsx';
import { FeeFields } from './fee-fields.tsx';
import { Fields, MoneyField, SeveralField, SwitchField } from './fields.tsx';

const BRANDS = [
  ['visa', 'Visa'],
  ['mastercard', 'Mastercard'],
  ['amex', 'American Express'],
  ['discover', 'Discover'],
] as const;

/** Which cards are taken, how much one payment may be, and what paying costs the payer. */
export function CreditDebitCards() {
  return (
    <ConfigurationPage sections={['cards']}>
      <Part title="Cards and amounts">
        <Fields>
          <SeveralField at="cards.brands" options={BRANDS} />
          <Fields isTwo>
            <MoneyField at="cards.leastCents" />
            <MoneyField at="cards.mostCents" />
          </Fields>
          <SwitchField at="cards.mayExceedBalance" />
        </Fields>
      </Part>
      <Part title="Convenience fees">
        <FeeFields at="cards.fees" />
      </Part>
    </ConfigurationPage>
  );
}
