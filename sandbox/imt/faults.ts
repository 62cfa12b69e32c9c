import { z } from 'zod';
import { seededRandom } from '../seeded-random.ts';

/** Rules kept at once. */
const RULES_MAX = 1_000;
/** transaction_ids remembered for `oncePerTransaction`. */
const ONCE_MAX = 100_000;

export const OPERATIONS = ['login', 'close', 'balance', 'payment', 'paperless', 'autopay', 'pdf', 'any'] as const;
export type Operation = (typeof OPERATIONS)[number];

const ms = z.number().int().min(0).max(3_600_000);
const bytes = z.number().int().min(0).max(5_000_000_000);
const commit = z.boolean().optional();
const field = z.string().min(1).max(60);
const responseStatus = z.number().int().min(200).max(599);

/** One thing that goes wrong. `commit` says whether the partner did the work before it went wrong. */
export const effect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latency'), ms }),
  z.strictObject({
    kind: z.literal('status'),
    status: responseStatus,
    /** Seconds or an HTTP date, sent as it is. */
    retryAfter: z.string().max(60).optional(),
    body: z.enum(['json-api', 'html', 'empty']).optional(),
    detail: z.string().max(500).optional(),
    oncePerTransaction: z.boolean().optional(),
    commit,
  }),
  z.strictObject({ kind: z.literal('html'), status: responseStatus.optional(), commit }),
  z.strictObject({ kind: z.literal('malformed-json'), commit }),
  z.strictObject({ kind: z.literal('wrong-content-type'), contentType: z.string().max(100).optional(), commit }),
  z.strictObject({ kind: z.literal('deep-json'), depth: z.number().int().min(1).max(1_000_000).optional(), commit }),
  z.strictObject({
    kind: z.literal('odd-json'),
    oddity: z.enum(['bom', 'bad-utf8', 'duplicate-keys', 'proto']),
    commit,
  }),
  z.strictObject({ kind: z.literal('huge-body'), bytes: bytes.optional(), commit }),
  z.strictObject({ kind: z.literal('endless-body'), commit }),
  z.strictObject({ kind: z.literal('gzip-bomb'), bytes: bytes.optional(), commit }),
  z.strictObject({ kind: z.literal('cut-before-commit') }),
  z.strictObject({ kind: z.literal('cut-after-commit') }),
  z.strictObject({ kind: z.literal('cut-mid-response'), commit }),
  z.strictObject({ kind: z.literal('slow-body'), bytes: bytes.optional(), everyMs: ms.optional(), commit }),
  z.strictObject({ kind: z.literal('slow-headers'), everyMs: ms.optional(), commit }),
  z.strictObject({ kind: z.literal('timeout'), commit }),
  z.strictObject({
    kind: z.literal('redirect'),
    location: z.string().max(500),
    status: z.number().int().min(300).max(308).optional(),
    commit,
  }),
  z.strictObject({ kind: z.literal('wrong-echo'), field: z.enum(['transaction_id', 'total_paid']).optional() }),
  z.strictObject({ kind: z.literal('double-answer'), commit }),
  z.strictObject({ kind: z.literal('book-twice') }),
  z.strictObject({ kind: z.literal('as-pending') }),
  z.strictObject({ kind: z.literal('delayed-ledger'), ms }),
  z.strictObject({ kind: z.literal('expire-session') }),
  z.strictObject({ kind: z.literal('other-node-close') }),
  z.strictObject({ kind: z.literal('no-cookie') }),
  z.strictObject({ kind: z.literal('two-cookies') }),
  z.strictObject({ kind: z.literal('balance-rows'), rows: z.enum(['none', 'two', 'other']) }),
  z.strictObject({ kind: z.literal('drop-field'), field }),
  z.strictObject({ kind: z.literal('rename-field'), field, to: field }),
  z.strictObject({ kind: z.literal('set-field'), field, value: z.unknown() }),
  z.strictObject({ kind: z.literal('big-pdf'), bytes }),
  z.strictObject({ kind: z.literal('bill-format'), format: z.enum(['pdf', 'base64', 'url', 'html-as-pdf']) }),
]);
export type Effect = z.infer<typeof effect>;
export type EffectKind = Effect['kind'];

