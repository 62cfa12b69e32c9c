import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';

test('a cell with a comma, a quote or a line break is quoted', () => {
  expect(csvOf([['a,b', 'say "x"', 'two\nlines']])).toBe('"a,b","say ""x""","two\nlines"');
});
test('a cell that a spreadsheet would calculate is made text; a negative amount stays a number', () => {
  expect(csvOf([['=1+1', '@x', '-12.50', -3, null]])).toBe("'=1+1,'@x,-12.50,-3,");
});
