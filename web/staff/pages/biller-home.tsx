import { useQuery } from '@tanstack/react-query';
import { addresses } from '../addresses.ts';
import { api, told } from '../api.ts';
import { Awaited, Faults } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Facts, Part, To } from '../parts/show.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { useBid } from '../parts/use-biller.ts';
import { useScreens } from '../screens.ts';
import { useMay } from '../session.ts';
import { FaultCount } from './configuration/fault-count.tsx';

const OPERATIONS = {
  balance: 'balances',
  payment: 'payments',
  paperless: 'paperless',
  autopay: 'AutoPay',
  pdf: 'PDFs of bills',
} as const;

export const billerQuery = (bid: number) => ({
  queryKey: ['biller', bid],
  queryFn: () => told(api.GET('/api/v1/billers/{bid}', { params: { path: { bid } } })),
});

/** Who the biller is, whether its configuration works, and the ways to everything of it. */
export function BillerHome() {
  const bid = useBid();
  const may = useMay();
  const screens = useScreens(bid);
  const biller = useQuery(billerQuery(bid));
  const check = useQuery({
    queryKey: ['configuration', bid, 'check'],
    enabled: may('configuration:read'),
    queryFn: () => told(api.GET('/api/v1/billers/{bid}/configuration/check', { params: { path: { bid } } })),
  });
  return (
    <>
      <PageHead
        path={[['Billers', addresses.billers()]]}
        title={biller.data?.name ?? `Biller ${bid}`}
        mark={biller.data && <span className="soft">BID {bid}</span>}
      />
      <Awaited of={biller} what="the biller">
        {(view) => (
          <>
            <div className="pair">
              <Part title="Profile">
                <Facts
                  items={[
                    ['Integration Partner', view.integrationPartner || 'none chosen'],
                    ['BillerGuid', <code key="guid">{view.guid}</code>],
                    [
                      'Virtual Site',
                      <a className="link" key="site" href={`/${view.slug}`} target="_blank" rel="noreferrer">
                        /{view.slug}
                      </a>,
                    ],
                    [
                      'Configuration',
                      <To key="version" href={addresses.configurationHistory(bid)}>{`version ${view.version}`}</To>,
                    ],
                    [
                      'Causeway tells and asks it',
                      view.partner
                        ? view.partner.operations.map((each) => OPERATIONS[each]).join(', ')
                        : 'This installation does not know the partner.',
                    ],
                  ]}
                />
              </Part>
              {may('configuration:read') && (
                <Part title="Does the configuration work?">
                  <Awaited of={check} what="the rules">
                    {({ faults }) =>
                      faults.length === 0 ? (
                        <StateMark state="good" tone="good" word="Every rule holds" />
                      ) : (
                        <>
                          <FaultCount faults={faults} />
                          <Faults faults={faults.map((fault) => ({ at: fault.at, message: fault.sentence }))} />
                        </>
                      )
                    }
                  </Awaited>
                </Part>
              )}
            </div>
            <Part title="Screens">
              <ul className="needs" style={{ listStyle: 'none', padding: 0, margin: 0 }}>
                {screens
                  .filter((screen) => screen.group !== 'Today' && screen.group !== 'Console')
                  .map((screen) => (
                    <li key={screen.name}>
                      <To href={screen.address}>
                        {screen.group} › {screen.name}
                      </To>
                    </li>
                  ))}
              </ul>
            </Part>
          </>
        )}
      </Awaited>
    </>
  );
}
