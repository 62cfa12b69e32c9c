import type { ReactNode } from 'react';
import type { FormFault, PageFrame } from '../../server/features/payer-site/contract.ts';
import tokens from '../ui/tokens.css?raw';
import { accentColours } from './accent.ts';
import styles from './payer.css?raw';
import { WORDS, type Words } from './words.ts';

/** Style sheets kept, one for each colour a biller chose: the same text for every page of that biller. */
const SHEETS_MAX = 500;
const sheets = new Map<string, string>();

function styleSheet(accentColour: string): string {
  const known = sheets.get(accentColour);
  if (known !== undefined) return known;
  const accent = accentColours(accentColour);
  const sheet = `${tokens}${styles}:root{--accent:${accent.light};--on-accent:${accent.onLight}}@media(prefers-color-scheme:dark){:root{--accent:${accent.dark};--on-accent:${accent.onDark}}}`;
  if (sheets.size < SHEETS_MAX) sheets.set(accentColour, sheet);
  return sheet;
}

/** A whole page: head, the biller's bar, the content, the footer. `step` draws the progress of paying. */
export function Page(props: {
  frame: PageFrame;
  title: string;
  step?: 1 | 2 | 3 | 4;
  hasFault?: boolean;
  isWaiting?: boolean;
  children: ReactNode;
}) {
  const { frame } = props;
  const words = WORDS[frame.locale];
  const css = styleSheet(frame.biller.accentColour);
  return (
    <html lang={frame.locale}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${props.hasFault ? `${words.error}: ` : ''}${props.title} – ${frame.biller.name}`}</title>
        {props.isWaiting ? <script src="/payer-assets/watch.js" defer={true} /> : null}
        <link rel="icon" href="data:," />
        {/* Our own style sheet, from our own file: nothing of a person's is in it. */}
        <style dangerouslySetInnerHTML={{ __html: css }} />
        {frame.biller.styleSheet ? <link rel="stylesheet" href={frame.biller.styleSheet} /> : null}
      </head>
      <body className="biller">
        <a className="skip" href="#page">
          {words.skip}
        </a>
        <header className="site">
          <div className="bar">
            <a className="brand" href={frame.base}>
              {frame.biller.logo ? <img src={frame.biller.logo} alt="" /> : null}
              {frame.biller.name}
            </a>
            <nav aria-label={words.language}>
              <a
                href={`${frame.path}?lang=${words.languageCode}`}
                lang={words.languageCode}
                hrefLang={words.languageCode}
              >
                {words.language}
              </a>
            </nav>
          </div>
        </header>
        <main id="page">
          {props.step === undefined ? null : <Progress words={words} step={props.step} />}
          {props.children}
        </main>
        <Footer frame={frame} />
      </body>
    </html>
  );
}

/** The biller's own words at the end of every page, and whom to ask. */
function Footer({ frame }: { frame: PageFrame }) {
  const words = WORDS[frame.locale];
  const { footer, help } = frame.biller;
  if (!footer && help.length === 0) return null;
  return (
    <footer>
      {footer ? <Prose text={footer} /> : null}
      {help.map(({ name, phone, email }) => (
        <p key={name + phone + email}>
          {words.help}
          {name ? ` ${name}:` : ''} {phone ? <a href={`tel:${phone.replaceAll(/[^+\d]/g, '')}`}>{phone}</a> : null}
          {phone && email ? ' · ' : ''}
          {email ? <a href={`mailto:${email}`}>{email}</a> : null}
        </p>
      ))}
    </footer>
  );
}

/** A biller's text as paragraphs: an empty line begins another. Never markup. */
export function Prose({ text }: { text: string }) {
  return text
    .split(/\n\s*\n/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => <p key={paragraph}>{paragraph.trim()}</p>);
}

function Progress({ words, step }: { words: Words; step: 1 | 2 | 3 | 4 }) {
  return (
    <>
      <p className="step">
        {words.step(step)}: {words.steps[step - 1]}
      </p>
      <ol className="progress" aria-hidden="true">
        {words.steps.map((name, at) => (
          <li key={name} className={at < step ? 'done' : ''} />
        ))}
      </ol>
    </>
  );
}

/** What a form was shown as: whose bill, and in which language. A browser's other tabs may hold another by the time it is sent. */
export function FormOf({ frame, accountNumber }: { frame: PageFrame; accountNumber: string }) {
  return (
    <>
      <input type="hidden" name="account" value={accountNumber} />
      <input type="hidden" name="lang" value={frame.locale} />
    </>
  );
}

/** The summary on top of a refused form; it takes the focus, and each line leads to its field. */
export function FaultSummary({ words, faults }: { words: Words; faults: readonly FormFault[] }) {
  if (faults.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noAutofocus: after a refused form the reader must land on what is wrong (WCAG 3.3.1)
    <div className="problem" role="alert" tabIndex={-1} autoFocus={true}>
      <h2>{words.errorSummary}</h2>
      <ul>
        {faults.map((fault) => (
          <li key={fault.field + fault.message}>
            <a href={`#${fault.field}`}>{fault.message}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** One labelled text field with its hint and its fault, tied together for screen readers. */
export function Field(props: {
  name: string;
  label: string;
  hint?: string;
  value: string;
  faults: readonly FormFault[];
  type?: 'text' | 'email';
  inputMode?: 'text' | 'decimal' | 'email';
  autoComplete?: string;
  isShort?: boolean;
}) {
  const fault = props.faults.find((each) => each.field === props.name);
  const described = [props.hint ? `${props.name}-hint` : '', fault ? `${props.name}-fault` : '']
    .filter(Boolean)
    .join(' ');
  return (
    <div className={`field${fault ? ' has-fault' : ''}`}>
      <label htmlFor={props.name}>{props.label}</label>
      {props.hint ? (
        <p className="hint" id={`${props.name}-hint`}>
          {props.hint}
        </p>
      ) : null}
      {fault ? (
        <p className="fault" id={`${props.name}-fault`}>
          {fault.message}
        </p>
      ) : null}
      <input
        id={props.name}
        name={props.name}
        type={props.type ?? 'text'}
        inputMode={props.inputMode}
        autoComplete={props.autoComplete ?? 'off'}
        defaultValue={props.value}
        className={props.isShort ? 'short' : undefined}
        aria-describedby={described || undefined}
        aria-invalid={fault ? true : undefined}
      />
    </div>
  );
}
