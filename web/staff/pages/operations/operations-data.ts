import { queryOptions } from '@tanstack/react-query';
import { addresses } from '../../addresses.ts';
import { api, type Item, type Reply, told } from '../../api.ts';
import type { Tone } from '../../parts/state-mark.tsx';
import { words } from '../../say.ts';

const REFRESH_MS = 5_000;

export type Health = Reply<'/api/v1/operations'>;
export type Endpoint = Health['endpoints'][number];
export type Jobs = Reply<'/api/v1/operations/jobs'>;
export type Alert = Item<'/api/v1/operations/alerts'>;
export type Destination = Item<'/api/v1/operations/alert-destinations'>;
export type Message = Item<'/api/v1/operations/alert-messages'>;
export type ConditionRow = Item<'/api/v1/operations/alert-conditions'>;

export const healthQuery = queryOptions({
  queryKey: ['operations', 'health'],
  refetchInterval: REFRESH_MS,
  queryFn: ({ signal }) => told(api.GET('/api/v1/operations', { signal })),
});

export const jobsQuery = queryOptions({
  queryKey: ['operations', 'jobs'],
  refetchInterval: REFRESH_MS,
  queryFn: ({ signal }) => told(api.GET('/api/v1/operations/jobs', { signal })),
});

export const destinationsQuery = queryOptions({
  queryKey: ['operations', 'destinations'],
  refetchInterval: REFRESH_MS,
  queryFn: ({ signal }) => told(api.GET('/api/v1/operations/alert-destinations', { signal })),
});

const OPERATIONS: Readonly<Record<string, string>> = {
  balance: 'Data Refresh',
  payment: 'Payments',
  paperless: 'Paperless',
  autopay: 'AutoPay',
  pdf: 'Remote PDF',
  session: 'Sign-in',
  processor: 'Payment processor',
};
export const operationWord = (operation: string): string => OPERATIONS[operation] ?? words(operation);

const OUTCOMES: Readonly<Record<string, string>> = {
  answered: 'answered',
  'http-3xx': 'redirected',
  'http-4xx': 'refused (4xx)',
  'http-429': 'too many (429)',
  'http-5xx': 'server error (5xx)',
  dns: 'name not found',
  refused: 'connection refused',
  tls: 'TLS failed',
  'connect-timeout': 'no connection in time',
  guard: 'address not allowed',
  'breaker-open': 'held back',
  'queue-full': 'no turn in time',
  timeout: 'no answer in time',
  reset: 'connection reset',
  cut: 'answer cut off',
  'too-large': 'answer too large',
  'bad-encoding': 'answer unreadable',
  protocol: 'not HTTP',
  aborted: 'called off',
};
export const outcomeWord = (outcome: string): string => OUTCOMES[outcome] ?? outcome;

/** The four kinds a chart tells apart. */
export const OUTCOME_KINDS = ['answered', 'refused', 'failed', 'held'] as const;
export function outcomeKind(outcome: string): (typeof OUTCOME_KINDS)[number] {
  if (outcome === 'answered') return 'answered';
  if (['http-3xx', 'http-4xx', 'http-429'].includes(outcome)) return 'refused';
  return ['breaker-open', 'queue-full', 'guard', 'aborted'].includes(outcome) ? 'held' : 'failed';
}

export const breakerMark = (breaker: Endpoint['breaker']): readonly [word: string, tone: Tone] =>
  breaker === 'open' ? ['Left alone', 'bad'] : breaker === 'half-open' ? ['Being tried', 'warn'] : ['Going', 'good'];

/** The page of what an alert is about. */
export function addressOfAlert(alert: Pick<Alert, 'subject' | 'bid'>): string | undefined {
  const [kind = '', ...rest] = alert.subject.split('/');
  const { bid } = alert;
  if (kind === 'endpoint') return addresses.operationsEndpoint(rest.join('/'));
  if (kind === 'queue') return addresses.operationsJobs();
  if (kind === 'lane' && bid) return addresses.lanes(bid);
  if (kind === 'invoice-files' && bid) return addresses.invoiceFiles(bid);
  if (kind === 'work-items' && bid) return rest[1] === 'delivery-held' ? addresses.held(bid) : `/work-items?bid=${bid}`;
  return undefined;
}
