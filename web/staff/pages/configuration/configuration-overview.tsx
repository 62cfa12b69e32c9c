import './configuration.css';
import { useQuery } from '@tanstack/react-query';
import { addresses } from '../../addresses.ts';
import { api, type Item, told } from '../../api.ts';
import { Awaited } from '../../parts/notes.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Scroll } from '../../parts/scroll.tsx';
import { Moment, Part, To } from '../../parts/show.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { ChangeBar } from './change-bar.tsx';
import {
  type ConfigurationAnswer,
  catalogueQuery,
  configurationQuery,
  type SectionName,
} from './configuration-data.ts';
import { SECTION_WORDS } from './describe-field.ts';
import { FaultCount } from './fault-count.tsx';
import { SECTION_NAMES, SECTION_SCREENS, screenName, sectionOf } from './section-screens.ts';
import { useChange } from './use-change.ts';

/** Versions looked at to find who changed a section last; further back the history is the place to look. */
const VERSIONS_LOOKED_AT = 50;
type Version = Item<'/api/v1/billers/{bid}/configuration/history'>;

/** All of a biller's configuration on one page: each screen, whether it works, who changed it last. */
export function ConfigurationOverview() {
  const bid = useBid();
  const answer = useQuery(configurationQuery(bid));
  const history = useQuery({
    queryKey: ['configuration', bid, 'history', 'overview'],
    queryFn: () =>
      told(
        api.GET('/api/v1/billers/{bid}/configuration/history', {
          params: { path: { bid }, query: { limit: VERSIONS_LOOKED_AT } },
        }),
      ),
  });
  return (
    <>
      <PageHead
        path={[['CRM']]}
        title="Configuration"
        acts={<To href={addresses.configurationHistory(bid)}>Configuration history</To>}
      />
      <Awaited of={answer} what="the configuration">
        {(shown) => (
          <Awaited of={history} what="who changed it">
            {({ items }) => <Screens bid={bid} answer={shown} versions={items} />}
          </Awaited>
        )}
      </Awaited>
    </>
  );
}

function Screens({
  bid,
  answer,
  versions,
}: {
  bid: number;
  answer: ConfigurationAnswer;
  versions: readonly Version[];
}) {
  const inHand = useChange(bid, answer);
  const { data: catalogue } = useQuery(catalogueQuery);
  const errors = answer.faults.filter((fault) => fault.severity === 'error').length;
  const lastChange = (section: SectionName) => versions.find((version) => version.sections.includes(section));
  return (
    <>
      <ChangeBar bid={bid} inHand={inHand} />
      <p className="sentence">
        Version {answer.version} is in force.{' '}
        {errors > 0
          ? 'It breaks rules, so a part of it does not work: each screen below says what.'
          : 'Nothing in it keeps it from working.'}
      </p>
      <Part title="Screens">
        <Scroll label="Configuration screens">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">Screen</th>
                <th scope="col">State</th>
                <th scope="col">Last changed</th>
              </tr>
            </thead>
            <tbody>
              {SECTION_NAMES.map((section) => {
                const faults = answer.faults.filter((fault) => sectionOf(fault.at) === section);
                const change = lastChange(section);
                const isUnserved = catalogue?.notServedYet.some((each) => each.path === section);
                return (
                  <tr key={section}>
                    <th scope="row">
                      <To href={SECTION_SCREENS[section].address(bid)}>{screenName(section)}</To>
                      <div className="fine hide-narrow">{SECTION_WORDS[section].intro}</div>
                    </th>
                    <td>
                      {faults.length > 0 ? (
                        <FaultCount faults={faults} />
                      ) : (
                        <StateMark state="good" tone="good" word="Complete" />
                      )}
                      {isUnserved && <div className="fine">not in use yet</div>}
                      {inHand.changed.includes(section) && <div className="fine">changed here, not saved</div>}
                    </td>
                    <td>
                      {change ? (
                        <LastChange change={change} />
                      ) : (
                        <span className="soft">more than {VERSIONS_LOOKED_AT} versions ago</span>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      </Part>
    </>
  );
}

function LastChange({ change }: { change: Version }) {
  return change.version === 1 ? (
    <span className="soft">
      as created, <Moment at={change.changedAt} />
    </span>
  ) : (
    <>
      {change.changedBy}
      <div className="fine">
        <Moment at={change.changedAt} />, version {change.version}: {change.reason}
      </div>
    </>
  );
}