/** When an effect happens. Without `count` it stays until cleared; `oneOf` draws one effect each time, by the seed. */
export const faultRule = z
  .strictObject({
    id: z.string().max(60).optional(),
    operation: z.enum(OPERATIONS).default('any'),
    instance: z.string().max(60).optional(),
    /** A policy number, or its beginning followed by `*`. */
    policy: z.string().max(60).optional(),
    username: z.string().max(100).optional(),
    count: z.number().int().min(1).max(1_000_000).optional(),
    /** Requests that match and pass unharmed first. */
    skip: z.number().int().min(0).max(1_000_000).default(0),
    probability: z.number().min(0).max(1).default(1),
    seed: z.number().int().default(1),
    effect: effect.optional(),
    oneOf: z.array(effect).min(1).max(100).optional(),
  })
  .refine((rule) => (rule.effect === undefined) !== (rule.oneOf === undefined), 'give either effect or oneOf');
export type FaultRule = z.input<typeof faultRule>;
type Rule = z.output<typeof faultRule> & { id: string };

/** A rule as listed, with what is left of it. */
export type ActiveFault = Rule & { seen: number; struck: number };

/** What a rule is matched against. */
export interface Circumstance {
  operation: Operation;
  instance: string;
  policyNumber: string | null;
  username: string | null;
}

/** The rules in force. The same rules and the same order of requests give the same faults. */
export class FaultBoard {
  private active: (ActiveFault & { random: () => number })[] = [];
  private readonly once = new Set<string>();
  private nextId = 1;

  /** Throws a ZodError for a rule that makes no sense. */
  add(input: FaultRule): ActiveFault {
    if (this.active.length >= RULES_MAX) throw new Error(`At most ${RULES_MAX} fault rules at once`);
    const rule = faultRule.parse(input);
    const id = rule.id ?? `fault-${this.nextId++}`;
    this.active = this.active.filter((known) => known.id !== id);
    const added = { ...rule, id, seen: 0, struck: 0, random: seededRandom(rule.seed) };
    this.active.push(added);
    return listed(added);
  }

  /** Without an id every rule goes. Says how many went. */
  clear(id?: string): number {
    const before = this.active.length;
    this.active = id === undefined ? [] : this.active.filter((rule) => rule.id !== id);
    if (id === undefined) this.once.clear();
    return before - this.active.length;
  }

  list(): ActiveFault[] {
    return this.active.map(listed);
  }

  /** The effects that strike this request; counts are used up by it. */
  strike(circumstance: Circumstance): Effect[] {
    if (this.active.length === 0) return [];
    const struck: Effect[] = [];
    for (const rule of this.active) {
      if (!matches(rule, circumstance)) continue;
      rule.seen += 1;
      if (rule.seen <= rule.skip || (rule.count !== undefined && rule.struck >= rule.count)) continue;
      if (rule.probability < 1 && rule.random() >= rule.probability) continue;
      rule.struck += 1;
      const drawn = rule.effect ?? rule.oneOf?.[Math.floor(rule.random() * rule.oneOf.length)];
      if (drawn) struck.push(drawn);
    }
    return struck;
  }

  /** True the first time a key is asked about. */
  isFirst(key: string): boolean {
    if (this.once.has(key)) return false;
    if (this.once.size >= ONCE_MAX) this.once.clear();
    this.once.add(key);
    return true;
  }
}

function matches(rule: Rule, circumstance: Circumstance): boolean {
  if (rule.operation !== 'any' && rule.operation !== circumstance.operation) return false;
  if (rule.instance !== undefined && rule.instance !== circumstance.instance) return false;
  if (rule.username !== undefined && rule.username !== circumstance.username) return false;
  if (rule.policy === undefined) return true;
  if (circumstance.policyNumber === null) return false;
  return rule.policy.endsWith('*')
    ? circumstance.policyNumber.startsWith(rule.policy.slice(0, -1))
    : circumstance.policyNumber === rule.policy;
}

function listed({ random: _, ...rule }: ActiveFault & { random: () => number }): ActiveFault {
  return rule;
}
