import { Worker } from 'node:worker_threads';
import type { Timers } from '../../../platform/timers.ts';
import { refuseBiller } from '../problems.ts';
import type { Sheet } from './parse-worksheet.ts';

/** A worksheet is a page or two; what is larger is something else. */
export const WORKSHEET_BYTES_MAX = 2 * 1024 * 1024;
const READ_MS_MAX = 20_000;
const HEAP_MB_MAX = 192;
/** Threads at once: a third upload waits for nobody, it is refused. */
const READERS_MAX = 2;

let readers = 0;

/**
 * Reads a worksheet in a thread of its own, with an end to its time and memory, so that a hostile file costs nobody else
 * anything. Refuses with `worksheet-not-readable` and a sentence that quotes nothing of the file.
 */
export async function readWorksheet(deps: { readonly timers: Timers }, bytes: Buffer): Promise<readonly Sheet[]> {
  if (bytes.length > WORKSHEET_BYTES_MAX)
    throw refuseBiller('worksheet-not-readable', { why: 'it is larger than 2 MB' });
  if (readers >= READERS_MAX) throw refuseBiller('worksheet-busy', { retryAfterSeconds: 5 });
  readers += 1;
  try {
    return await inThread(deps, bytes);
  } finally {
    readers -= 1;
  }
}

async function inThread(deps: { readonly timers: Timers }, bytes: Buffer): Promise<readonly Sheet[]> {
  const worker = new Worker(new URL('./worksheet-worker.ts', import.meta.url), {
    workerData: { bytes },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    execArgv: [],
    env: {},
    stdout: true,
    stderr: true,
  });
  const done = new AbortController();
  const answered = new Promise<{ sheets: readonly Sheet[] } | { refused: string }>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', () => resolve({ refused: 'it takes more memory than a worksheet may' }));
    worker.once('exit', () => resolve({ refused: 'it can’t be read' }));
  });
  const late = deps.timers
    .sleep(READ_MS_MAX, done.signal)
    .then(() => ({ refused: 'it takes longer to read than a worksheet may' }))
    .catch(() => ({ refused: 'it can’t be read' }));
  const answer = await Promise.race([answered, late]);
  done.abort();
  await worker.terminate();
  if ('refused' in answer) throw refuseBiller('worksheet-not-readable', { why: answer.refused });
  return answer.sheets;
}
