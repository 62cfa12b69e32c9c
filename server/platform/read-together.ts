/** Keys of one statement; the next ones make another. */
const KEYS_MAX = 100;

/** A hot read of many rows of one biller by key: `$1` is its BID, `$2` the keys as `text[]`; the column `key` says whose row it is. */
export interface KeyedStatement {
  readonly name: string;
  readonly text: string;
  readonly key: string;
}

type Row = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly key: string;
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Reads that were asked for in the same turn of the event loop, of one biller by one statement, become one statement. A
 * round trip costs as much as routing a request does: under load many share one, and alone nobody waits. A row read is
 * never older than its request, since the statement begins after it.
 */
export function createTogether(
  run: (bid: number, statement: KeyedStatement, values: readonly unknown[]) => Promise<readonly Row[]>,
): (bid: number, statement: KeyedStatement, key: string) => Promise<Row | undefined> {
  const gathering = new Map<string, Waiting[]>();

  const read = async (bid: number, statement: KeyedStatement, waiting: readonly Waiting[]): Promise<void> => {
    try {
      const rows = await run(bid, statement, [bid, [...new Set(waiting.map((one) => one.key))]]);
      const byKey = new Map(rows.map((row) => [row[statement.key], row]));
      for (const one of waiting) one.resolve(byKey.get(one.key));
    } catch (cause) {
      for (const one of waiting) one.reject(cause);
    }
  };

  return (bid, statement, key) =>
    new Promise((resolve, reject) => {
      const group = `${bid} ${statement.name}`;
      const waiting = gathering.get(group);
      if (waiting && waiting.length < KEYS_MAX) {
        waiting.push({ key, resolve, reject });
        return;
      }
      const begun: Waiting[] = [{ key, resolve, reject }];
      gathering.set(group, begun);
      // After the requests that have arrived by now: what they ask for goes along.
      setImmediate(() => {
        if (gathering.get(group) === begun) gathering.delete(group);
        void read(bid, statement, begun);
      });
    });
}
