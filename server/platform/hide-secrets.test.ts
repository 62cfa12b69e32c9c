import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hideSecrets, hideSecretsIn, mayHoldSecret } from './hide-secrets.ts';

const secretText = fc.string({ unit: 'grapheme', minLength: 12, maxLength: 40 });
const around = fc.string({ maxLength: 12 });

test('a secret is taken out as it is, and as JSON, URI, hex and base64 write it, whatever stands around it', () => {
  fc.assert(
    fc.property(secretText, around, around, (secret, before, after) => {
      const bytes = Buffer.from(secret);
      const hide = (text: string) => hideSecrets(text, [secret]);
      expect(hide(before + secret + after)).not.toContain(secret);
      expect(hide(JSON.stringify(secret))).not.toBe(JSON.stringify(secret));
      expect(hide(encodeURIComponent(secret))).not.toBe(encodeURIComponent(secret));
      expect(hide(bytes.toString('hex'))).toBe('••••');
      expect(hide(bytes.toString('hex').toUpperCase())).toBe('••••');
      for (const encoding of ['base64', 'base64url'] as const) {
        const hidden = hide(Buffer.from(before + secret + after).toString(encoding));
        expect(hidden).toContain('••••');
        // What is left at the edges no longer decodes to the middle of the secret.
        const middle = bytes.subarray(3, -3);
        for (const part of hidden.split('••••')) expect(Buffer.from(part, encoding).includes(middle)).toBe(false);
      }
    }),
    { numRuns: 200 },
  );
});

test('a text without a secret is left as it is, and secrets too short to tell from honest words too', () => {
  expect(hideSecrets('an answer of 128.40', ['a long secret', 'abc', ''])).toBe('an answer of 128.40');
});

test('values and names of a document lose their secrets, and numbers stay what they are', () => {
  const secret = 'hunter2-hunter2';
  const told = hideSecretsIn({ [secret]: [secret, 128.4, null, { at: `x${secret}` }] }, [secret]);
  expect(told).toEqual({ '••••': ['••••', 128.4, null, { at: 'x••••' }] });
  expect(mayHoldSecret('{"a":"plain"}', [secret])).toBe(false);
  expect(mayHoldSecret(`{"a":"${secret}"}`, [secret])).toBe(true);
  expect(mayHoldSecret('{"a":"\\u0068unter2-hunter2"}', [secret])).toBe(true);
});
