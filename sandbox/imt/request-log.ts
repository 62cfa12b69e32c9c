import type { Operation } from './faults.ts';

/** Requests remembered; older ones are forgotten, their counts stay. */
const ENTRIES_MAX = 50_000;

/** One request to the partner. `status` is null while it is under way and when no answer was sent. */
export interface RequestEntry {
  n: number;
  at: number;
  instance: string;
  operation: Operation | 'unknown';
  method: string;
  path: string;
  policyNumber: string | null;
  transactionId: string | null;
  username: string | null;
  status: number | null;
  ms: number | null;
  effects: string[];
}

/** Every request with who and what, and how many were under way at once: that is how tests prove "one call". */
export class RequestLog {
  private ring: RequestEntry[] = [];
  private next = 0;
  private readonly counts = new Map<string, number>();
  private readonly flying = new Map<string, { now: number; max: number }>();
  total = 0;

  begin(entry: Omit<RequestEntry, 'n' | 'status' | 'ms' | 'effects'>): RequestEntry {
    this.total += 1;
    const full: RequestEntry = { n: this.total, status: null, ms: null, effects: [], ...entry };
    this.ring[this.next] = full;
    this.next = (this.next + 1) % ENTRIES_MAX;
    this.counts.set(entry.operation, (this.counts.get(entry.operation) ?? 0) + 1);
    this.fly('all', 1);
    this.fly(`instance:${entry.instance}`, 1);
    this.fly(`operation:${entry.operation}`, 1);
    return full;
  }

  end(entry: RequestEntry, status: number | null, now: number): void {
    entry.status = status;
    entry.ms = now - entry.at;
    this.fly('all', -1);
    this.fly(`instance:${entry.instance}`, -1);
    this.fly(`operation:${entry.operation}`, -1);
  }

  /** Oldest first. `after` is the `n` of the last one already seen. */
  list(
    filter: Partial<Pick<RequestEntry, 'instance' | 'operation' | 'policyNumber' | 'username'>> & {
      after?: number;
    } = {},
  ) {
    const { after = 0, ...equal } = filter;
    const wanted = Object.entries(equal).filter(([, value]) => value !== undefined);
    const ordered = [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)];
    return ordered.filter(
      (entry) => entry.n > after && wanted.every(([name, value]) => entry[name as keyof RequestEntry] === value),
    );
  }

  /** Counts since the last reset; `inFlightMax` has the keys `all`, `instance:<id>` and `operation:<name>`. */
  figures(): { total: number; byOperation: Record<string, number>; inFlightMax: Record<string, number> } {
    const inFlightMax = Object.fromEntries([...this.flying].map(([key, { max }]) => [key, max]));
    return { total: this.total, byOperation: Object.fromEntries(this.counts), inFlightMax };
  }

  reset(): void {
    this.ring = [];
    this.next = 0;
    this.total = 0;
    this.counts.clear();
    // What is under way still has to land: only the maxima start over.
    for (const flight of this.flying.values()) flight.max = flight.now;
  }

  private fly(key: string, step: 1 | -1): void {
    const flight = this.flying.get(key) ?? { now: 0, max: 0 };
    flight.now += step;
    if (flight.now > flight.max) flight.max = flight.now;
    this.flying.set(key, flight);
  }
}
