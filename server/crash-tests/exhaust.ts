import fs from 'node:fs';

/** Words kept at each step of filling the heap: fast enough for a test, slow enough that work goes on meanwhile. */
const WORDS_A_STEP = 200_000;
const STEP_MS = 20;

/**
 * What a process does at SIGUSR2: `heap` fills its heap until it dies of it; a path blocks the event loop, busily, for as
 * long as that file exists.
 */
export function exhaustOnSignal(how: string | undefined): void {
  if (how === undefined) return;
  process.on('SIGUSR2', () => {
    if (how === 'heap') {
      const hoard: string[][] = [];
      setInterval(
        () => hoard.push(Array.from({ length: WORDS_A_STEP }, (_, n) => `word ${hoard.length} ${n}`)),
        STEP_MS,
      );
      return;
    }
    while (fs.existsSync(how));
  });
}
