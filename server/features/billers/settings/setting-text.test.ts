import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinParts, settingFromText, settingToText, splitParts } from './setting-text.ts';

const one = { hasPrivateKey: false, isMultiEnvironment: false };
const two = { hasPrivateKey: false, isMultiEnvironment: true };
const keyed = { hasPrivateKey: true, isMultiEnvironment: false };
// Bars and backslashes often, since they are what the text form is about.
const value = fc.string({ unit: fc.constantFrom('|', '\\', 'a', 'é', ' '), minLength: 1, maxLength: 12 });

describe('a setting as text', () => {
  test('keeps every pair of values apart, whatever bars and backslashes are in them', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (parts) => {
        expect(splitParts(joinParts(parts))).toEqual(parts);
      }),
    );
  });

  test('keeps a bar inside a private key and a password, and a backslash as it is typed', () => {
    fc.assert(
      fc.property(value, value, (privateKey, password) => {
        const reading = settingFromText('10', joinParts([privateKey, password]), keyed);
        expect(reading).toEqual({
          kind: 'value',
          value: { kind: 'keyAndPassword', privateKey: { set: privateKey }, password: { set: password } },
        });
      }),
    );
    expect(splitParts('a\\b|c\\\\d')).toEqual(['a\\b', 'c\\\\d']);
  });

  test('reads the form of the sources, private key first (A11)', () => {
    expect(settingFromText('10', '9w!tbbKa!xxx|99A9999F-DCBC-9F9A-B999-999AD99999F9', keyed)).toEqual({
      kind: 'value',
      value: {
        kind: 'keyAndPassword',
        privateKey: { set: '9w!tbbKa!xxx' },
        password: { set: '99A9999F-DCBC-9F9A-B999-999AD99999F9' },
      },
    });
    expect(settingFromText('13', 'no bar here', keyed)).toMatchObject({ kind: 'fault' });
    expect(settingFromText('13', 'one|two|three', keyed)).toMatchObject({ kind: 'fault' });
  });

  test('takes a | as part of a password where the partner has one environment and no key', () => {
    expect(settingFromText('10', 'pa|ss\\|word', one)).toEqual({
      kind: 'value',
      value: { kind: 'secret', secret: { set: 'pa|ss\\|word' } },
    });
  });

  test('splits addresses, users and passwords for two environments, and lets one value serve both', () => {
    expect(settingFromText('8', 'https://a.example/1/|https://b.example/2/', two)).toEqual({
      kind: 'value',
      value: { kind: 'pair', environment1: 'https://a.example/1/', environment2: 'https://b.example/2/' },
    });
    expect(settingFromText('9', 'same-user', two)).toEqual({
      kind: 'value',
      value: { kind: 'text', value: 'same-user' },
    });
    expect(settingFromText('10', 'one|two', two)).toMatchObject({ value: { kind: 'secretPair' } });
  });

  test('refuses what is no address, with what it should be', () => {
    for (const text of ['ftp://x.example/', 'x.example', 'https://user:pw@x.example/', 'https://a.example|b']) {
      expect(settingFromText('8', text, two)).toMatchObject({ kind: 'fault' });
    }
  });

  test('shows a secret as a mark and its fingerprint, never the sealed text', () => {
    const sealed = { sealed: 'v1.sealed-text', fingerprint: '1a2b3c4d' };
    expect(settingToText('10', { kind: 'keyAndPassword', privateKey: sealed, password: sealed }, keyed)).toBe(
      '•••• (1a2b3c4d)|•••• (1a2b3c4d)',
    );
    expect(settingFromText('10', '•••• (1a2b3c4d)', one)).toMatchObject({ kind: 'fault' });
  });

  test('reads back what it shows, for everything that is no secret', () => {
    const samples = [
      ['8', 'https://a.example/'],
      ['9', 'user'],
      ['32', 'on'],
      ['105', '0'],
      ['105', '1'],
      ['81', 'MULTIENVIRONMENT'],
      ['131', '{"RTDRConfig":{"UpdateBlockedFlags":true}}'],
      ['4711', 'free text|with a bar'],
    ] as const;
    for (const [number, text] of samples) {
      const reading = settingFromText(number, text, one);
      if (reading.kind === 'fault') throw new Error(`${number}: ${reading.sentence}`);
      expect(settingToText(number, reading.value as never, one)).toBe(text);
    }
  });
});
