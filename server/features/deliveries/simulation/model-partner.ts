import type { Random } from '../../../platform/random.ts';
import type { BalanceAnswer, PaymentPosting, SendHooks, SendOutcome, Transcript } from '../../billers/partner.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How the partner treats one run. Rates are chances for each request while faults are on. */
export interface PartnerNature {
  /** A payment shows as pending, or comes off what is due. */
  readonly effect: 'pending' | 'due';
  readonly faultRate: number;
  readonly delayRate: number;
  /** The longest a booked payment may stay invisible; at most the settle time. */
  readonly delayMsMax: number;
  readonly clockSkewMs: number;
}

export interface LedgerEntry {
  readonly transactionId: string;
  readonly accountNumber: string;
  readonly amountCents: number;
  readonly atMs: number;
}

interface Account {
  dueCents: number;
  pendingCents: number;
  pendingAtMs: number | null;
  updatedAtMs: number;
  paperless: boolean;
  autopay: boolean;
}

export const SEND_FAULTS = [
  'refused',
  'login-refused',
  'rejected',
  'rate-limited',
  'conflict-before',
  'conflict-after',
  'error-before',
  'error-after',
  'timeout-before',
  'timeout-after',
  'cut-before',
  'cut-after',
  'html',
  'wrong-echo',
] as const;
export type SendFault = (typeof SEND_FAULTS)[number];

const TIMEOUT_MS = 30_000;
const TRANSCRIPT: Transcript = { method: 'POST', url: 'model', tookMs: 0 };

export type Wait = (ms: number) => Promise<void>;

export interface SettingChange {
  readonly kind: 'paperless' | 'autopay';
  readonly accountNumber: string;
  readonly isOn: boolean;
}

/** The insurer's books: what truly happened, and the oracle of every check. */
export interface ModelPartner {
  readonly ledger: LedgerEntry[];
  readonly accounts: Map<string, Account>;
  areFaultsOn: boolean;
  isDown: boolean;
  balance(accountNumber: string, wait: Wait): Promise<BalanceAnswer>;
  postPayment(posting: PaymentPosting, hooks: SendHooks, wait: Wait): Promise<SendOutcome>;
  setSetting(change: SettingChange, hooks: SendHooks, wait: Wait): Promise<SendOutcome>;
  /** Someone else moves the account: an agency's payment, a correction. */
  adjust(accountNumber: string, cents: number): void;
  /** Whether the partner’s people can see it, asked by telephone: late as the figures are. */
  has(transactionId: string): boolean;
}

export function modelPartner(from: {
  time: VirtualTime;
  random: Random;
  nature: PartnerNature;
  onSend: (posting: PaymentPosting) => void;
}): ModelPartner {
  const { time, random, nature } = from;
  const ledger: LedgerEntry[] = [];
  const accounts = new Map<string, Account>();
  const shown = new Set<string>();
  const latencyMs = (): number => 20 + Math.floor(random.fraction() * 180);
  const account = (accountNumber: string): Account => {
    const found = accounts.get(accountNumber);
    if (!found) throw new Error(`no account ${accountNumber}`);
    return found;
  };
  const book = (posting: PaymentPosting): void => {
    const { accountNumber, transactionId } = posting;
    const amountCents = posting.amountCents - posting.feeCents;
    ledger.push({ transactionId, accountNumber, amountCents, atMs: time.nowMs });
    const isDelayed = partner.areFaultsOn && random.fraction() < nature.delayRate;
    time.after(isDelayed ? random.fraction() * nature.delayMsMax : 0, () => {
      const booked = account(accountNumber);
      if (nature.effect === 'pending') {
        booked.pendingCents += amountCents;
        booked.pendingAtMs = time.nowMs + nature.clockSkewMs;
      } else booked.dueCents -= amountCents;
      booked.updatedAtMs = time.nowMs + nature.clockSkewMs;
      shown.add(transactionId);
    });
  };
  const books = { time, random, nature, latencyMs };
  const send = (given: Sending): Promise<SendOutcome> => sendTo(partner, books, given);
  const partner: ModelPartner = {
    ledger,
    accounts,
    areFaultsOn: true,
    isDown: false,
    has: (transactionId) => shown.has(transactionId),
    adjust: (accountNumber, cents) => {
      const moved = account(accountNumber);
      moved.dueCents += cents;
      moved.updatedAtMs = time.nowMs + nature.clockSkewMs;
    },
    balance: async (accountNumber, wait) => {
      await wait(latencyMs());
      const isFaulty = partner.areFaultsOn && random.fraction() < nature.faultRate / 2;
      if (partner.isDown || isFaulty) {
        await wait(partner.isDown ? 1 : random.fraction() < 0.5 ? 10_000 : 10);
        return { kind: 'failed', reason: 'timeout', sentence: 'no answer in time', transcript: TRANSCRIPT };
      }
      const balance = told(account(accountNumber), time.nowMs + nature.clockSkewMs);
      await wait(latencyMs());
      return { kind: 'balance', balance, transcript: TRANSCRIPT };
    },
    postPayment: (posting, hooks, wait) =>
      send({ act: () => book(posting), hooks, wait, onSend: () => from.onSend(posting) }),
    setSetting: (change, hooks, wait) => {
      const act = () => {
        account(change.accountNumber)[change.kind] = change.isOn;
      };
      return send({ act, hooks, wait, onSend: () => undefined });
    },
  };
  return partner;
}

