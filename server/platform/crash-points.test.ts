import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { crashPointNames, noCrashPoints } from './crash-points.ts';

const file = fileURLToPath(new URL('./crash-points.ts', import.meta.url));

function run(body: string): { signal: NodeJS.Signals | null; stdout: string } {
  const code = `import { killAt } from ${JSON.stringify(file)}; ${body}`;
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return { signal, stdout };
}

test('the process dies by SIGKILL at the n-th passing of the point, not before, and by no other point', () => {
  const told = "const { writeSync } = await import('node:fs'); const say = (text) => writeSync(1, text);";
  const killed = run(`${told} const crash = killAt('request-sent', 2);
    crash.at('request-sent'); say('first '); crash.at('marked'); say('other '); crash.at('request-sent'); say('second');`);
  expect(killed).toEqual({ signal: 'SIGKILL', stdout: 'first other ' });
});

test('the product passes every point unharmed', () => {
  for (const name of crashPointNames) noCrashPoints.at(name);
  expect(new Set(crashPointNames).size).toBe(19);
});
