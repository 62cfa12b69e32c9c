import { seedOf } from '../seeded-random.ts';
import { generatePolicies } from './generate-policies.ts';
import { centralTime, utcTime } from './payments-due.ts';
import type { Instance, Policy } from './policy.ts';
import {
  DEFAULT_SETTINGS,
  type InstancePatch,
  type InstanceSettings,
  type JournalRecord,
  type LedgerPayment,
  type PolicyInput,
  type SettingChange,
} from './records.ts';
import { SAMPLE_POLICY, SENTINELS } from './sentinels.ts';

/** Instances one sandbox holds. */
const INSTANCES_MAX = 200;
/** Policies one instance holds. */
const POLICIES_MAX = 2_000_000;
/** Payments kept. A bench that books more restarts the sandbox or forgets the ledger. */
const PAYMENTS_MAX = 5_000_000;

/** Everything the partner knows, changed only by `apply`: replaying the same records gives the same book. */
export class Book {
  readonly instances = new Map<string, Instance>();
  payments: LedgerPayment[] = [];
  settingChanges: SettingChange[] = [];
  readonly transactions = new Map<string, LedgerPayment>();

  apply(record: JournalRecord): void {
    switch (record.kind) {
      case 'instance':
        this.open(record.id, record.patch);
        return;
      case 'policies':
        for (const policy of record.policies) this.put(record.instance, policy, record.at);
        return;
      case 'generate':
        for (const policy of generatePolicies(record.run)) this.put(record.instance, policy, record.at);
        return;
      case 'payment':
        this.book(record.payment);
        return;
      case 'setting':
        this.change(record.change);
        return;
      case 'adjust':
        this.adjust(record);
        return;
      case 'settle-pending':
        this.settlePending(record);
        return;
      case 'forget':
        this.forget(record);
        return;
      default: {
        const never: never = record;
        throw new Error(`Unknown journal record ${JSON.stringify(never)}`);
      }
    }
  }

  /** The policy with every payment that shows by `now`, or undefined. */
  policy(instance: Instance, policyNumber: string, now: number): Policy | undefined {
    const policy = instance.policies.get(policyNumber);
    if (policy && policy.waiting.length > 0) showWaiting(policy, now);
    return policy;
  }

  firstPayment(instance: string, transactionId: string): LedgerPayment | undefined {
    return this.transactions.get(`${instance} ${transactionId}`);
  }

  private open(id: string, patch: InstancePatch): Instance {
    const known = this.instances.get(id);
    if (known) {
      known.settings = patched(known.settings, patch);
      return known;
    }
    if (this.instances.size >= INSTANCES_MAX) throw new Error(`A sandbox holds at most ${INSTANCES_MAX} instances`);
    const opened: Instance = { id, settings: patched(DEFAULT_SETTINGS, patch), policies: new Map() };
    this.instances.set(id, opened);
    this.putReserved(opened);
    return opened;
  }

  private putReserved(instance: Instance): void {
    const since = Date.UTC(2024, 8, 3, 20, 37, 51);
    this.put(instance.id, SAMPLE_POLICY, since);
    for (const sentinel of SENTINELS) if (sentinel.policy) this.put(instance.id, sentinel.policy, since);
  }

  private put(instanceId: string, input: PolicyInput, at: number): void {
    const instance = this.instances.get(instanceId) ?? this.open(instanceId, {});
    if (instance.policies.size >= POLICIES_MAX) throw new Error(`An instance holds at most ${POLICIES_MAX} policies`);
    const known = instance.policies.get(input.policyNumber);
    instance.policies.set(input.policyNumber, fill(input, { at, paymentsCount: known?.paymentsCount ?? 0 }));
  }

  private book(payment: LedgerPayment): void {
    if (this.payments.length >= PAYMENTS_MAX) throw new Error(`A sandbox keeps at most ${PAYMENTS_MAX} payments`);
    this.payments.push(payment);
    const key = `${payment.instance} ${payment.transactionId}`;
    if (!this.transactions.has(key)) this.transactions.set(key, payment);
    const policy = this.instances.get(payment.instance)?.policies.get(payment.policyNumber);
    if (!policy) return;
    policy.paymentsCount += 1;
    policy.waiting.push(payment);
    showWaiting(policy, payment.bookedAt);
  }

