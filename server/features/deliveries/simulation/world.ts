import type { Random } from '../../../platform/random.ts';
import type { Family } from '../delivery.ts';
import type { LaneDeps, LanePartner, LaneStore } from '../lane-ports.ts';
import type { DeliveryPolicy } from '../next-step.ts';
import type { MemoryTables } from './memory-store.ts';
import type { ModelPartner } from './model-partner.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { WorkerProcess } from './worker-process.ts';

/** What a run may do differently from the product: nothing, except where a planted mistake says so. */
export interface Mistake {
  readonly name: string;
  /** What the mistake is, and what it would do to somebody's money. */
  readonly story: string;
  /** How it shows: the beginning of the fault that must be found. */
  readonly harm: 'doubled' | 'lost' | 'order';
  /** It must be seen within this many seeds. */
  readonly seedsMax: number;
  readonly policy?: Partial<DeliveryPolicy>;
  readonly nextStep?: LaneDeps['nextStep'];
  readonly intentAgeMsMax?: number;
  readonly fences?: { readonly version: boolean; readonly permit: boolean };
  readonly partner?: (real: LanePartner, random: Random) => LanePartner;
  readonly store?: (real: LaneStore) => LaneStore;
  /** Staff press without looking at the version or the evidence. */
  readonly areStaffCareless?: boolean;
}

export interface RunResult {
  readonly seed: number;
  /** Empty when nothing was lost, doubled, stuck or out of order. */
  readonly faults: readonly string[];
  readonly payments: number;
  readonly unknowns: number;
  readonly byEvidence: number;
  readonly eventHash: string;
  readonly events: number;
}

/** Everything of one run. */
export interface World {
  readonly seed: number;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly tables: MemoryTables;
  readonly partner: ModelPartner;
  readonly policy: DeliveryPolicy;
  readonly lanes: ReadonlyMap<Family, SimulatedLane>;
  readonly wanted: Map<string, boolean>;
  readonly accounts: readonly string[];
  readonly faults: string[];
  readonly trace: { note(text: string): void; hash(): string };
  readonly mistake: Mistake | undefined;
  readonly counts: { unknowns: number; byEvidence: number; isTrusted: boolean };
  readonly workers: WorkerProcess[];
}

export interface SimulatedLane {
  readonly family: Family;
  wanted: number;
  done: number;
  troubles: number;
  runAtMs: number;
  holder: { worker: WorkerProcess; lost: AbortController } | undefined;
  look: { atMs: number; timer: { cancel(): void } } | undefined;
}

/** FNV-1a over everything that happened: two runs of a seed must agree on it. `tell` hears each line. */
export function makeTrace(time: VirtualTime, tell: ((line: string) => void) | undefined): World['trace'] {
  let hash = 0x811c9dc5;
  return {
    note: (text) => {
      const line = `${time.nowMs} ${text}`;
      for (let at = 0; at < line.length; at++) hash = Math.imul(hash ^ line.charCodeAt(at), 0x01000193) >>> 0;
      tell?.(`${new Date(time.nowMs).toISOString()} ${text}`);
    },
    hash: () => hash.toString(16).padStart(8, '0'),
  };
}

/** One of a list, by the seed. */
export function pick<T>(random: Random, list: readonly T[]): T | undefined {
  return list[Math.floor(random.fraction() * list.length)];
}
