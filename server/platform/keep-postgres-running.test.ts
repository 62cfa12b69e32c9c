import { expect, test } from 'vitest';
import { keepPostgresRunning } from './keep-postgres-running.ts';
import { createLog } from './log.ts';
import { systemTimers } from './timers.ts';

/** No process has this number: beyond what the kernel gives out. */
const DEAD_PID = 2 ** 30;

/** A server that is nothing but what the watch asks; `look` is one tick of its timer, to its end. */
function watched(from: { pid: number | undefined; answers?: boolean }) {
  const server = { pid: from.pid, answers: from.answers ?? true, starts: 0, isBroken: false };
  let tick: () => void = () => undefined;
  const timers = {
    ...systemTimers,
    every: (_ms: number, act: () => void) => {
      tick = act;
      return { cancel: () => undefined };
    },
  };
  const watch = keepPostgresRunning(
    {
      pid: () => server.pid,
      answers: async () => server.answers,
      start: async () => {
        server.starts += 1;
        if (server.isBroken) throw new Error('it does not start');
        server.pid = process.pid;
        server.answers = true;
      },
    },
    { timers, log: createLog({ level: 'silent' }) },
  );
  const look = async (times = 1) => {
    for (let n = 0; n < times; n++) {
      tick();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  return { server, watch, look };
}

test('a server that lives and answers is left alone', async () => {
  const { server, look } = watched({ pid: process.pid });
  await look(100);
  expect(server.starts).toBe(0);
});

test('a server whose process is gone is started again, once', async () => {
  const { server, look } = watched({ pid: DEAD_PID });
  await look(20);
  expect(server.starts).toBe(1);
});

test('a server that no longer answers is started again, though its process seems to be there', async () => {
  const { server, look } = watched({ pid: process.pid, answers: false });
  await look(8);
  expect(server.starts).toBe(0);
  await look(8);
  expect(server.starts).toBe(1);
});

test('a server that left its folder is started again once it does not answer twice', async () => {
  const { server, look } = watched({ pid: undefined, answers: false });
  await look(2);
  expect(server.starts).toBe(1);
});

test('a start that fails is tried again, and a server that keeps dying is left alone after 40 times', async () => {
  const { server, look } = watched({ pid: DEAD_PID });
  server.isBroken = true;
  await look(200);
  expect(server.starts).toBe(40);
});

test('after stop nothing is started', async () => {
  const { server, watch, look } = watched({ pid: DEAD_PID });
  await watch.stop();
  await look(20);
  expect(server.starts).toBe(0);
});
