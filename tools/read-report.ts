import fs from 'node:fs';
import path from 'node:path';

const MESSAGE_LINES_MAX = 4;
const MESSAGE_CHARS_MAX = 600;

/** What one step of a run came to. */
export interface StepResult {
  readonly passed: number;
  /** One entry a failure: where, which test, and the beginning of its message. */
  readonly failures: readonly string[];
}

interface Report {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/**
 * Reads the JSON report of a Vitest run that ended with `code`. A run that ended badly, left no report or ran no test is a
 * failure even where the report counts none: a hook that threw, an error nobody caught.
 */
export function readReport(file: string, from: { code: number; root: string; step: string }): StepResult {
  const { code, root, step } = from;
  if (!fs.existsSync(file)) return { passed: 0, failures: [`${step}: ended with ${code} and left no report`] };
  const report = JSON.parse(fs.readFileSync(file, 'utf8')) as Report;
  const failures: string[] = [];
  for (const one of report.testResults) {
    const place = `${step} › ${path.relative(root, one.name)}`;
    const failed = one.assertionResults.filter((test) => test.status === 'failed');
    for (const test of failed) failures.push(`${place} › ${test.fullName}${quote(test.failureMessages?.[0])}`);
    if (failed.length === 0 && one.status === 'failed') failures.push(`${place}: the file itself${quote(one.message)}`);
  }
  if (report.numTotalTests === 0) failures.push(`${step}: no test was run`);
  if (code !== 0 && failures.length === 0)
    failures.push(`${step}: ended with ${code} though no test failed; see above`);
  return { passed: report.numPassedTests, failures };
}

/** The beginning of a message, without colours, indented. */
function quote(message: string | undefined): string {
  if (!message) return '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  const lines = message.replaceAll(/\u001b\[[\d;]*m/g, '').split('\n');
  const shown = lines.filter((line) => line.trim() !== '').slice(0, MESSAGE_LINES_MAX);
  return `\n${shown.join('\n').slice(0, MESSAGE_CHARS_MAX)}`.replaceAll('\n', '\n      ');
}
