import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeyring, DataKey, fingerprintOf, open, SealError, Secret, seal } from './secrets.ts';

const faultOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    if (error instanceof SealError) return error.fault;
    throw error;
  }
  return 'opened';
};

describe('a secret', () => {
  const secret = new Secret('hunter2-canary');

  test('prints as dots however it is printed', () => {
    const printed = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret, list: [secret] }),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
      Object.entries(secret).join(),
      String(new Error('failed', { cause: secret }).cause),
    ].join('\n');
    expect(printed).not.toContain('canary');
    expect(printed).toContain('••••');
    expect(secret.reveal()).toBe('hunter2-canary');
  });

  test('equals the same text and nothing else', () => {
    expect(secret.equals('hunter2-canary')).toBe(true);
    expect(secret.equals(new Secret('hunter2-canary'))).toBe(true);
    expect(secret.equals('hunter2-canarz')).toBe(false);
    expect(secret.equals('')).toBe(false);
    expect(secret.fingerprint()).toMatch(/^[0-9a-f]{8}$/);
    expect(new Secret('hunter2-canary').fingerprint()).toBe(secret.fingerprint());
  });
});

describe('sealing', () => {
  const keyring = createKeyring({ currentMasterKey: randomBytes(32) });
  const dataKey = keyring.newDataKey();
  const place = '2984/advancedSettings.10';

  test('every text opens at its place to what it was: pipes, spaces, emoji, nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, anyPlace) => {
        expect(open(dataKey, seal(dataKey, text, anyPlace), anyPlace).reveal()).toBe(text);
      }),
    );
    expect(open(dataKey, seal(dataKey, new Secret(' a|b 🗝 '), place), place).reveal()).toBe(' a|b 🗝 ');
  });

  test('the same text is sealed differently every time, in the form that is documented', () => {
    const sealed = seal(dataKey, 'x', place);
    expect(sealed).toMatch(new RegExp(`^v1\\.${dataKey.id}\\.[\\w-]{16}\\.[\\w-]+$`));
    expect(seal(dataKey, 'x', place)).not.toBe(sealed);
  });

  test('moved to another place, or with any character changed, it does not open', () => {
    const sealed = seal(dataKey, 'the password', place);
    expect(faultOf(() => open(dataKey, sealed, '2984/advancedSettings.13'))).toBe('tampered-or-moved');
    expect(faultOf(() => open(dataKey, sealed, '2985/advancedSettings.10'))).toBe('tampered-or-moved');
    for (let index = 0; index < sealed.length; index += 1) {
      for (const other of ['A', 'B', '0']) {
        const changed = sealed.slice(0, index) + other + sealed.slice(index + 1);
        // The last character of base64 may carry bits that are not part of any byte.
        if (
          changed === sealed ||
          Buffer.from(changed.slice(12), 'base64url').equals(Buffer.from(sealed.slice(12), 'base64url'))
        )
          continue;
        expect(faultOf(() => open(dataKey, changed, place))).not.toBe('opened');
      }
    }
  });

  test('with another data key, cut short, or garbled it says what is wrong', () => {
    const sealed = seal(dataKey, 'x', place);
    expect(faultOf(() => open(keyring.newDataKey(), sealed, place))).toBe('wrong-key');
    for (const garbled of [
      '',
      'v1',
      'v2.aaaaaaaa.bbbbbbbbbbbbbbbb.cccccccccccccccccccccc',
      sealed.slice(0, 40),
      'plain text',
      `${sealed}\n`,
    ]) {
      expect(faultOf(() => open(dataKey, garbled, place))).toBe('malformed');
    }
  });

  test('no error carries the secret', () => {
    const sealed = seal(dataKey, 'canary', place);
    try {
      open(dataKey, sealed, 'elsewhere');
    } catch (error) {
      expect(inspect(error)).not.toContain('canary');
    }
  });

  test('fingerprints are equal within a biller and say nothing across billers', () => {
    expect(fingerprintOf(dataKey, 'a')).toBe(fingerprintOf(dataKey, new Secret('a')));
    expect(fingerprintOf(dataKey, 'a')).not.toBe(fingerprintOf(dataKey, 'b'));
    expect(fingerprintOf(dataKey, 'a')).not.toBe(fingerprintOf(keyring.newDataKey(), 'a'));
  });
});

describe('master keys', () => {
  test('a wrapped data key opens what was sealed before, in another process with the same master key', () => {
    const master = randomBytes(32);
    const dataKey = createKeyring({ currentMasterKey: master }).newDataKey();
    const sealed = seal(dataKey, 'x', 'p');
    const wrapped = createKeyring({ currentMasterKey: master }).wrapDataKey(dataKey);
    const again = createKeyring({ currentMasterKey: Buffer.from(master) }).unwrapDataKey(wrapped);
    expect(open(again, sealed, 'p').reveal()).toBe('x');
    expect(fingerprintOf(again, 'x')).toBe(fingerprintOf(dataKey, 'x'));
  });

  test('rotation: the old key still opens, re-wrapping can be resumed, then the old key is not needed', () => {
    const oldMaster = randomBytes(32);
    const newMaster = randomBytes(32);
    const before = createKeyring({ currentMasterKey: oldMaster });
    const dataKey = before.newDataKey();
    const wrapped = before.wrapDataKey(dataKey);
    const during = createKeyring({ currentMasterKey: newMaster, olderMasterKeys: [oldMaster] });
    expect(during.unwrapDataKey(wrapped).id).toBe(dataKey.id);
    const rewrapped = during.rewrapDataKey(wrapped);
    expect(during.rewrapDataKey(rewrapped)).toBe(rewrapped);
    const after = createKeyring({ currentMasterKey: newMaster });
    expect(open(after.unwrapDataKey(rewrapped), seal(dataKey, 'x', 'p'), 'p').reveal()).toBe('x');
    expect(faultOf(() => after.unwrapDataKey(wrapped))).toBe('wrong-key');
  });

  test('a master key of another length is refused, and a data key never prints its bytes', () => {
    expect(() => createKeyring({ currentMasterKey: randomBytes(16) })).toThrow('32 bytes');
    const bytes = randomBytes(32);
    const printed =
      inspect(new DataKey(bytes), { showHidden: true, depth: 9 }) + JSON.stringify({ key: new DataKey(bytes) });
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(printed).not.toContain(bytes.toString(form).slice(0, 12));
  });
});
