import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSshPublicKey } from './ssh-public-key.ts';

/** Made by ssh-keygen, with what `ssh-keygen -l` says of each. */
const KEYS: readonly (readonly [line: string, bits: number, fingerprint: string])[] = [
  [
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMqxJM9sOdsH/PxO6S17EmmK+HrlE3DY+rdj/nALmEZz imt upload',
    256,
    'SHA256:abHhYV9g1uj+s5RP/uDqODTDpJ0VsQLEQBJ7xXramIk',
  ],
  [
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDTikn+yp7EhskRVTkbKS2IPkBT2BgTeBYTE2lxvPt+VMkYUQJRUZ3YlbwXi+pkLjYAC4fRmI0u7Cj9zBhEVgIkFsbZU9hPtb2nvuUZ6RjcW4kOz4g+oIXjNc8Aw48zD7yJhrs+m92o4irs+5dORxybDank74w6gXuz+JDdFJNuICLsPmivPUi+UtPsn7LalBRIkeD/w/tX1gcH0MAb198odPmbvMOdX4IowZYlxfRKF7WF54ajPr4j0wuFm3GiNiL7vGE4DPDcLxDR9MLKu1f/kZxtf+lAKO3h3tt8W3OFox74Ydd829ggXXly5y2I8AFVQyGaWTtvzS/iKGhiFaK1 imt upload',
    2048,
    'SHA256:8EEp//Tq5dyKkeEOjMYpji+UlnNrfNDIkJug2hgjrNg',
  ],
  [
    'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBPR1SVwWqa3Gy6JJ0Q/07D2qXHp/S4PcIQP7VPg+QskZSKuP9GQ2wwEvaQNApu4vB0DYHa/xKDkpHgN7oGRfBWE= imt upload',
    256,
    'SHA256:vgbZMMGo7wPIBudTRcyQjhAPbn3qBSlKwp0XwCY0crQ',
  ],
  [
    'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAFh8McncIZWzKsswlFW9QrkCe7rBRLomF0dvCCgOpxj3zHEwC/WmqIGdMCdKuz6QnYn2c3NULHinL7ZUcZN1I8fDQFliYNI7MzmwOc3tWMPN2R7cRNw1VWfkJPg+2y+B2WRKvasz3kT0TKkYv5pXkLDFvdWeHUPjPHLIepRVztm5JdG2Q== imt upload',
    521,
    'SHA256:azdqoqJjpbYl6CFCeqi36iJN4FOoqwFnJil1LhNlqFU',
  ],
];
const SHORT_RSA =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCqEjIsZ2ql0ITWTPc+3oKTjI0hlUbETw/OI2MGLtghpyHimIrujoOO3JCFrvQ0mMYUG4w+L/gsY5z2klaeLWUxMhr6PBqmH+utLftA4jeQVB/eKqJjO9mfeMaQagNQ8Vi0sWJ3Umov9GO/W1Hu1bdCmgRvfFsTV83yTdq3V2JYbw== imt upload';
const ED = KEYS[0]?.[0] ?? '';
const ED_BLOB = ED.split(' ')[1] ?? '';

describe('an SSH public key', () => {
  test.each(KEYS)('%s is told as ssh-keygen tells it', (line, bits, fingerprint) => {
    const [type] = line.split(' ');
    expect(readSshPublicKey(`  ${line}\n`)).toEqual({
      kind: 'key',
      type,
      bits,
      fingerprint,
      comment: 'imt upload',
      line,
    });
  });

  test.each([
    ['', /no key here/],
    ['hello world', /begins with its type/],
    [SHORT_RSA, /1024 bits/],
    [`-----BEGIN OPENSSH ${'PRIVATE'} KEY-----\nabc`, /private key/],
    [`PuTTY-User-Key-File-3: ssh-ed25519`, /private key/],
    ['---- BEGIN SSH2 PUBLIC KEY ----\nAAAA', /ssh-keygen -i/],
    ['-----BEGIN PUBLIC KEY-----\nAAAA', /PEM/],
    [`${ED}\n${ED}`, /several lines/],
    [`from="10.0.0.1" ${ED}`, /before the key/],
    ['ssh-dss AAAAB3NzaC1kc3M=', /DSA/],
    ['sk-ssh-ed25519@openssh.com AAAA', /security stick/],
    [ED.slice(0, 60), /cut off|base64/],
    [ED.replace('AAAAC3', 'AAAA!3'), /base64/],
    [`ssh-rsa ${ED_BLOB}`, /another type/],
    [
      `ssh-ed25519 ${Buffer.concat([Buffer.from(ED_BLOB, 'base64'), Buffer.from([0])]).toString('base64')}`,
      /more in the key/,
    ],
    [`ssh-ed25519 ${Buffer.from([255, 255, 255, 255]).toString('base64')}`, /cut off/],
  ])('%j is refused, and the sentence says why', (text, why) => {
    expect(readSshPublicKey(text)).toEqual({ kind: 'refused', why: expect.stringMatching(why) });
  });

  test('a point that is on no curve is refused', () => {
    const [type, blob = ''] = (KEYS[2]?.[0] ?? '').split(' ');
    const bytes = Buffer.from(blob, 'base64');
    bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
    expect(readSshPublicKey(`${type} ${bytes.toString('base64')}`)).toMatchObject({
      why: expect.stringMatching(/not on its curve/),
    });
  });

  test('a key of any made pair is taken; a changed byte of it never makes the reader throw', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
    const blob = Buffer.concat([part(Buffer.from('ssh-ed25519')), part(raw)]);
    expect(readSshPublicKey(`ssh-ed25519 ${blob.toString('base64')}`)).toMatchObject({
      kind: 'key',
      bits: 256,
      comment: '',
    });
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), fc.nat(), fc.nat(255), ([line], at, byte) => {
        const [type = '', text = ''] = line.split(' ');
        const bytes = Buffer.from(text, 'base64');
        bytes[at % bytes.length] = byte;
        expect(['key', 'refused']).toContain(readSshPublicKey(`${type} ${bytes.toString('base64')}`).kind);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readSshPublicKey(text).kind).toBe('refused');
      }),
    );
  });
});
