import type { ActiveFault, FaultRule } from './faults.ts';
import { commit } from './operations.ts';
import type { Instance, Policy } from './policy.ts';
import {
  type InstancePatch,
  type InstanceSettings,
  type LedgerPayment,
  type PolicyInput,
  type PolicyRun,
  policyInput,
  policyRun,
  type SettingChange,
} from './records.ts';
import type { RequestEntry, RequestLog } from './request-log.ts';
import type { Partner } from './serve-imt.ts';

/** Policies in one line of the state file. */
const BATCH = 1_000;
/** Transactions a ledger answer names one by one. */
const DOUBLE_BOOKED_MAX = 1_000;

export type ResetPart = 'faults' | 'requests' | 'sessions' | 'ledger' | 'policies';
export type LedgerFilter = Partial<Pick<LedgerPayment, 'instance' | 'policyNumber' | 'transactionId'>>;
export type RequestFilter = NonNullable<Parameters<RequestLog['list']>[0]>;

/** What the ledger answers. Sums and counts are over everything the filter matches, `payments` is one page of it. */
export interface LedgerAnswer {
  count: number;
  billAmountCents: number;
  totalPaidCents: number;
  transactions: number;
  /** transaction_ids booked more than once, with how often: must be empty for a well-behaved client. */
  doubleBooked: Record<string, number>;
  payments: LedgerPayment[];
}

/** A policy as the control API shows it. */
export type PolicyView = Omit<Policy, 'waiting' | 'rendered'> & { waitingCents: number };

export interface InstanceView {
  id: string;
  settings: InstanceSettings;
  policies: number;
}

/** Everything a test, a demo or the control API can do to the partner. Each call works at once. */
export interface ImtControls {
  /** Opens an instance or changes the settings of one. Users given replace the users it had. */
  configure(instance: string, patch: InstancePatch): InstanceView;
  instance(instance: string): InstanceView;
  /** Puts policies in, over what was there under their numbers. Says how many. */
  load(instance: string, policies: readonly PolicyInput[]): number;
  /** Puts made-up policies in (`generatePolicies` gives the same ones). Says how many. */
  generate(instance: string, run: PolicyRun): number;
  /** Throws for a policy the instance does not have. */
  policy(instance: string, policyNumber: string): PolicyView;
  listPolicies(instance: string, limit: number): { count: number; policies: PolicyView[] };
  /** Moves what is due, as an agent's payment or an endorsement would, past every client. */
  adjust(instance: string, policyNumber: string, cents: number): PolicyView;
  /** Pending amounts come off what is due. */
  settlePending(instance: string, policyNumber?: string): void;
  /** Ends sessions as if their time were over. Says how many. */
  expireSessions(instance: string, username?: string): number;
  faults: { add(rule: FaultRule): ActiveFault; clear(id?: string): number; list(): ActiveFault[] };
  ledger(filter?: LedgerFilter, page?: { limit?: number; after?: number }): LedgerAnswer;
  settingChanges(filter?: Partial<Pick<SettingChange, 'instance' | 'policyNumber'>>): SettingChange[];
  requests(filter?: RequestFilter): ReturnType<RequestLog['figures']> & { requests: RequestEntry[] };
  /** Without parts: faults, requests and sessions. `policies` leaves the reserved ones. */
  reset(parts?: readonly ResetPart[]): void;
  summary(): { instances: InstanceView[]; payments: number; faults: number; requests: number };
}

