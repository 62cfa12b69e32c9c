import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { Catalogue, SectionName } from './configuration-data.ts';
import { describeField, everyField, SECTION_WORDS } from './describe-field.ts';
import type { FieldWords } from './field-words.ts';
import { notServedAt } from './form.ts';
import { sectionOf } from './section-screens.ts';

const NARROW = '(max-width: 62em)';

interface Props {
  readonly sections: readonly SectionName[];
  readonly focus: string | undefined;
  readonly catalogue: Catalogue | undefined;
}

/** Beside the form: what the field in focus means, what depends on it, who is affected. On a phone, at the bottom edge. */
export function WhatItMeans({ sections, focus, catalogue }: Props) {
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const [isOpen, setOpen] = useState(false);
  const words = focus === undefined ? undefined : describeField(focus);
  const notServed = focus === undefined ? undefined : notServedAt(catalogue, focus);
  const section = sectionOf(focus ?? '') ?? sections[0];
  useEffect(() => {
    if (!isNarrow) setOpen(false);
  }, [isNarrow]);
  const intro = section ? SECTION_WORDS[section].intro : '';
  if (isNarrow) {
    return (
      <aside className="config-means config-means-narrow" aria-label="What it means">
        <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>What it means{words ? `: ${words.label}` : ''}</summary>
          <div className="config-means-words">
            {words ? <Meaning words={words} notServed={notServed} /> : <p>{intro}</p>}
          </div>
        </details>
      </aside>
    );
  }
  return (
    <aside className="config-means" aria-label="What it means">
      <h2>What it means</h2>
      <div aria-live="polite" className="config-means-words">
        {words ? <Meaning words={words} notServed={notServed} /> : <p>{intro}</p>}
      </div>
      {!words && <p className="fine">Go into a field to read what it means and who notices a change.</p>}
      <details className="more">
        <summary>Every field of this screen</summary>
        <div className="config-means-all">
          {everyField
            .filter((each) => sections.includes(each.section))
            .map((each) => (
              <Meaning key={`${each.section}.${each.place}`} words={each.words} />
            ))}
        </div>
      </details>
    </aside>
  );
}

function Meaning({ words, notServed }: { words: FieldWords; notServed?: string | undefined }) {
  return (
    <div className="config-meaning">
      <h3>{words.label.replaceAll(/\{\d\}[,:]? ?/g, '')}</h3>
      <p>{words.means}</p>
      {words.dependsOn && (
        <p>
          <strong>Depends: </strong>
          {words.dependsOn}
        </p>
      )}
      <p>
        <strong>Who notices: </strong>
        {words.affects}
      </p>
      {notServed && (
        <p>
          <strong>Not in use yet: </strong>
          {notServed}
        </p>
      )}
    </div>
  );
}
