import { addresses } from '../../addresses.ts';
import { Part, To } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { ConfigurationPage } from './configuration-page.tsx';
import { Fields, SeveralField } from './fields.tsx';
import { useForm } from './form.ts';

/** The invoice types a caller can pay by phone. */
export function CloudIvr() {
  const bid = useBid();
  return (
    <ConfigurationPage sections={['ivr']} acts={<To href={addresses.invoiceTypes(bid)}>Invoice Types</To>}>
      <Offered />
    </ConfigurationPage>
  );
}

function Offered() {
  const { draft } = useForm();
  const known = draft.invoiceTypes.map((type) => [type.id, `${type.id}: ${type.name}`] as const);
  // A type that is gone stays in sight while it is chosen, so that it can be taken out.
  const gone = draft.ivr.invoiceTypeIds
    .filter((id) => !draft.invoiceTypes.some((type) => type.id === id))
    .map((id) => [id, `${id}: no such invoice type; take it out`] as const);
  return (
    <Part title="Invoice types by phone">
      <Fields>
        <SeveralField at="ivr.invoiceTypeIds" options={[...known, ...gone]} />
      </Fields>
    </Part>
  );
}
