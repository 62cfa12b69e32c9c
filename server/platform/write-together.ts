import type { KeyedStatement } from './read-together.ts';

/** Rows of one statement; the next ones make another. */
const ROWS_MAX = 100;
/** Statements of a group under way at once: while one commits, the next gathers. */
const UNDER_WAY_MAX = 2;
/** Writes of a group that wait: more than a process has requests open, so more is a fault. */
const WAITING_MAX = 10_000;

type Row = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly key: string;
  readonly columns: readonly unknown[];
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (cause: unknown) => void;
}

interface Group {
  readonly waiting: Waiting[];
  underWay: number;
}

/**
 * Writes of one row each, of one biller by one statement, that come while others commit share the next statement, which is
 * a transaction of its own: `$1` is the BID, `$2` the keys, and each further value an array with one member a row. A commit
 * costs a turn of the disk whatever it holds. A key stands in a statement once, and the keys in order, so that two
 * processes lock rows in the same order. Where one row makes the statement fail, each is written alone: nobody pays for a
 * neighbour. Any other failure is told to every write of the statement, and none of them is stored.
 */
export function createWriteTogether(
  run: (bid: number, statement: KeyedStatement, values: readonly unknown[]) => Promise<readonly Row[]>,
): (bid: number, statement: KeyedStatement, row: Pick<Waiting, 'key' | 'columns'>) => Promise<Row | undefined> {
  const groups = new Map<string, Group>();

  const write = async (bid: number, statement: KeyedStatement, rows: readonly Waiting[]): Promise<void> => {
    try {
      const columns = rows[0]?.columns.map((_, at) => rows.map((row) => row.columns[at])) ?? [];
      const stored = await run(bid, statement, [bid, rows.map((row) => row.key), ...columns]);
      const byKey = new Map(stored.map((row) => [row[statement.key], row]));
      for (const row of rows) row.resolve(byKey.get(row.key));
    } catch (cause) {
      if (rows.length > 1 && isOfARow(cause)) {
        for (const row of rows) await write(bid, statement, [row]);
        return;
      }
      for (const row of rows) row.reject(cause);
    }
  };
  const next = (name: string, group: Group, bid: number, statement: KeyedStatement): void => {
    if (group.underWay >= UNDER_WAY_MAX) return;
    const rows = takeRows(group.waiting);
    if (rows.length === 0) {
      if (group.underWay === 0) groups.delete(name);
      return;
    }
    group.underWay += 1;
    void write(bid, statement, rows).finally(() => {
      group.underWay -= 1;
      next(name, group, bid, statement);
    });
  };

  return (bid, statement, { key, columns }) =>
    new Promise((resolve, reject) => {
      const name = `${bid} ${statement.name}`;
      const group = groups.get(name) ?? { waiting: [], underWay: 0 };
      groups.set(name, group);
      if (group.waiting.length >= WAITING_MAX) {
        reject(new Error(`${WAITING_MAX} writes wait already for ${statement.name}`));
        return;
      }
      group.waiting.push({ key, columns, resolve, reject });
      if (group.waiting.length === 1) setImmediate(() => next(name, group, bid, statement));
    });
}

/** Takes what comes first, each key once, ordered by key; another write of the same key waits for the next statement. */
function takeRows(waiting: Waiting[]): readonly Waiting[] {
  const taken = new Map<string, Waiting>();
  const left: Waiting[] = [];
  for (const row of waiting) {
    if (taken.size >= ROWS_MAX || taken.has(row.key)) left.push(row);
    else taken.set(row.key, row);
  }
  waiting.splice(0, waiting.length, ...left);
  return [...taken.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** What a row, or another process at the same rows, is to blame for: data (22), constraints (23), a deadlock (40). */
function isOfARow(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && /^(22|23|40)/.test(String(cause.code));
}
