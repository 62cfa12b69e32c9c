import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Label values come from closed sets (biller, lane, outcome); more series than this of one metric is a leak. */
const SERIES_MAX = 5_000;
/** Seconds; from a warm read to the longest total deadline. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60];

export type Labels = Readonly<Record<string, string | number>>;

export interface Metrics {
  registry: Registry;
  /** Asking twice for a name gives the same metric, so that a part may be built twice (tests, several roles). */
  counter(name: string, help: string, labels?: readonly string[]): { add(labels?: Labels, by?: number): void };
  /** Durations in seconds unless `buckets` says otherwise. */
  histogram(
    name: string,
    help: string,
    labels?: readonly string[],
    buckets?: readonly number[],
  ): { observe(value: number, labels?: Labels): void };
  gauge(
    name: string,
    help: string,
    labels?: readonly string[],
  ): { set(value: number, labels?: Labels): void; clear(): void };
}

/** A registry of one's own for `GET /metrics`; process figures of Node are in it when `processMetrics` is set. */
export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics === true) collectDefaultMetrics({ register: registry });
  const known = new Map<string, Counter | Histogram | Gauge>();
  const series = new Map<string, Set<string>>();

  const once = <T extends Counter | Histogram | Gauge>(
    name: string,
    kind: new (...of: never[]) => T,
    make: () => T,
  ): T => {
    const found = known.get(name);
    if (found === undefined) {
      const made = make();
      known.set(name, made);
      return made;
    }
    if (!(found instanceof kind)) throw new Error(`metric ${name} is already of another kind`);
    return found;
  };
  /** False for a label set that would be one series too many: a metric must not be what fills the memory. */
  const hasRoom = (name: string, labels: Labels): boolean => {
    const seen = series.get(name) ?? new Set();
    series.set(name, seen);
    const id = JSON.stringify(labels);
    if (seen.size >= SERIES_MAX && !seen.has(id)) return false;
    seen.add(id);
    return true;
  };
  const shape = (name: string, help: string, labelNames: readonly string[] = []) => ({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });

  return {
    registry,
    counter(name, help, labels) {
      const counter = once(name, Counter, () => new Counter(shape(name, help, labels)));
      return { add: (of = {}, by = 1) => void (hasRoom(name, of) && counter.inc(of, by)) };
    },
    histogram(name, help, labels, buckets = DURATION_BUCKETS) {
      const histogram = once(
        name,
        Histogram,
        () => new Histogram({ ...shape(name, help, labels), buckets: [...buckets] }),
      );
      return { observe: (value, of = {}) => void (hasRoom(name, of) && histogram.observe(of, value)) };
    },
    gauge(name, help, labels) {
      const gauge = once(name, Gauge, () => new Gauge(shape(name, help, labels)));
      return {
        set: (value, of = {}) => void (hasRoom(name, of) && gauge.set(of, value)),
        clear: () => {
          gauge.reset();
          series.delete(name);
        },
      };
    },
  };
}
