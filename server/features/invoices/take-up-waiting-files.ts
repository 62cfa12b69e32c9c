import { importAtOnce } from './import-invoice-file.ts';
import { waitingSince } from './invoice-file-store.ts';

/** Longer than a job of the queue takes to be tried again, shorter than anybody waits for a file. */
const WAITED_MINUTES = 15;
const FILES_MAX = 1_000;

type TakeUpDeps = Parameters<typeof importAtOnce>[0];

/**
 * Loads files that were received long ago and that no job works at: the queue gives a job up after some tries, and a full
 * disk or an unreachable database may outlast them. A file that is being read, or waits behind one that is, is left alone.
 */
export async function takeUpWaitingFiles(deps: TakeUpDeps, signal: AbortSignal): Promise<void> {
  const before = deps.clock.now().subtract({ minutes: WAITED_MINUTES });
  const files = await deps.database.withSystem((tx) => waitingSince(tx, { before, limit: FILES_MAX }));
  for (const file of files) {
    if (signal.aborted) return;
    await importAtOnce(deps, file).catch((cause: unknown) => {
      deps.log.warn({ err: cause, bid: file.bid, file: file.fileId }, 'a file that waits could not be loaded');
    });
  }
}
