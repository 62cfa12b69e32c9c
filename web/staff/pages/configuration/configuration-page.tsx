import './configuration.css';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLocation, useSearch } from '@tanstack/react-router';
import { Fragment, type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { addresses } from '../../addresses.ts';
import { Awaited } from '../../parts/notes.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { To } from '../../parts/show.tsx';
import { useBid } from '../../parts/use-biller.ts';
import { useMay } from '../../session.ts';
import { ChangeBar } from './change-bar.tsx';
import {
  type ConfigurationAnswer,
  catalogueQuery,
  checkSections,
  configurationQuery,
  type SectionName,
} from './configuration-data.ts';
import { toPositions, valueAt, withValueAt } from './document-paths.ts';
import { FaultList } from './fault-list.tsx';
import { type Form, FormContext, focusField, type ShownFault } from './form.ts';
import { ofRefusal, ofRules } from './read-faults.ts';
import { SECTION_SCREENS, sectionOf } from './section-screens.ts';
import { useChange } from './use-change.ts';
import { WhatItMeans } from './what-it-means.tsx';

/** As one types, the server is asked once the hand rests for so long. */
const REST_MS = 400;
/** By then a window that was open is gone. */
const WINDOW_CLOSED_MS = 500;

interface Props {
  /** The sections the screen holds; it is named and placed after the first. */
  readonly sections: readonly [SectionName, ...SectionName[]];
  readonly acts?: ReactNode;
  /** Another right that changing needs besides `configuration:write`. */
  readonly permission?: string;
  readonly children: ReactNode;
}

/**
 * The frame of every configuration screen: the form on the left, what it means on the right; faults at their fields and
 * as a list, told by the server while one types; a bar while something is not saved, which leads to the review. Fields
 * inside find it with `useForm`.
 */
export function ConfigurationPage({ sections, acts, permission, children }: Props) {
  const bid = useBid();
  const answer = useQuery(configurationQuery(bid));
  const { path, title } = SECTION_SCREENS[sections[0]];
  return (
    <>
      <PageHead
        path={path.map((part) => (part === 'CRM' ? [part, addresses.configuration(bid)] : [part]))}
        title={title}
        acts={
          <>
            {acts}
            <To href={`${addresses.configurationHistory(bid)}?section=${sections.join(',')}`}>
              History of this screen
            </To>
          </>
        }
      />
      <Awaited of={answer} what="the configuration">
        {(shown) => (
          <Framed key={bid} bid={bid} answer={shown} sections={sections} permission={permission}>
            {children}
          </Framed>
        )}
      </Awaited>
    </>
  );
}

interface FramedProps extends Pick<Props, 'sections' | 'permission' | 'children'> {
  readonly bid: number;
  readonly answer: ConfigurationAnswer;
}

function Framed({ bid, answer, sections, permission, children }: FramedProps) {
  const may = useMay();
  const inHand = useChange(bid, answer);
  const [focus, setFocus] = useState<string>();
  const [unread, setUnread] = useState<Readonly<Record<string, string>>>({});
  const [discards, setDiscards] = useState(0);
  const mayWrite = may('configuration:write');
  const preview = usePreview(bid, inHand.change && mayWrite ? inHand.change : undefined);
  const { data: catalogue } = useQuery(catalogueQuery);
  const { draft } = inHand;
  const wanted = useWanted(draft, setFocus);
  const tellUnread = useCallback(
    (at: string, sentence: string | undefined) =>
      setUnread(({ [at]: _before, ...others }) => (sentence === undefined ? others : { ...others, [at]: sentence })),
    [],
  );
  const faults = useMemo<readonly ShownFault[]>(
    () => [
      ...Object.entries(unread).map(([at, sentence]) => unreadFault(at, sentence)),
      ...ofRefusal(inHand.change && preview.error),
      ...ofRules(inHand.change && preview.data ? preview.data.faults : answer.faults, draft),
    ],
    [unread, preview.error, preview.data, inHand.change, answer.faults, draft],
  );
  const form: Form = {
    bid,
    answer,
    draft,
    base: inHand.change?.base ?? answer.configuration,
    isFixed: !mayWrite || (permission !== undefined && !may(permission)),
    faults,
    clearedSecrets: (inHand.change && preview.data?.clearedSecrets) ?? [],
    wanted,
    focus,
    setFocus,
    tellUnread,
    catalogue,
    partner: catalogue?.partners.find((each) => each.name === draft.profile.integrationPartner),
    valueAt: (at) => valueAt(draft, at),
    put: (at, value) => {
      const section = sectionOf(at);
      if (section) inHand.put({ [section]: withValueAt(draft, at, value)[section] });
    },
    putSections: inHand.put,
  };
  return (
    <FormContext value={form}>
      <ChangeBar
        bid={bid}
        inHand={{
          ...inHand,
          discard: () => {
            inHand.discard();
            setUnread({});
            setDiscards(discards + 1);
          },
        }}
        previewError={inHand.change && preview.error}
        unreadCount={Object.keys(unread).length}
      />
      <FaultList
        bid={bid}
        faults={faults}
        sections={sections}
        isChanged={inHand.change !== undefined || Object.keys(unread).length > 0}
      />
      <div className="config">
        <form
          className="config-form"
          onSubmit={(event) => event.preventDefault()}
          aria-label={SECTION_SCREENS[sections[0]].title}
        >
          {form.isFixed && <ReadOnly permission={mayWrite ? (permission ?? '') : 'configuration:write'} />}
          <NotServed catalogue={catalogue} sections={sections} />
          {/* What is typed and can't be read is forgotten with the rest. */}
          <Fragment key={discards}>{children}</Fragment>
        </form>
        <WhatItMeans sections={sections} focus={focus} catalogue={catalogue} />
      </div>
    </FormContext>
  );
}

function ReadOnly({ permission }: { permission: string }) {
  return (
    <p className="caution" role="note">
      You can read this. Changing it needs the right <code>{permission}</code>; who manages users can give it to you.
    </p>
  );
}

/** A whole section that nothing serves yet says so above its form. */
function NotServed({ catalogue, sections }: { catalogue: Form['catalogue']; sections: readonly SectionName[] }) {
  const told = catalogue?.notServedYet.filter((each) => sections.some((section) => section === each.path)) ?? [];
  return told.map((each) => (
    <p key={each.path} className="caution" role="note">
      {each.sentence}
    </p>
  ));
}

const unreadFault = (at: string, sentence: string): ShownFault => ({
  path: at,
  places: [at],
  section: sectionOf(at),
  severity: 'error',
  sentence,
});

/** What saving the change would do, asked of the server once the hand rests. */
function usePreview(bid: number, change: ReturnType<typeof useChange>['change']) {
  const [rested] = useDebouncedValue(change, REST_MS);
  return useQuery({
    queryKey: ['configuration', bid, 'preview', rested?.version, rested?.sections],
    enabled: rested !== undefined && change !== undefined,
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: () => checkSections(bid, rested?.version ?? 0, rested?.sections ?? {}),
  });
}

/** The field that the address asks for: the cursor goes there each time the address is opened. */
function useWanted(draft: ConfigurationAnswer['configuration'], onWanted: (at: string) => void): string | undefined {
  const { field } = useSearch({ strict: false }) as { field?: string };
  const { state } = useLocation();
  const wanted = field ? toPositions(draft, field)[0] : undefined;
  const visit = (state as { __TSR_key?: string }).__TSR_key;
  // Once a visit, not whenever the draft moves the field.
  useEffect(() => {
    if (wanted === undefined) return;
    onWanted(wanted);
    focusField(wanted);
    // A window that led here gives the focus back to where it came from as it closes; then it is asked for once more.
    const again = setTimeout(() => {
      if (!document.activeElement?.closest('.config-form')) focusField(wanted);
    }, WINDOW_CLOSED_MS);
    return () => clearTimeout(again);
  }, [field, visit]);
  return wanted;
}
