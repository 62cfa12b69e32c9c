import { addresses } from '../../addresses.ts';
import { Part, To } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { span } from '../../say.ts';
import { ConfigurationPage } from './configuration-page.tsx';
import { Fields, NumberField, SwitchField } from './fields.tsx';
import { useForm } from './form.ts';

/** Where balances come from and how old one may be; what a faulty invoice does to its file. */
export function AdvancedConfiguration() {
  const bid = useBid();
  return (
    <ConfigurationPage
      sections={['invoicing']}
      acts={<To href={addresses.advancedSettings(bid)}>Advanced Settings</To>}
    >
      <Balances />
      <Part title="Invoice files">
        <Fields>
          <SwitchField at="invoicing.applyGlobalBifCustomizations" />
          <SwitchField at="invoicing.refuseWholeFileOnInvoiceFault" />
        </Fields>
      </Part>
    </ConfigurationPage>
  );
}

function Balances() {
  const { invoicing } = useForm().draft;
  const age = invoicing.balanceMaxAgeSeconds;
  return (
    <Part title="Balances">
      <Fields>
        <SwitchField at="invoicing.realTimeDataRefresh" />
        <NumberField
          at="invoicing.balanceMaxAgeSeconds"
          least={0}
          most={86_400}
          unit="seconds"
          hint={
            age === 0 ? 'The partner is asked each time.' : `A balance is asked for again once it is ${span(age)} old.`
          }
        />
        <SwitchField at="invoicing.suppressStaleBalances" />
        <SwitchField at="invoicing.respectAllowPayments" />
      </Fields>
    </Part>
  );
}
