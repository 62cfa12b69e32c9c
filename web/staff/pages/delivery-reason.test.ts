import { expect, test } from 'vitest';
import { explainReason } from './delivery-reason.tsx';

test('a technical reason becomes a sentence, and is kept', () => {
  const { sentence, technical } = explainReason('reset: ECONNRESET: read ECONNRESET', 'unknown');
  expect(sentence).toMatch(/^The connection broke .* may or may not have taken/);
  expect(technical).toBe('reset: ECONNRESET: read ECONNRESET');
});

test('what was not sent is never said to be perhaps taken', () => {
  expect(explainReason('timeout: The sign-in did not finish in time.', 'waiting').sentence).toBe(
    'The partner did not answer in time. Nothing was applied; it is tried again.',
  );
});

test('what is in plain words already stays as it is, as a sentence', () => {
  expect(explainReason('Policy is cancelled')).toEqual({ sentence: 'Policy is cancelled.', technical: undefined });
  expect(explainReason('unresolved after 4 hours: the readings do not agree').sentence).toBe(
    'Unresolved after 4 hours: the readings do not agree.',
  );
});
