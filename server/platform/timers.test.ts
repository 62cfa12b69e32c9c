import { expect, test } from 'vitest';
import { systemTimers } from './timers.ts';

test('sleep ends after its time, and at once when stopped', async () => {
  await systemTimers.sleep(1);
  const stop = new AbortController();
  const sleeping = systemTimers.sleep(60_000, stop.signal);
  stop.abort();
  await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
  await expect(systemTimers.sleep(60_000, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

test('after acts once, every acts until cancelled, a cancelled one never', async () => {
  let once = 0;
  let never = 0;
  const third = Promise.withResolvers<void>();
  let times = 0;
  systemTimers.after(1, () => (once += 1));
  systemTimers.after(1, () => (never += 1)).cancel();
  const repeated = systemTimers.every(1, () => {
    times += 1;
    if (times === 3) third.resolve();
  });
  await third.promise;
  repeated.cancel();
  await systemTimers.sleep(10);
  expect({ once, never, times }).toEqual({ once: 1, never: 0, times: 3 });
});

test('a wait longer than a timer can hold is refused instead of firing at once', async () => {
  await expect(systemTimers.sleep(3_000_000_000)).rejects.toThrow(RangeError);
  expect(() => systemTimers.after(3_000_000_000, () => {})).toThrow(RangeError);
  expect(() => systemTimers.every(Number.NaN, () => {})).toThrow(RangeError);
});
