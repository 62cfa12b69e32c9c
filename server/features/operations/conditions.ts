/** What can be told about: a closed set. Words for the reader, and from when on it is told unless the operator says otherwise. */
export const CONDITIONS = [
  'endpoint-broken',
  'lane-stuck',
  'lane-paused',
  'held-payments',
  'reconciliation-gap',
  'invoice-file-refused',
  'mail-failing',
  'job-failing',
  'maintenance-open',
  'process-vanished',
  'worker-away',
  'database-limits',
  'disk-low',
  'backup-old',
  'audit-broken',
  'work-item',
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** When a condition is told. `limit` is in the condition's own unit; null where it has none. */
export interface ConditionRule {
  readonly isOn: boolean;
  /** It must hold for so long. */
  readonly afterMinutes: number;
  readonly limit: number | null;
}

export interface ConditionWords {
  readonly name: string;
  readonly meaning: string;
  readonly limitWords: string | null;
  readonly limitMin: number;
  readonly limitMax: number;
  readonly standard: ConditionRule;
  /** How long it must be gone before that is told: measured things come and go, what a person closes does not. */
  readonly goneMinutes: number;
}

const MEASURED_GONE_MINUTES = 2;

const measured = (
  name: string,
  meaning: string,
  of: { afterMinutes: number; limit?: readonly [words: string, standard: number, min: number, max: number] },
): ConditionWords => ({
  name,
  meaning,
  limitWords: of.limit?.[0] ?? null,
  limitMin: of.limit?.[2] ?? 0,
  limitMax: of.limit?.[3] ?? 0,
  standard: { isOn: true, afterMinutes: of.afterMinutes, limit: of.limit?.[1] ?? null },
  goneMinutes: MEASURED_GONE_MINUTES,
});

/** As `measured`, for what somebody or something closes for good: its end is told at once. */
const closed = (name: string, meaning: string, afterMinutes: number): ConditionWords => ({
  ...measured(name, meaning, { afterMinutes }),
  goneMinutes: 0,
});

export const CONDITION_WORDS: Readonly<Record<Condition, ConditionWords>> = {
  'endpoint-broken': measured(
    'A partner’s endpoint is broken',
    'Its breaker is open, or of at least 10 calls within 5 minutes more than this share failed.',
    { afterMinutes: 2, limit: ['per cent of calls that fail', 50, 1, 100] },
  ),
  'lane-stuck': closed(
    'A lane is stuck',
    'Its oldest delivery waits for more than 30 minutes, or its endpoint does not answer.',
    0,
  ),
  'lane-paused': closed('A lane stays paused', 'Somebody paused it, and nothing is posted from it.', 60),
  'held-payments': closed('Held payments wait', 'Payments that need a person’s decision are not decided.', 15),
  'reconciliation-gap': closed(
    'A reconciliation has a gap',
    'What was taken on a day is not what was posted, waits or went back.',
    0,
  ),
  'invoice-file-refused': closed(
    'An invoice file was refused',
    'The newest file of a biller was refused in whole or in part. Over with the next file that loads, or after 7 days.',
    0,
  ),
  'mail-failing': measured('Email does not leave', 'The mail server does not take emails, or none is configured.', {
    afterMinutes: 10,
  }),
  'job-failing': measured(
    'Background work fails',
    'A job was given up, or has failed several times and is tried again.',
    { afterMinutes: 0, limit: ['failed tries of one job', 3, 1, 8] },
  ),
  'maintenance-open': closed('A maintenance window was left open', 'It is open longer than it was planned to be.', 0),
  'process-vanished': measured(
    'A process vanished',
    'It gave no sign for 30 seconds and did not say that it stops. Over when another with the same roles takes its place.',
    { afterMinutes: 1 },
  ),
  'worker-away': measured(
    'No worker runs',
    'Processes run, but none with the role “worker”: nothing is posted, imported or emailed. A web process tells it.',
    { afterMinutes: 2 },
  ),
  'database-limits': measured(
    'The database is near its limits',
    'Of the connections it allows more than this share is in use, or a transaction is open for more than 15 minutes.',
    { afterMinutes: 3, limit: ['per cent of the connections', 80, 1, 100] },
  ),
  'disk-low': measured('A disk fills up', 'Less than this share of the data folder’s disk is free.', {
    afterMinutes: 5,
    limit: ['per cent free', 10, 1, 90],
  }),
  'backup-old': measured(
    'The backup is too old',
    'No backup was made for longer than this. Not looked at where DATABASE_URL names the database.',
    {
      afterMinutes: 0,
      limit: ['hours since the last backup', 26, 1, 2_000],
    },
  ),
  'audit-broken': closed(
    'The audit record was changed',
    'A verification found an entry that is not as it was written. Over when a verification finds it sound.',
    0,
  ),
  'work-item': closed(
    'Something else waits for a person',
    'A work item of any other kind is open: returns, charges in doubt, failed emails, and what is added later.',
    0,
  ),
};

/** Which condition the open work items of a kind are told as; a kind that is not listed is a `work-item`. */
const CONDITION_OF_KIND: Readonly<Record<string, Condition>> = {
  'lane-waiting': 'lane-stuck',
  'delivery-held': 'held-payments',
  'partner-contradicts': 'held-payments',
  restored: 'held-payments',
  'reconciliation-gap': 'reconciliation-gap',
  'maintenance-left-open': 'maintenance-open',
  'audit-broken': 'audit-broken',
};

/** Reminders of what goes as planned: whoever planned it gets an email of its own, and nothing is broken. */
export const UNTOLD_KINDS: readonly string[] = ['maintenance-ending'];

export function conditionOfKind(kind: string): Condition {
  return CONDITION_OF_KIND[kind] ?? 'work-item';
}
