import fs from 'node:fs';
import { flushCompileCache } from 'node:module';
import { type Clock, systemClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import { type CrashPointName, crashPointNames, killAt, noCrashPoints } from '../platform/crash-points.ts';
import { hearStop, runUntilStopped, start } from '../start.ts';
import { exhaustOnSignal } from './exhaust.ts';

// The program as `server/main.ts` starts it, with what no shipped entry point has: a place to die, a way to run out of
// memory or time, and a clock that the test can put forward (the UNKNOWN protocol waits for half an hour and more). Ends
// with the test that started it.

const CLOCK_LOOK_MS = 50;

const { CRASH_AT, CRASH_CLOCK_FILE, CRASH_EXHAUST, ...environment } = process.env;
exhaustOnSignal(CRASH_EXHAUST);
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
const wish = hearStop();
const running = await start(readConfig(environment, 'required'), {
  version: '0.0.0-crash',
  overrides: { crash: crashAt(CRASH_AT), clock: clockFrom(CRASH_CLOCK_FILE) },
});
const stopped = runUntilStopped(running, wish);
process.stdout.write(`${JSON.stringify({ isReady: true, url: running.url ?? null })}\n`);
// A killed process writes no cache at its end, and these are started a hundred times.
flushCompileCache();
process.exit(await stopped);

/** `name:n` dies at the n-th passing of a crash point. */
function crashAt(text: string | undefined) {
  if (!text) return noCrashPoints;
  const [name, n] = text.split(':');
  if (!crashPointNames.some((known) => known === name)) throw new Error(`there is no crash point ${name}`);
  return killAt(name as CrashPointName, Number(n ?? 1));
}

function clockFrom(file: string | undefined): Clock {
  if (!file) return systemClock;
  let aheadMs = 0;
  const look = () => {
    aheadMs = Number(fs.readFileSync(file, 'utf8')) || 0;
  };
  look();
  setInterval(look, CLOCK_LOOK_MS).unref();
  return {
    now: () => systemClock.now().add({ milliseconds: aheadMs }),
    nowMs: () => systemClock.nowMs() + aheadMs,
    monotonicMs: systemClock.monotonicMs,
  };
}
