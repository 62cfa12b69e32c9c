import type { FastifyRequest } from 'fastify';
import { refuse } from './problems.ts';

/** Deeper than any document of ours; what checks and prints a body goes down into it by recursion. */
const DEPTH_MAX = 40;

/**
 * Refuses what no column can hold and no honest client sends: a NUL character, half a surrogate pair, a document nested
 * without end. PostgreSQL would refuse the first two at the statement, long after the request was taken for good. A body
 * that is a text or a stream is not looked into: it is a file, whose reader names the line.
 */
export function refuseUnstorable(request: Pick<FastifyRequest, 'params' | 'query' | 'body'>): void {
  const waiting: { at: string; value: unknown; depth: number }[] = [
    { at: 'params', value: request.params, depth: 0 },
    { at: 'querystring', value: request.query, depth: 0 },
  ];
  if (isPlain(request.body)) waiting.push({ at: 'body', value: request.body, depth: 0 });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { at, value, depth } = next;
    if (typeof value === 'string') {
      refuseText(at, value);
      continue;
    }
    if (!isPlain(value)) continue;
    if (depth >= DEPTH_MAX)
      throw refuse('invalid-request', { summary: `${at} is nested more than ${DEPTH_MAX} levels deep` });
    for (const [name, member] of Object.entries(value)) {
      refuseText(at, name);
      waiting.push({ at: depth === 0 ? `${at}.${name.slice(0, 60)}` : at, value: member, depth: depth + 1 });
    }
  }
}

function refuseText(at: string, text: string): void {
  const why = text.includes('\0') ? 'a NUL character' : text.isWellFormed() ? undefined : 'half a character';
  if (why !== undefined)
    throw refuse('invalid-request', {
      summary: `${at} holds ${why}`,
      faults: [{ at, message: `holds ${why}, which can’t be kept` }],
    });
}

/** What JSON, a query or a form gives; not a stream, a buffer or a file. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
