import { skipToken, useQuery } from '@tanstack/react-query';
import { queryClient } from '../../query-client.ts';
import { sessionQuery } from '../../session.ts';
import type { ConfigurationAnswer, ConfigurationDocument, SectionName, Sections } from './configuration-data.ts';
import { SECTION_NAMES } from './section-screens.ts';

/**
 * A change to one biller's configuration that is not saved yet. It may go over several screens, since rules do (a
 * partner and its settings change together), and is saved as one version. Kept in memory only, for the person who
 * types it: it may hold secrets. Signing out forgets it.
 */
export interface Change {
  /** The version it began at: what others saved since then is a conflict, never lost. */
  readonly version: number;
  readonly base: ConfigurationDocument;
  readonly sections: Sections;
}

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
  const key = ['configuration-change', session?.user.id ?? '', bid];
  const { data } = useQuery<Change | null>({
    queryKey: key,
    queryFn: skipToken,
    gcTime: Number.POSITIVE_INFINITY,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const change = data ?? undefined;
  const keep = (from: { version: number; base: ConfigurationDocument }, sections: Sections) => {
    // What was put back by hand is no change.
    const left = Object.fromEntries(
      Object.entries(sections).filter(([name, value]) => !isSame(value, from.base[name as SectionName])),
    );
    queryClient.setQueryData(
      key,
      Object.keys(left).length === 0 ? null : { version: from.version, base: from.base, sections: left },
    );
  };
  const latest = () =>
    queryClient.getQueryData<Change | null>(key) ?? {
      version: answer.version,
      base: answer.configuration,
      sections: {},
    };
  return {
    change,
    draft: { ...(change?.base ?? answer.configuration), ...(change?.sections as Partial<ConfigurationDocument>) },
    changed: SECTION_NAMES.filter((name) => change !== undefined && name in change.sections),
    faultsBefore: answer.faults,
    put: (sections) => {
      const now = latest();
      keep(now, { ...now.sections, ...sections });
    },
    discard: () => void queryClient.setQueryData(key, null),
    rebase: (newer, sections) => keep({ version: newer.version, base: newer.configuration }, sections),
  };
}
