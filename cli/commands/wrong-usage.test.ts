import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const MAIN = path.join(import.meta.dirname, '..', 'main.ts');
/** Each command is a process of its own: about a second, many on a busy machine. */
const TEST_TIMEOUT_MS = 600_000;

test(
  'what is typed wrong is told in a sentence with exit 2, before any database is asked for',
  () => {
    for (const [line, sentence] of [
      ['doctor abc', 'A BID is a whole number, such as 2984.'],
      ['deliveries show 2984 abc', 'It is a whole number from 1.'],
      ['reconcile 2984 --date yesterday', 'A day is written as 2026-11-20.'],
    ] as const) {
      const ended = spawnSync(process.execPath, [MAIN, ...line.split(' ')], {
        env: { PATH: process.env.PATH },
        encoding: 'utf8',
      });
      expect([line, ended.status, ended.stdout]).toEqual([line, 2, '']);
      expect(ended.stderr).toContain(sentence);
    }
  },
  TEST_TIMEOUT_MS,
);
