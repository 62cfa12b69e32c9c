import { z } from 'zod';
import { seededRandom } from '../seeded-random.ts';

/** Rules kept at once. */
const RULES_MAX = 200;

export const OPERATIONS = [
  'checkout',
  'submit',
  'status',
  'charge',
  'cancel',
  'void',
  'refund',
  'events',
  'any',
] as const;
export type ProcessorOperation = (typeof OPERATIONS)[number];

/** `before`: nothing was done. `after`: it was done, and the caller does not hear of it. */
export const processorFault = z.strictObject({
  id: z.string().max(60).optional(),
  operation: z.enum(OPERATIONS).default('any'),
  reference: z.string().max(100).optional(),
  count: z.number().int().min(1).optional(),
  skip: z.number().int().min(0).default(0),
  probability: z.number().min(0).max(1).default(1),
  seed: z.number().int().default(1),
  kind: z.enum(['latency', 'unavailable', 'error', 'cut', 'timeout', 'html', 'malformed-json']),
  when: z.enum(['before', 'after']).default('before'),
  ms: z.number().int().min(0).max(3_600_000).default(1_000),
});
export type ProcessorFault = z.input<typeof processorFault>;
export type ActiveProcessorFault = z.output<typeof processorFault> & { id: string; seen: number; struck: number };

/** The faults in force at the processor. */
export class ProcessorFaults {
  private active: { rule: ActiveProcessorFault; random: () => number }[] = [];
  private nextId = 1;

  add(input: ProcessorFault): ActiveProcessorFault {
    if (this.active.length >= RULES_MAX) throw new Error(`At most ${RULES_MAX} faults at once`);
    const parsed = processorFault.parse(input);
    const rule = { ...parsed, id: parsed.id ?? `fault-${this.nextId++}`, seen: 0, struck: 0 };
    this.active = this.active.filter((known) => known.rule.id !== rule.id);
    this.active.push({ rule, random: seededRandom(rule.seed) });
    return rule;
  }

  clear(id?: string): number {
    const before = this.active.length;
    this.active = id === undefined ? [] : this.active.filter(({ rule }) => rule.id !== id);
    return before - this.active.length;
  }

  list(): ActiveProcessorFault[] {
    return this.active.map(({ rule }) => rule);
  }

  /** The faults that strike this request; counts are used up by it. */
  strike(operation: ProcessorOperation, reference: string | null): ActiveProcessorFault[] {
    const struck: ActiveProcessorFault[] = [];
    for (const { rule, random } of this.active) {
      if (rule.operation !== 'any' && rule.operation !== operation) continue;
      if (rule.reference !== undefined && rule.reference !== reference) continue;
      rule.seen += 1;
      if (rule.seen <= rule.skip || (rule.count !== undefined && rule.struck >= rule.count)) continue;
      if (rule.probability < 1 && random() >= rule.probability) continue;
      rule.struck += 1;
      struck.push(rule);
    }
    return struck;
  }
}
