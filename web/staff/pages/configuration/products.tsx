import { Part } from '../../parts/show.tsx';
import { ConfigurationPage } from './configuration-page.tsx';
import { everyField } from './describe-field.ts';
import { Fields, SwitchField } from './fields.tsx';

/** What the biller has bought: each with what it is and what it needs. */
export function Products() {
  return (
    <ConfigurationPage sections={['products']}>
      <Part title="Products">
        <Fields>
          {everyField
            .filter((field) => field.section === 'products')
            .map(({ place, words }) => (
              <SwitchField key={place} at={`products.${place}`} hint={words.means} />
            ))}
        </Fields>
      </Part>
    </ConfigurationPage>
  );
}
