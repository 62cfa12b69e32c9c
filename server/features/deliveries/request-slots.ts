/** Requests under way to one endpoint, at most `limit` at once. Sends go before the reads that prepare later sends. */
export interface RequestSlots {
  take(priority: 'send' | 'read'): Promise<void>;
  give(): void;
  /** Slow start after an outage: begins at one, doubles with each answer up to the limit. */
  widen(): void;
  readonly limit: number;
}

export function requestSlots(from: { start: number; limit: number }): RequestSlots {
  const most = Math.max(1, from.limit);
  let limit = Math.min(Math.max(1, from.start), most);
  let taken = 0;
  const sends: (() => void)[] = [];
  const reads: (() => void)[] = [];
  const pass = (): void => {
    while (taken < limit) {
      const next = sends.shift() ?? reads.shift();
      if (!next) return;
      taken += 1;
      next();
    }
  };
  return {
    take: (priority) => {
      if (taken < limit && sends.length === 0 && (priority === 'send' || reads.length === 0)) {
        taken += 1;
        return Promise.resolve();
      }
      return new Promise((resolve) => (priority === 'send' ? sends : reads).push(resolve));
    },
    give: () => {
      taken -= 1;
      pass();
    },
    widen: () => {
      if (limit === most) return;
      limit = Math.min(limit * 2, most);
      pass();
    },
    get limit() {
      return limit;
    },
  };
}
