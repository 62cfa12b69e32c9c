import { Part, To } from '../../parts/show.tsx';
import { ConfigurationPage } from './configuration-page.tsx';
import { CustomizationFields } from './customization-fields.tsx';
import { CustomizationPreview } from './customization-preview.tsx';
import { useForm } from './form.ts';
import { LayoutFields } from './layout-fields.tsx';
import { fieldAddress } from './section-screens.ts';

/** How the biller's files are read: the partner, what becomes of each field, and the order of the fields. */
export function IntegrationSummary() {
  return (
    <ConfigurationPage sections={['integration']}>
      <PartnerPart />
      <CustomizationFields />
      <CustomizationPreview />
      <LayoutFields />
    </ConfigurationPage>
  );
}

function PartnerPart() {
  const { bid, draft } = useForm();
  const isGlobal = draft.invoicing.applyGlobalBifCustomizations;
  const to = (path: string, words: string) => <To href={fieldAddress(bid, path) ?? ''}>{words}</To>;
  return (
    <Part title="Partner">
      <dl className="facts">
        <div>
          <dt>Integration Partner ID</dt>
          <dd>
            {draft.profile.integrationPartner || 'none'} · {to('profile.integrationPartner', 'Change it in Profile')}
          </dd>
        </div>
        <div>
          <dt>Apply Global BIF Customizations</dt>
          <dd>
            {isGlobal ? 'On' : 'Off'} ·{' '}
            {to('invoicing.applyGlobalBifCustomizations', 'Change it in Advanced Configuration')}
          </dd>
        </div>
      </dl>
      <p className="soft">
        {isGlobal
          ? 'The customizations below hold for every invoice: from files, from UploadInvoice, and when a balance refresh changes its dates.'
          : 'The customizations below hold for invoices from files only. One from UploadInvoice stays as it was sent, and so do dates changed by a balance refresh.'}
      </p>
    </Part>
  );
}
