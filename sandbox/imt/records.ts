import { z } from 'zod';

/** Policy numbers are text: leading zeros matter, and nothing in them may change a path or a query. */
const policyNumber = z.string().regex(/^[A-Za-z0-9._-]{1,40}$/, 'a policy number is 1 to 40 letters, digits, . _ -');
const cents = z.number().int().min(-99_999_999_999).max(99_999_999_999);
const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date is YYYY-MM-DD');

/** A policy as it is loaded. Amounts are whole cents. Everything but the number and the balance has a default. */
export const policyInput = z.strictObject({
  policyNumber,
  currentDueCents: cents,
  /** Default: what is due. */
  totalUnpaidCents: cents.optional(),
  pendingCents: cents.optional(),
  pendingDate: z.string().nullable().optional(),
  firstName: z.string().max(100).optional(),
  lastName: z.string().max(100).optional(),
  companyName: z.string().max(200).optional(),
  addressOne: z.string().max(200).optional(),
  city: z.string().max(100).optional(),
  state: z.string().max(2).optional(),
  zipCode: z.string().max(10).optional(),
  email: z.string().max(254).optional(),
  billDate: isoDate.optional(),
  dueDate: isoDate.optional(),
  /** `["CC","ACH"]` by default; null leaves `payment_types` out of the answer. */
  paymentTypes: z.array(z.string().max(40)).max(20).nullable().optional(),
  allowPayments: z.boolean().optional(),
  partialPayment: z.boolean().optional(),
  paperless: z.boolean().optional(),
  billMode: z.enum(['autopay', 'direct']).optional(),
  creationTime: z.string().optional(),
  lastUpdateTime: z.string().optional(),
  entryId: z.string().max(40).optional(),
  redirectId: z.string().max(60).optional(),
  /** Puts any value, right or wrong, into the payments-due answer: `{"current_due": null}`. */
  attributes: z.record(z.string(), z.unknown()).optional(),
  /** Attributes left out of the payments-due answer. */
  omit: z.array(z.string()).max(60).optional(),
});
export type PolicyInput = z.infer<typeof policyInput>;

/** How one instance behaves. Every field can be changed while it runs. */
export const instanceSettings = z.strictObject({
  /** Spectrum asks for a private key at login and has neither settings nor bills (its PDFs come by SFTP). */
  system: z.enum(['mips-apps', 'spectrum']),
  /** The private key a Spectrum login must bring; unused for MIPS/APPS. */
  privateKey: z.string().max(200),
  /** What a login hands out: cookies, a bearer token in the answer, or both (Spectrum may do either). */
  sessionAnswer: z.enum(['cookie', 'token', 'both']),
  /** Usernames and their passwords. */
  users: z.record(z.string().min(1).max(100), z.string().max(200)),
  /** `immediate`: what is due falls at once. `pending`: the pending amount rises and what is due stays. `delayed`: falls after `delayMs`. */
  mode: z.enum(['immediate', 'pending', 'delayed']),
  delayMs: z.number().int().min(0).max(86_400_000),
  /** A second payment with a known `transaction_id` is answered like the first and changes nothing. */
  deduplicate: z.boolean(),
  /** A second payment with the same `data.id` (the account number) is answered 409, as strict JSON:API servers do. */
  strictIds: z.boolean(),
  /** The answer to a payment repeats its attributes. Off: only type and id. */
  echo: z.boolean(),
  /** A policy nobody loaded is made when it is asked for, the same one each time. */
  makeUnknown: z.boolean(),
  /** Lifetime of a session. */
  sessionTtlMs: z.number().int().min(1).max(86_400_000),
  /** Another login of a username: `share` keeps older cookies valid, `replace` ends them. */
  secondLogin: z.enum(['share', 'replace']),
  /** How a bill is answered: the PDF, a document with base64 in it, or a document with a URL on the same host. */
  billFormat: z.enum(['pdf', 'base64', 'url']),
  /** Shifts the Date header and every time the partner writes. */
  clockSkewMs: z.number().int().min(-86_400_000).max(86_400_000),
  /** 406 for an Accept that rules JSON:API out. */
  enforceAccept: z.boolean(),
});
export type InstanceSettings = z.infer<typeof instanceSettings>;
export const instancePatch = instanceSettings.partial();
export type InstancePatch = z.infer<typeof instancePatch>;

export const DEFAULT_SETTINGS: InstanceSettings = {
  system: 'mips-apps',
  privateKey: 'sandbox-private-key',
  sessionAnswer: 'cookie',
  users: { causeway: 'sandbox-password' },
  mode: 'immediate',
  delayMs: 0,
  deduplicate: false,
  strictIds: false,
  echo: true,
  makeUnknown: false,
  sessionTtlMs: 20 * 60_000,
  secondLogin: 'share',
  billFormat: 'pdf',
  clockSkewMs: 0,
  enforceAccept: true,
};

/** What makes up a run of made-up policies: the same values give the same policies. */
export const policyRun = z.strictObject({
  count: z.number().int().min(1).max(1_000_000),
  /** First number; the rest follow one by one. */
  start: z.number().int().min(1).max(90_000_000).default(30_000_001),
  seed: z.number().int().default(1),
});
export type PolicyRun = z.input<typeof policyRun>;

/** A payment the partner has booked. Its order in the ledger is the order of booking. */
export interface LedgerPayment {
  n: number;
  instance: string;
  policyNumber: string;
  transactionId: string;
  method: 'CC' | 'ACH';
  billAmountCents: number;
  totalPaidCents: number;
  /** Milliseconds since 1970: when it was booked, and when it shows in payments-due. */
  bookedAt: number;
  showsAt: number;
  effect: 'due' | 'pending';
  username: string;
  attributes: Record<string, unknown>;
}

/** A paperless or autopay change the partner accepted. */
export interface SettingChange {
  n: number;
  instance: string;
  policyNumber: string;
  at: number;
  paperless?: boolean;
  billMode?: 'autopay' | 'direct';
}

/** One line of the state file. State is nothing but these, applied in order. */
export type JournalRecord =
  | { kind: 'instance'; id: string; patch: InstancePatch }
  | { kind: 'policies'; instance: string; at: number; policies: PolicyInput[] }
  | { kind: 'generate'; instance: string; at: number; run: PolicyRun }
  | { kind: 'payment'; payment: LedgerPayment }
  | { kind: 'setting'; change: SettingChange }
  | { kind: 'adjust'; instance: string; policyNumber: string; at: number; cents: number }
  | { kind: 'settle-pending'; instance: string; at: number; policyNumber?: string }
  | { kind: 'forget'; ledger: boolean; policies: boolean };
