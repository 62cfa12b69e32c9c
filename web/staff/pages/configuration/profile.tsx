import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Awaited } from '../../parts/notes.tsx';
import { Facts, Part } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { useMay } from '../../session.ts';
import { billerQuery } from '../biller-home.tsx';
import { BrandFields } from './brand-fields.tsx';
import { ConfigurationPage } from './configuration-page.tsx';
import { ContactFields } from './contact-fields.tsx';
import { ChoiceField, Fields, LongTextField, SwitchField, TextField } from './fields.tsx';
import { useForm } from './form.ts';
import { RenameBiller } from './rename-biller.tsx';

/** Who the biller is, and its Misc Settings. */
export function Profile() {
  return (
    <ConfigurationPage sections={['profile']}>
      <Names />
      <MiscSettings />
      <ContactFields />
      <Part title="Virtual Site verbiage">
        <Fields>
          <LongTextField at="profile.virtualSiteVerbiage.en" maxLength={4000} />
          <LongTextField at="profile.virtualSiteVerbiage.es" maxLength={4000} />
        </Fields>
      </Part>
      <BrandFields />
    </ConfigurationPage>
  );
}

/** Name, address and BillerGuid: not part of the document in versions, so they are changed by themselves. */
function Names() {
  const bid = useBid();
  const may = useMay();
  const biller = useQuery(billerQuery(bid));
  const [isChanging, setChanging] = useState(false);
  return (
    <Part
      title="Biller"
      aside={
        may('configuration:write') && (
          <Button variant="default" size="compact-xs" onClick={() => setChanging(true)}>
            Change name, slug or BillerGuid
          </Button>
        )
      }
    >
      <Awaited of={biller} what="the biller">
        {(view) => (
          <>
            <Facts
              items={[
                ['BID', view.bid],
                ['Name', view.name],
                ['Slug (address of the Virtual Site)', `/${view.slug}`],
                ['BillerGuid', <code key="guid">{view.guid}</code>],
              ]}
            />
            {isChanging && <RenameBiller biller={view} onClose={() => setChanging(false)} />}
          </>
        )}
      </Awaited>
    </Part>
  );
}

const clockIn = (timeZone: string): string | undefined => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeStyle: 'short', timeZone }).format(new Date());
  } catch {
    return undefined;
  }
};

function MiscSettings() {
  const { catalogue, draft } = useForm();
  const clock = clockIn(draft.profile.timeZone);
  return (
    <Part title="Misc Settings">
      <Fields>
        <ChoiceField
          at="profile.integrationPartner"
          options={(catalogue?.partners ?? []).map((partner) => [partner.name, partner.name])}
        />
        <TextField
          at="profile.timeZone"
          choices={Intl.supportedValuesOf('timeZone')}
          hint={
            clock
              ? `It is ${clock} there now. Type a part of the name to find another.`
              : 'Type a part of the name to find one.'
          }
        />
        <SwitchField at="profile.isMultiUser" />
      </Fields>
    </Part>
  );
}
