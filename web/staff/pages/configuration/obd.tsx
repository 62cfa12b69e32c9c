import { Part } from '../../parts/show.tsx';
import { ConfigurationPage } from './configuration-page.tsx';
import { ChoiceField, Fields, SwitchField } from './fields.tsx';

/** Payments that payers push from their bank, and how one finds its account. */
export function Obd() {
  return (
    <ConfigurationPage sections={['obd']}>
      <Part title="Online Bank Direct">
        <Fields>
          <SwitchField at="obd.isOn" />
          <ChoiceField
            at="obd.matchBy"
            options={[
              ['account number', 'Account number'],
              ['account number and name', 'Account number and name'],
            ]}
          />
        </Fields>
      </Part>
    </ConfigurationPage>
  );
}
