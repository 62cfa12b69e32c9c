import type { Timers } from '../../platform/timers.ts';
import type { Intent, LaneStore, Mark } from './lane-ports.ts';

/** Intents and marks of many accounts wait this long for company, then share one durable commit. */
const GATHER_MS = 1;
/** The same while commits follow each other: a commit costs several milliseconds whatever is in it, so few share badly. */
const GATHER_BUSY_MS = 3;
/** With this many waiting there is company enough. */
const COMPANY = 50;
/** Writes in one statement. */
const BATCH_MAX = 400;

export type IntentAnswer = 'committed' | 'lost' | 'spent';

export interface WriteBatches {
  /** Resolves once the intent is durable (`committed`), or says why it is not there. */
  intend(intent: Intent): Promise<IntentAnswer>;
  /** True once durable; false when someone else changed the delivery first. */
  mark(mark: Mark): Promise<boolean>;
  /** The lane was found paused: nothing more is intended. */
  readonly isPaused: boolean;
}

interface Waiting<Write, Answer> {
  readonly write: Write;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

/** Group commit: while one commit is under way the next gathers, so that its cost is shared. A mark delays its own account alone. */
export function writeBatches(store: LaneStore, timers: Timers): WriteBatches {
  const intents: Waiting<Intent, IntentAnswer>[] = [];
  const marks: Waiting<Mark, boolean>[] = [];
  let isRunning = false;
  let isPaused = false;

  const gather = (ms: number): Promise<void> => new Promise((resolve) => void timers.after(ms, resolve));
  const flush = async (): Promise<void> => {
    while (intents.length > 0 || marks.length > 0) {
      const theseMarks = marks.splice(0, BATCH_MAX);
      const theseIntents = intents.splice(0, BATCH_MAX);
      try {
        const written = await store.write({
          marks: theseMarks.map((one) => one.write),
          intents: theseIntents.map((one) => one.write),
        });
        isPaused = written.isPaused;
        for (const one of theseMarks) one.resolve(written.marked.has(one.write.id));
        for (const one of theseIntents) one.resolve(answerOf(one.write.id, written));
      } catch (cause) {
        for (const one of [...theseMarks, ...theseIntents]) one.reject(cause);
      }
      if (intents.length + marks.length < COMPANY) await gather(GATHER_BUSY_MS);
    }
    isRunning = false;
  };
  const wake = (): void => {
    if (isRunning) return;
    isRunning = true;
    void gather(GATHER_MS).then(flush);
  };
  return {
    intend: (write) =>
      new Promise((resolve, reject) => {
        intents.push({ write, resolve, reject });
        wake();
      }),
    mark: (write) =>
      new Promise((resolve, reject) => {
        marks.push({ write, resolve, reject });
        wake();
      }),
    get isPaused() {
      return isPaused;
    },
  };
}

function answerOf(id: number, written: { intended: ReadonlySet<number>; spent: ReadonlySet<number> }): IntentAnswer {
  if (written.intended.has(id)) return 'committed';
  return written.spent.has(id) ? 'spent' : 'lost';
}
