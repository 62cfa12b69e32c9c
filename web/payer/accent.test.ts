import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accentColours, contrast, parse } from './accent.ts';

test('whatever colour a biller chooses, text in it and on it can be read, on light and on dark paper', () => {
  const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);
  fc.assert(
    fc.property(hex, (colour) => {
      const made = accentColours(colour);
      expect(contrast(parse(made.light), parse('#f4f6f8'))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(parse(made.light), parse(made.onLight))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(parse(made.dark), parse('#1a232c'))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(parse(made.dark), parse(made.onDark))).toBeGreaterThanOrEqual(4.5);
    }),
  );
});

test('a colour that is already readable is left alone', () => {
  expect(accentColours('#1f5a8c').light).toBe('#1f5a8c');
});
