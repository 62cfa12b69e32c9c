import { hash } from 'node:crypto';

export const RECOVERY_CODES = 10;
/** Letters and digits nobody takes for another. 32 of them, so that a byte's low five bits choose evenly. */
const ALPHABET = '123456789abcdefghjkmnpqrstuvwxyz';
const CODE_CHARS = 16;

/** Ten codes of 80 random bits, four by four, as `k7fq-2m9x-rtw4-hj3c`. */
export function newRecoveryCodes(bytes: (count: number) => Uint8Array): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const text = [...bytes(CODE_CHARS)].map((byte) => ALPHABET[byte & 31]).join('');
    return (text.match(/.{4}/g) ?? []).join('-');
  });
}

/**
 * What is stored of a code. One round of SHA-256 is enough: 80 random bits can't be tried through, as passwords can.
 * Spaces, dashes and capitals do not matter.
 */
export function recoveryCodeHash(code: string): Buffer {
  return hash('sha256', `recovery ${code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`, 'buffer');
}
