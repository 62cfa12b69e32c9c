// `npm test`: every gate and every test, in order, on this machine's two or more cores; ends with "N passed, N failed".
// `node tools/run-tests.ts fast` leaves out what needs a browser or kills processes.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findChromium } from './find-chromium.ts';
import { readReport, type StepResult } from './read-report.ts';

interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Vitest's own counts are read from its report; any other step counts as one test. */
  readonly isVitest?: boolean;
  readonly isSlow?: boolean;
  readonly needsChromium?: boolean;
}

const ROOT = path.join(import.meta.dirname, '..');
const BIN = path.join(ROOT, 'node_modules', '.bin');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-run-'));

const steps: readonly Step[] = [
  { name: 'format', command: 'biome', args: ['format', '.'] },
  { name: 'lint', command: 'biome', args: ['lint', '--error-on-warnings', '.'] },
  { name: 'floating promises', command: 'oxlint', args: ['--type-aware'] },
  { name: 'types', command: 'tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types of the web', command: 'tsc', args: ['--noEmit', '-p', 'web/tsconfig.json'] },
  { name: 'dead code', command: 'knip', args: [] },
  { name: 'tables are what the migrations say', command: 'node', args: ['tools/generate-tables.ts', '--check'] },
  { name: 'build of the web', command: 'node', args: ['web/build.ts'] },
  { name: 'tests', command: 'vitest', args: ['run', '--config', 'vitest.config.ts'], isVitest: true },
  {
    name: 'kills of real processes',
    command: 'vitest',
    args: ['run', '--config', 'vitest.crash.config.ts'],
    isVitest: true,
    isSlow: true,
  },
  {
    name: 'browser tests',
    command: 'vitest',
    args: ['run', '--config', 'vitest.browser.config.ts'],
    isVitest: true,
    isSlow: true,
    needsChromium: true,
  },
];

const isFast = process.argv.includes('fast');
const failures: string[] = [];
let passed = 0;
const chromium = isFast ? undefined : findChromium();
for (const step of steps.filter((each) => !isFast || !each.isSlow)) {
  const startedMs = performance.now();
  process.stdout.write(`\n— ${step.name}\n`);
  const result =
    step.needsChromium && !chromium?.path ? { passed: 0, failures: [String(chromium?.why)] } : await take(step);
  passed += result.passed;
  failures.push(...result.failures);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`— ${step.name}: ${result.passed} passed, ${result.failures.length} failed in ${seconds} s\n`);
}
fs.rmSync(scratch, { recursive: true, force: true });
// Named at the end once more: of a long log people see the end first.
if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.map((each) => `  ✗ ${each}\n`).join('')}`);
process.stdout.write(`\n${passed} passed, ${failures.length} failed\n`);
process.exit(failures.length === 0 ? 0 : 1);

async function take(step: Step): Promise<StepResult> {
  const report = path.join(scratch, `${step.name.replaceAll(' ', '-')}.json`);
  // A failed test has failed: nothing is tried a second time.
  const reporting = ['--retry=0', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(step.command, step.isVitest ? [...step.args, ...reporting] : step.args);
  if (step.isVitest) return readReport(report, { code, root: ROOT, step: step.name });
  return code === 0 ? { passed: 1, failures: [] } : { passed: 0, failures: [`${step.name}: ended with ${code}`] };
}

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        PATH: `${BIN}${path.delimiter}${process.env.PATH}`,
        ...(chromium?.path && { CHROMIUM: chromium.path }),
      },
    });
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
