/** How technical reasons begin (server/platform/egress, the partners), and what happened in words. */
const MEANINGS: Readonly<Record<string, string>> = {
  reset: 'The connection broke after the request had begun.',
  cut: 'The answer broke off half-way.',
  timeout: 'The partner did not answer in time.',
  protocol: 'What came back was not a valid answer.',
  'bad-encoding': 'The answer could not be decoded.',
  'too-large': 'The answer was far too long to be one.',
  'not-understood': 'The partner’s answer could not be understood.',
  dns: 'The partner’s address could not be found.',
  refused: 'The partner’s server took no connection.',
  tls: 'No safe connection to the partner could be made.',
  'connect-timeout': 'The partner’s server did not take the connection in time.',
  unreachable: 'The partner could not be reached.',
  guard: 'The address is one that is never called: look at the endpoint in the settings.',
  'breaker-open': 'The partner failed several times in a row and is left alone for a moment.',
  'queue-full': 'Too much waits for this partner already.',
  aborted: 'It was stopped from this side.',
  'login-refused': 'The partner refused the sign-in: look at its user name and password in the settings.',
  'session-refused': 'The partner did not accept its own session.',
  'rate-limited': 'The partner asked to wait.',
  'partner-error': 'The partner answered that it failed.',
};

/** What follows from it, by the state the delivery is in. */
const FOLLOWS: Readonly<Record<string, string>> = {
  unknown: ' The partner may or may not have taken the payment: that is found out from its figures.',
  waiting: ' Nothing was applied; it is tried again.',
};

/** Whole reasons the program itself gives, where they are too short to be understood by somebody else. */
const SENTENCES: Readonly<Record<string, string>> = {
  'read once': 'The partner’s figures were read once; they are read once more before anything is concluded.',
  'checked again': 'Somebody asked to check again: the partner’s figures are read anew, twice.',
  'the worker stopped while sending': 'The program was stopped while it was sending.',
  'the worker was held up before the first byte':
    'The program was held up before anything was sent; it is tried again.',
};

export interface Explained {
  readonly sentence: string;
  /** The program's own words, where the sentence is not already those. */
  readonly technical: string | undefined;
}

/** A delivery's reason in words a person can act on; a technical one is kept beside them. */
export function explainReason(reason: string, state?: string): Explained {
  const known = SENTENCES[reason];
  if (known) return { sentence: known, technical: undefined };
  const meaning = MEANINGS[/^([a-z-]+): /.exec(reason)?.[1] ?? ''];
  if (meaning) return { sentence: `${meaning}${FOLLOWS[state ?? ''] ?? ''}`, technical: reason };
  const capital = `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
  return { sentence: /[.!?]$/.test(capital) ? capital : `${capital}.`, technical: undefined };
}

/** The sentence, and the program's own words behind a summary. */
export function Reason({ reason, state }: { reason: string; state: string }) {
  const { sentence, technical } = explainReason(reason, state);
  return (
    <div className="sentence">
      {sentence}
      {technical && (
        <details className="more">
          <summary>Technical details</summary>
          <code>{technical}</code>
        </details>
      )}
    </div>
  );
}