interface Sending {
  readonly act: () => void;
  readonly hooks: SendHooks;
  /** The sender's own time: it stands still with a stopped process and ends with a dead one. */
  readonly wait: Wait;
  readonly onSend: () => void;
}

async function sendTo(
  partner: Pick<ModelPartner, 'areFaultsOn' | 'isDown'>,
  books: { time: VirtualTime; random: Random; nature: PartnerNature; latencyMs: () => number },
  { act, hooks, wait, onSend }: Sending,
): Promise<SendOutcome> {
  const { time, random, latencyMs } = books;
  // A login or a queue lies between the call and the first byte.
  await wait(random.fraction() < 0.2 ? latencyMs() : 1);
  if (hooks.signal?.aborted || hooks.mayStillSend?.() === false)
    return { class: 'NOT_SENT', reason: 'aborted', transcript: TRANSCRIPT };
  const fault = partner.areFaultsOn ? drawFault(random, books.nature.faultRate) : undefined;
  if (partner.isDown || fault === 'refused')
    return { class: 'NOT_SENT', reason: 'connection refused', transcript: TRANSCRIPT };
  if (fault === 'login-refused') return { class: 'NOT_SENT', reason: 'login-refused', transcript: TRANSCRIPT };
  hooks.onHalfSent?.();
  onSend();
  const arrivesMs = latencyMs();
  // What has left happens, whatever becomes of its sender.
  if (fault === undefined || fault.endsWith('-after')) time.after(arrivesMs, act);
  hooks.onSent?.();
  const answered = wait(arrivesMs + latencyMs() + (fault?.startsWith('timeout') ? TIMEOUT_MS : 0)).then(() =>
    answerOf(fault),
  );
  const cut = new Promise<SendOutcome>((resolve) => {
    hooks.signal?.addEventListener('abort', () => resolve(unknownFor('aborted')), { once: true });
  });
  return Promise.race([answered, cut]);
}

function drawFault(random: Random, rate: number): SendFault | undefined {
  if (random.fraction() >= rate) return undefined;
  return SEND_FAULTS[Math.floor(random.fraction() * SEND_FAULTS.length)];
}

const unknownFor = (reason: string, status?: number): SendOutcome => ({
  class: 'UNKNOWN',
  reason,
  ...(status !== undefined && { status }),
  transcript: TRANSCRIPT,
});

/** What the sender learns of each fault. */
function answerOf(fault: SendFault | undefined): SendOutcome {
  switch (fault) {
    case undefined:
      return { class: 'POSTED', status: 201, echoed: true, transcript: TRANSCRIPT };
    case 'rejected':
      return { class: 'REJECTED', status: 422, sentence: 'the partner refused it', transcript: TRANSCRIPT };
    case 'rate-limited':
      return { class: 'RATE_LIMITED', retryAfterMs: 5_000, transcript: TRANSCRIPT };
    case 'conflict-before':
    case 'conflict-after':
      return unknownFor('status 409', 409);
    case 'error-before':
    case 'error-after':
      return unknownFor('status 500', 500);
    case 'timeout-before':
    case 'timeout-after':
      return unknownFor('timeout');
    case 'cut-before':
    case 'cut-after':
      return unknownFor('connection reset');
    case 'html':
      return unknownFor('HTML with 200', 200);
    case 'wrong-echo':
      return unknownFor('the answer echoes another transaction', 201);
    case 'refused':
    case 'login-refused':
      throw new Error('decided before the first byte');
    default: {
      const never: never = fault;
      throw new Error(`unknown fault ${String(never)}`);
    }
  }
}

function told(account: Account, partnerNowMs: number) {
  return {
    currentDueCents: account.dueCents,
    totalUnpaidCents: account.dueCents,
    pendingPaymentCents: account.pendingCents,
    pendingPaymentDate: account.pendingAtMs === null ? undefined : new Date(account.pendingAtMs).toISOString(),
    lastUpdateTime: new Date(account.updatedAtMs).toISOString(),
    dueDate: undefined,
    paymentTypes: undefined,
    unknownPaymentTypes: [],
    allowPayments: undefined,
    partnerDate: new Date(partnerNowMs).toISOString(),
    attributes: {},
  };
}