  private change(change: SettingChange): void {
    this.settingChanges.push(change);
    const policy = this.instances.get(change.instance)?.policies.get(change.policyNumber);
    if (!policy) return;
    if (change.paperless !== undefined) policy.paperless = change.paperless;
    if (change.billMode !== undefined) policy.billMode = change.billMode;
    touch(policy, change.at);
  }

  private adjust(record: { instance: string; policyNumber: string; at: number; cents: number }): void {
    const policy = this.instances.get(record.instance)?.policies.get(record.policyNumber);
    if (!policy) return;
    policy.currentDueCents += record.cents;
    policy.totalUnpaidCents += record.cents;
    touch(policy, record.at);
  }

  private settlePending(record: { instance: string; at: number; policyNumber?: string }): void {
    const policies = this.instances.get(record.instance)?.policies;
    for (const policy of policies?.values() ?? []) {
      const isMeant = record.policyNumber === undefined || record.policyNumber === policy.policyNumber;
      if (!isMeant || policy.pendingCents === 0) continue;
      policy.currentDueCents -= policy.pendingCents;
      policy.totalUnpaidCents -= policy.pendingCents;
      policy.pendingCents = 0;
      touch(policy, record.at);
    }
  }

  private forget({ ledger, policies }: { ledger: boolean; policies: boolean }): void {
    if (ledger) {
      this.payments = [];
      this.settingChanges = [];
      this.transactions.clear();
    }
    for (const instance of this.instances.values()) {
      if (policies) {
        instance.policies.clear();
        this.putReserved(instance);
      } else if (ledger) for (const policy of instance.policies.values()) policy.paymentsCount = 0;
    }
  }
}

/** A field that is named but undefined changes nothing. */
function patched(settings: InstanceSettings, patch: InstancePatch): InstanceSettings {
  const said = Object.entries(patch).filter(([, value]) => value !== undefined);
  return { ...settings, ...Object.fromEntries(said) };
}

function showWaiting(policy: Policy, now: number): void {
  const later: LedgerPayment[] = [];
  for (const payment of policy.waiting) {
    if (payment.showsAt > now) {
      later.push(payment);
      continue;
    }
    if (payment.effect === 'pending') policy.pendingCents += payment.billAmountCents;
    else {
      policy.currentDueCents -= payment.billAmountCents;
      policy.totalUnpaidCents -= payment.billAmountCents;
    }
    policy.pendingDate = utcTime(payment.bookedAt);
    touch(policy, payment.showsAt);
  }
  policy.waiting = later;
}

function touch(policy: Policy, at: number): void {
  policy.lastUpdateTime = centralTime(at);
  policy.rendered = null;
}

function fill(input: PolicyInput, { at, paymentsCount }: { at: number; paymentsCount: number }): Policy {
  const since = centralTime(at);
  const seed = seedOf(input.policyNumber);
  return {
    policyNumber: input.policyNumber,
    currentDueCents: input.currentDueCents,
    totalUnpaidCents: input.totalUnpaidCents ?? input.currentDueCents,
    pendingCents: input.pendingCents ?? 0,
    pendingDate: input.pendingDate ?? null,
    firstName: input.firstName ?? 'ALEX',
    lastName: input.lastName ?? 'EXAMPLE',
    companyName: input.companyName ?? 'SANDBOX MUTUAL INSURANCE ASSOCIATION',
    addressOne: input.addressOne ?? '4445 CORPORATE DRIVE',
    city: input.city ?? 'WEST DES MOINES',
    state: input.state ?? 'IA',
    zipCode: input.zipCode ?? '50265-0000',
    email: input.email ?? '',
    billDate: input.billDate ?? '2026-09-01',
    dueDate: input.dueDate ?? '2026-09-23',
    paymentTypes: input.paymentTypes === undefined ? ['CC', 'ACH'] : input.paymentTypes,
    allowPayments: input.allowPayments ?? true,
    partialPayment: input.partialPayment ?? false,
    paperless: input.paperless ?? false,
    billMode: input.billMode ?? 'direct',
    creationTime: input.creationTime ?? since,
    lastUpdateTime: input.lastUpdateTime ?? since,
    entryId: input.entryId ?? String(10_000 + (seed % 9_990_000)),
    redirectId: input.redirectId ?? redirectIdOf(seed),
    attributes: input.attributes ?? {},
    omit: input.omit ?? [],
    waiting: [],
    paymentsCount,
    rendered: null,
  };
}

function redirectIdOf(seed: number): string {
  const hex = seed.toString(16).padStart(8, '0');
  return `${hex}-8e77-40ed-b4c8-${hex}d470`;
}
