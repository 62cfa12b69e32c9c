import { createContext, useContext, useMemo } from 'react';
import type {
  Catalogue,
  ConfigurationAnswer,
  ConfigurationDocument,
  SectionName,
  Sections,
} from './configuration-data.ts';

/** A fault as the screen tells it: where in the form, and in what words. */
export interface ShownFault {
  /** Where the server has it; what a link leads to. */
  readonly path: string;
  /** The same place in the form; several where a name stands twice. */
  readonly places: readonly string[];
  readonly section: SectionName | undefined;
  readonly severity: 'error' | 'warning';
  readonly sentence: string;
}

/** What the fields of a configuration screen stand on. */
export interface Form {
  readonly bid: number;
  readonly answer: ConfigurationAnswer;
  /** The document as it would be with the change in hand. */
  readonly draft: ConfigurationDocument;
  /** What is in force, or was when the change began. */
  readonly base: ConfigurationDocument;
  /** Read only: without the right to change, or at a version that can't be changed. */
  readonly isFixed: boolean;
  readonly faults: readonly ShownFault[];
  /** Settings whose secret the save would take out, since the address it goes to leads to another host. */
  readonly clearedSecrets: readonly number[];
  /** The field that a link asked for, as a place in the form. */
  readonly wanted: string | undefined;
  readonly focus: string | undefined;
  readonly setFocus: (at: string) => void;
  /** The settings catalogue with the partners this installation knows; undefined until it is there. */
  readonly catalogue: Catalogue | undefined;
  /** What the partner of the draft can do. */
  readonly partner: Catalogue['partners'][number] | undefined;
  readonly valueAt: (at: string) => unknown;
  readonly put: (at: string, value: unknown) => void;
  readonly putSections: (sections: Sections) => void;
  /** Tells that what is typed at a place can't be read; no sentence: it can. The change can't be saved meanwhile. */
  readonly tellUnread: (at: string, sentence: string | undefined) => void;
}

export const FormContext = createContext<Form | undefined>(undefined);

/** The form of the configuration screen around. */
export function useForm(): Form {
  const form = useContext(FormContext);
  if (!form) throw new Error('a field of a configuration stands outside ConfigurationPage');
  return form;
}

/** The faults told at one place. */
export function useFaultsAt(at: string): readonly ShownFault[] {
  const { faults } = useForm();
  return useMemo(() => faults.filter((fault) => fault.places.includes(at)), [faults, at]);
}

/** What is said of a field that is kept and obeyed, but that nothing serves yet. Of a whole section the frame says it once. */
export function notServedAt(catalogue: Catalogue | undefined, at: string): string | undefined {
  const isAt = (path: string) =>
    new RegExp(
      `^${path
        .split('.')
        .map((part) => (part === '*' ? '[^.]+' : part))
        .join('\\.')}(\\.|$)`,
    ).test(at);
  return catalogue?.notServedYet.find(({ path }) => path.includes('.') && isAt(path))?.sentence;
}

const FRAMES_MAX = 20;

/**
 * Puts the cursor into a field, the first one below the place, or else the nearest part above it; waits a moment for it
 * to appear, since a screen may have to open it first.
 */
export function focusField(at: string, frames = FRAMES_MAX): void {
  const place = placeOf(at);
  if (!place && frames > 0) {
    requestAnimationFrame(() => focusField(at, frames - 1));
    return;
  }
  if (!place) return;
  place.scrollIntoView({ block: 'center' });
  const input = place.matches('input, select, textarea, button')
    ? place
    : place.querySelector<HTMLElement>('input:not([type=file]), select, textarea, button');
  (input ?? place).focus({ preventScroll: true });
}

function placeOf(at: string): HTMLElement | null {
  const exact = document.querySelector<HTMLElement>(`[data-at="${CSS.escape(at)}"]`);
  if (exact) return exact;
  const below = document.querySelector<HTMLElement>(`[data-at^="${CSS.escape(`${at}.`)}"]`);
  if (below) return below;
  const above = at.replace(/\.[^.]+$/, '');
  return above.includes('.') && above !== at ? placeOf(above) : null;
}
