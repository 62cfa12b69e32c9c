import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AuditEvent, canonicalJson, chainStart, hashOf, type JsonValue, verifyChain } from './audit-chain.ts';

function chainOf(count: number): AuditEvent[] {
  const events: AuditEvent[] = [];
  let previousHash = chainStart;
  for (let seq = 1; seq <= count; seq += 1) {
    const facts = {
      chain: '2984',
      seq,
      at: '2026-11-20T10:00:00.000Z',
      bid: 2984,
      actorKind: 'staff',
      actor: 'ann@example.test',
      act: 'configuration.changed',
      subject: 'biller/2984',
      reason: seq % 2 === 0 ? 'asked by the biller' : null,
      detail: { section: 'advancedSettings', n: seq },
    };
    const hash = hashOf(previousHash, facts);
    events.push({ ...facts, previousHash, hash });
    previousHash = hash;
  }
  return events;
}

const checkpointOf = (events: AuditEvent[]) => {
  const last = events.at(-1);
  return { chain: '2984', seq: last?.seq ?? 0, hash: last?.hash.toString('hex') ?? '' };
};

test('an untouched chain verifies, also against a checkpoint of its past, and tells its end', () => {
  const events = chainOf(20);
  expect(verifyChain('2984', events)).toEqual({ ok: true, events: 20, last: checkpointOf(events) });
  expect(verifyChain('2984', events, checkpointOf(events.slice(0, 7))).ok).toBe(true);
  expect(verifyChain('2984', [])).toEqual({ ok: true, events: 0, last: null });
});

describe('what was done to a chain is found', () => {
  const events = chainOf(12);
  const at = fc.nat({ max: 11 });
  const edits: ((event: AuditEvent) => AuditEvent)[] = [
    (event) => ({ ...event, actor: 'bob@example.test' }),
    (event) => ({ ...event, act: 'nothing' }),
    (event) => ({ ...event, subject: 'biller/1' }),
    (event) => ({ ...event, at: '2026-11-20T10:00:00.001Z' }),
    (event) => ({ ...event, bid: null }),
    (event) => ({ ...event, reason: event.reason === null ? '' : null }),
    (event) => ({ ...event, detail: { section: 'advancedSettings', n: -event.seq } }),
    (event) => ({ ...event, actorKind: 'payer' }),
    (event) => ({ ...event, hash: Buffer.alloc(32, 1) }),
    (event) => ({ ...event, previousHash: Buffer.alloc(32, 1) }),
  ];

  test('any edit of any field', () => {
    fc.assert(
      fc.property(at, fc.constantFrom(...edits), (index, edit) => {
        const changed = events.map((event, place) => (place === index ? edit(event) : event));
        expect(verifyChain('2984', changed)).toMatchObject({ ok: false, fault: 'edited', seq: index + 1 });
      }),
      { numRuns: 500 },
    );
  });

  test('an edit with its own hash made right again breaks at the next event, or at the checkpoint', () => {
    const index = 5;
    const rehashed = events.map((event, place) => {
      if (place !== index) return event;
      const edited = { ...event, actor: 'bob@example.test' };
      return { ...edited, hash: hashOf(event.previousHash, edited) };
    });
    expect(verifyChain('2984', rehashed)).toMatchObject({ ok: false, fault: 'edited', seq: 7 });
  });

  test('any deletion before the end', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 }), (index) => {
        const cut = events.filter((_event, place) => place !== index);
        expect(verifyChain('2984', cut)).toMatchObject({ ok: false, fault: 'missing', seq: index + 1 });
      }),
    );
  });

  test('any two events swapped, and any event repeated', () => {
    fc.assert(
      fc.property(at, at, (a, b) => {
        fc.pre(a !== b);
        const swapped = events.map(
          (event, place) => (place === a ? events[b] : place === b ? events[a] : event) ?? event,
        );
        expect(verifyChain('2984', swapped).ok).toBe(false);
        expect(verifyChain('2984', events.toSpliced(a + 1, 0, ...events.slice(a, a + 1)))).toMatchObject({
          fault: 'reordered',
        });
      }),
    );
  });

  test('a cut tail, by the exported checkpoint and only by it', () => {
    const checkpoint = checkpointOf(events);
    for (let kept = 0; kept < 12; kept += 1) {
      const cut = events.slice(0, kept);
      expect(verifyChain('2984', cut).ok).toBe(true);
      expect(verifyChain('2984', cut, checkpoint)).toMatchObject({ ok: false, fault: 'truncated', seq: kept + 1 });
    }
  });

  test('a whole chain computed anew', () => {
    let previousHash = chainStart;
    const forged = events.map((event) => {
      const edited = { ...event, actor: 'bob@example.test', previousHash };
      previousHash = hashOf(previousHash, edited);
      return { ...edited, hash: previousHash };
    });
    expect(verifyChain('2984', forged).ok).toBe(true);
    expect(verifyChain('2984', forged, checkpointOf(events.slice(0, 3)))).toMatchObject({ fault: 'rewritten', seq: 3 });
  });

  test('events of another chain', () => {
    expect(verifyChain('2985', events)).toMatchObject({ ok: false, fault: 'reordered' });
  });
});

describe('canonical JSON', () => {
  test('is one text for one value, whatever the order of its names', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value as JsonValue);
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(JSON.parse(text)));
        expect(canonicalJson(JSON.parse(text) as JsonValue)).toBe(text);
        expect(canonicalJson(shuffled(value) as JsonValue)).toBe(text);
      }),
    );
  });

  test('has no text for what is not JSON', () => {
    expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
    let deep: JsonValue = 1;
    for (let level = 0; level < 40; level += 1) deep = [deep];
    expect(() => canonicalJson(deep)).toThrow(RangeError);
  });
});

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, entry]) => [name, shuffled(entry)]),
  );
}
