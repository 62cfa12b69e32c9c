import type { Condition, ConditionRule } from './conditions.ts';

/** One thing that is not well now. A subject of a condition is told once, however often it is seen. */
export interface Observation {
  readonly condition: Condition;
  readonly subject: string;
  readonly bid: number | null;
  readonly sentence: string;
  /** Since when it holds, where that is known better than by when it was first seen. */
  readonly since?: Temporal.Instant;
}

export interface ObserveFrom {
  readonly now: Temporal.Instant;
  readonly ruleOf: (condition: Condition) => ConditionRule;
  readonly nameOf: (bid: number) => string;
  readonly isDatabaseEmbedded: boolean;
}
