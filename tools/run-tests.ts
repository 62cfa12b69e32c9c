// `npm test`: every gate and every test, in order, on this machine's two or more cores; ends with "N passed, N failed".
// `node tools/run-tests.ts fast` leaves out what needs a browser or kills processes.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findChromium } from './find-chromium.ts';

interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Vitest's own counts are read from its report; any other step counts as one test. */
  readonly isVitest?: boolean;
  readonly isSlow?: boolean;
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
  },
];

const isFast = process.argv.includes('fast');
let passed = 0;
let failed = 0;
const chromium = isFast ? undefined : await findChromium();
for (const step of steps.filter((each) => !isFast || !each.isSlow)) {
  const startedMs = performance.now();
  process.stdout.write(`\n— ${step.name}\n`);
  const report = path.join(scratch, `${step.name.replaceAll(' ', '-')}.json`);
  const args = step.isVitest
    ? [...step.args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    : step.args;
  const code = await run(step.command, args);
  const counts = step.isVitest ? readCounts(report, code) : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  passed += counts.passed;
  failed += counts.failed;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`— ${step.name}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s\n`);
}
fs.rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        PATH: `${BIN}${path.delimiter}${process.env.PATH}`,
        ...(chromium && { CHROMIUM: chromium }),
      },
    });
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** A run that ended badly, or ran no test, is a failure even where the report counts none. */
function readCounts(report: string, code: number): { passed: number; failed: number } {
  if (!fs.existsSync(report)) return { passed: 0, failed: 1 };
  const json = JSON.parse(fs.readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numTotalTests: number;
  };
  const isSilentFailure = (code !== 0 && json.numFailedTests === 0) || json.numTotalTests === 0;
  return { passed: json.numPassedTests, failed: json.numFailedTests + (isSilentFailure ? 1 : 0) };
}