/** The controls of one partner. */
export function controlPartner(partner: Partner): ImtControls {
  const { book, faults, log, sessions } = partner;
  const find = (id: string): Instance => {
    const instance = book.instances.get(id);
    if (!instance) throw new Error(`There is no instance ${id}`);
    return instance;
  };
  const view = ({ id, settings, policies }: Instance): InstanceView => ({ id, settings, policies: policies.size });
  const findPolicy = (id: string, policyNumber: string): PolicyView => {
    const instance = find(id);
    const policy = book.policy(instance, policyNumber, Date.now() + instance.settings.clockSkewMs);
    if (!policy) throw new Error(`Instance ${id} has no policy ${policyNumber}`);
    return viewPolicy(policy);
  };
  return {
    configure(id, patch) {
      if (!/^[A-Za-z0-9_-]{1,40}$/.test(id) || id === '__control') throw new Error(`"${id}" is no id of an instance`);
      commit(partner, { kind: 'instance', id, patch });
      return view(find(id));
    },
    instance: (id) => view(find(id)),
    load(id, policies) {
      const checked = policies.map((policy) => policyInput.parse(policy));
      const at = Date.now() + find(id).settings.clockSkewMs;
      for (let from = 0; from < checked.length; from += BATCH) {
        commit(partner, { kind: 'policies', instance: id, at, policies: checked.slice(from, from + BATCH) });
      }
      return checked.length;
    },
    generate(id, run) {
      const checked = policyRun.parse(run);
      commit(partner, { kind: 'generate', instance: find(id).id, at: Date.now(), run: checked });
      return checked.count;
    },
    policy: findPolicy,
    listPolicies(id, limit) {
      const { policies } = find(id);
      const shown: PolicyView[] = [];
      for (const policy of policies.values()) if (shown.length < limit) shown.push(viewPolicy(policy));
      return { count: policies.size, policies: shown };
    },
    ...movingControls(partner, { find, findPolicy }),
    faults: {
      add: (rule) => faults.add(rule),
      clear: (id) => faults.clear(id),
      list: () => faults.list(),
    },
    ledger: (filter = {}, page = {}) => readLedger(book.payments, filter, page),
    settingChanges: (filter = {}) => book.settingChanges.filter((change) => matches(change, filter)),
    requests: (filter = {}) => ({ ...log.figures(), requests: log.list(filter) }),
    reset(parts = ['faults', 'requests', 'sessions']) {
      if (parts.includes('faults')) faults.clear();
      if (parts.includes('requests')) log.reset();
      if (parts.includes('sessions')) sessions.endAll();
      const ledger = parts.includes('ledger');
      const policies = parts.includes('policies');
      if (ledger || policies) commit(partner, { kind: 'forget', ledger, policies });
    },
    summary: () => ({
      instances: [...book.instances.values()].map(view),
      payments: book.payments.length,
      faults: faults.list().length,
      requests: log.total,
    }),
  };
}

/** What moves money and sessions past every client. */
function movingControls(
  partner: Partner,
  {
    find,
    findPolicy,
  }: { find: (id: string) => Instance; findPolicy: (id: string, policyNumber: string) => PolicyView },
): Pick<ImtControls, 'adjust' | 'settlePending' | 'expireSessions'> {
  return {
    adjust(id, policyNumber, cents) {
      findPolicy(id, policyNumber);
      commit(partner, { kind: 'adjust', instance: id, policyNumber, at: Date.now(), cents });
      return findPolicy(id, policyNumber);
    },
    settlePending(id, policyNumber) {
      const only = policyNumber === undefined ? {} : { policyNumber };
      commit(partner, { kind: 'settle-pending', instance: find(id).id, at: Date.now(), ...only });
    },
    expireSessions(id, username) {
      if (username === undefined) return partner.sessions.endAll(id);
      return partner.sessions.end(id, username) ? 1 : 0;
    },
  };
}

function readLedger(
  payments: readonly LedgerPayment[],
  filter: LedgerFilter,
  { limit = Number.MAX_SAFE_INTEGER, after = 0 }: { limit?: number; after?: number },
): LedgerAnswer {
  const times = new Map<string, number>();
  const answer: LedgerAnswer = {
    count: 0,
    billAmountCents: 0,
    totalPaidCents: 0,
    transactions: 0,
    doubleBooked: {},
    payments: [],
  };
  for (const payment of payments) {
    if (!matches(payment, filter)) continue;
    answer.count += 1;
    answer.billAmountCents += payment.billAmountCents;
    answer.totalPaidCents += payment.totalPaidCents;
    const key = `${payment.instance} ${payment.transactionId}`;
    times.set(key, (times.get(key) ?? 0) + 1);
    if (payment.n > after && answer.payments.length < limit) answer.payments.push(payment);
  }
  const doubled = [...times].filter(([, count]) => count > 1).slice(0, DOUBLE_BOOKED_MAX);
  answer.transactions = times.size;
  answer.doubleBooked = Object.fromEntries(doubled.map(([key, count]) => [key.slice(key.indexOf(' ') + 1), count]));
  return answer;
}

function matches(thing: object, filter: object): boolean {
  return Object.entries(filter).every(
    ([name, value]) => value === undefined || (thing as Record<string, unknown>)[name] === value,
  );
}

function viewPolicy({ waiting, rendered: _, ...policy }: Policy): PolicyView {
  const waitingCents = waiting.reduce((sum, payment) => sum + payment.billAmountCents, 0);
  return { ...policy, waitingCents };
}
