import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readReport } from './read-report.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-report-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const from = { code: 1, root: '/here', step: 'browser tests' };
function reportOf(testResults: readonly object[], numTotalTests = 2): string {
  const file = path.join(folder, 'report.json');
  fs.writeFileSync(file, JSON.stringify({ numPassedTests: 1, numTotalTests, testResults }));
  return file;
}

test('a failed test is told with its file, its full name and the beginning of its message', () => {
  const file = reportOf([
    {
      name: '/here/web/pay.test.ts',
      status: 'failed',
      assertionResults: [
        { fullName: 'a payer pays', status: 'passed' },
        {
          fullName: 'a payer pays once',
          status: 'failed',
          failureMessages: ['\u001b[31mexpected 2 to be 1\u001b[0m\n\n  at pay'],
        },
      ],
    },
  ]);
  expect(readReport(file, from)).toEqual({
    passed: 1,
    failures: ['browser tests › web/pay.test.ts › a payer pays once\n      expected 2 to be 1\n        at pay'],
  });
});

test('what fails outside a test is a failure too: a hook, an uncaught error, a run without tests, a run without a report', () => {
  const hook = reportOf([{ name: '/here/a.test.ts', status: 'failed', message: 'no demo', assertionResults: [] }]);
  expect(readReport(hook, from).failures).toEqual(['browser tests › a.test.ts: the file itself\n      no demo']);
  const sound = [{ name: '/here/a.test.ts', status: 'passed', message: '', assertionResults: [] }];
  expect(readReport(reportOf(sound), from).failures).toEqual([
    'browser tests: ended with 1 though no test failed; see above',
  ]);
  expect(readReport(reportOf(sound), { ...from, code: 0 }).failures).toEqual([]);
  expect(readReport(reportOf([], 0), { ...from, code: 0 }).failures).toEqual(['browser tests: no test was run']);
  expect(readReport(path.join(folder, 'none.json'), from).failures).toEqual([
    'browser tests: ended with 1 and left no report',
  ]);
});
