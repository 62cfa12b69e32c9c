import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../session.ts';
import { type Change, changeOf, keepChange, useKeptChange } from './change-store.ts';
import type { ConfigurationAnswer, ConfigurationDocument, SectionName, Sections } from './configuration-data.ts';
import { SECTION_NAMES } from './section-screens.ts';

export interface ChangeInHand {
  readonly change: Change | undefined;
  /** The document as it would be. */
  readonly draft: ConfigurationDocument;
  readonly changed: readonly SectionName[];
  /** What was told of the configuration without the change. */
  readonly faultsBefore: ConfigurationAnswer['faults'];
  readonly put: (sections: Sections) => void;
  readonly discard: () => void;
  /** Puts the change on top of a newer version. */
  readonly rebase: (answer: ConfigurationAnswer, sections: Sections) => void;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The change in hand for a biller, on top of what is in force. */
export function useChange(bid: number, answer: ConfigurationAnswer): ChangeInHand {
  const { data: session } = useQuery(sessionQuery);
  const key = `${session?.user.id ?? ''} ${bid}`;
  const change = useKeptChange(key);
  const keep = (from: { version: number; base: ConfigurationDocument }, sections: Sections) => {
    // What was put back by hand is no change.
    const left = Object.fromEntries(
      Object.entries(sections).filter(([name, value]) => !isSame(value, from.base[name as SectionName])),
    );
    keepChange(
      key,
      Object.keys(left).length === 0 ? undefined : { version: from.version, base: from.base, sections: left },
    );
  };
  const latest = (): Change => changeOf(key) ?? { version: answer.version, base: answer.configuration, sections: {} };
  return {
    change,
    draft: { ...(change?.base ?? answer.configuration), ...(change?.sections as Partial<ConfigurationDocument>) },
    changed: SECTION_NAMES.filter((name) => change !== undefined && name in change.sections),
    faultsBefore: answer.faults,
    put: (sections) => {
      const now = latest();
      keep(now, { ...now.sections, ...sections });
    },
    discard: () => keepChange(key, undefined),
    rebase: (newer, sections) => keep({ version: newer.version, base: newer.configuration }, sections),
  };
}
