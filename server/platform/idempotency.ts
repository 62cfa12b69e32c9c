import { createHash } from 'node:crypto';
import { refuse } from './problems.ts';

const KEY_LENGTH_MIN = 8;
const KEY_LENGTH_MAX = 200;

/** The `Idempotency-Key` header of a money call; refuses the call without one. */
export function idempotencyKeyOf(headers: Readonly<Record<string, string | string[] | undefined>>): string {
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || key.length < KEY_LENGTH_MIN || key.length > KEY_LENGTH_MAX)
    throw refuse('missing-idempotency-key');
  return key;
}

/** The same request, whatever the order of its members, gives the same hash. */
export function hashRequest(request: unknown): Buffer {
  return createHash('sha256').update(canonical(request)).digest();
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
