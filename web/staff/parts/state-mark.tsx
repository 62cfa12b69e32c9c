import { words } from '../say.ts';

/** What a state means for the reader. Each tone has a shape of its own, so that it can be told without its colour. */
export type Tone = 'good' | 'busy' | 'wait' | 'warn' | 'bad' | 'off';

const TONES: Readonly<Record<string, Tone>> = {
  // payments
  submitting: 'busy',
  pending: 'busy',
  approved: 'good',
  settled: 'good',
  unknown: 'warn',
  declined: 'off',
  error: 'off',
  voided: 'off',
  refunded: 'off',
  returned: 'bad',
  charged_back: 'bad',
  // clocks
  taken: 'good',
  'not-yet': 'wait',
  'in-doubt': 'warn',
  'not-taken': 'off',
  'came-back': 'bad',
  never: 'off',
  'being-posted': 'busy',
  'not-sent': 'off',
  // deliveries
  queued: 'wait',
  sending: 'busy',
  waiting: 'wait',
  held: 'bad',
  posted: 'good',
  not_sent: 'off',
  superseded: 'off',
  // classes of an attempt
  POSTED: 'good',
  REJECTED: 'bad',
  UNKNOWN: 'warn',
  NOT_SENT: 'off',
  // invoice files
  received: 'wait',
  reading: 'busy',
  loaded: 'good',
  partly: 'warn',
  refused: 'bad',
  failed: 'bad',
  // notices, users, refreshes, rules
  sent: 'good',
  invited: 'wait',
  active: 'good',
  disabled: 'off',
  fresh: 'good',
  kept: 'good',
  stale: 'warn',
  warning: 'warn',
  off: 'off',
  paused: 'warn',
  open: 'warn',
  closed: 'off',
  draining: 'busy',
  idle: 'good',
};

const WORDS: Readonly<Record<string, string>> = {
  loaded: 'Loaded',
  partly: 'Loaded in part',
  waiting: 'Waiting to retry',
  held: 'Held: needs a person',
  charged_back: 'Charged back',
  not_sent: 'Not sent',
  'being-posted': 'Being posted',
  submitting: 'At the processor',
  error: 'Not made',
  unknown: 'Unknown',
  POSTED: 'Posted',
  REJECTED: 'Rejected',
  UNKNOWN: 'Unknown',
  NOT_SENT: 'Not sent',
};

export const stateWord = (state: string): string => WORDS[state] ?? words(state);
export const toneOf = (state: string): Tone => TONES[state] ?? 'wait';

/** A state: a shape and a word. */
export function StateMark({ state, word, tone }: { state: string; word?: string; tone?: Tone }) {
  const shown = tone ?? toneOf(state);
  return (
    <span className={`state state-${shown}`}>
      <Shape tone={shown} />
      {word ?? stateWord(state)}
    </span>
  );
}

export function Shape({ tone }: { tone: Tone }) {
  return (
    <svg width="11" height="11" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      {drawing(tone)}
    </svg>
  );
}

function drawing(tone: Tone) {
  switch (tone) {
    case 'good':
      return <circle cx="6" cy="6" r="5" fill="currentColor" />;
    case 'busy':
      return (
        <>
          <circle cx="6" cy="6" r="4.500" fill="none" stroke="currentColor" strokeWidth="1.500" />
          <path d="M6 1.500a4.500 4.500 0 0 1 0 9z" fill="currentColor" />
        </>
      );
    case 'wait':
      return <circle cx="6" cy="6" r="4.500" fill="none" stroke="currentColor" strokeWidth="1.500" />;
    case 'warn':
      return <path d="M6 .8 11.600 11H.4z" fill="currentColor" />;
    case 'bad':
      return <path d="M6 .2 11.800 6 6 11.800.2 6z" fill="currentColor" />;
    case 'off':
      return <path d="M1.500 6h9" stroke="currentColor" strokeWidth="2" />;
    default:
      return tone satisfies never;
  }
}
