import { once } from 'node:events';
import type net from 'node:net';
import { describe, expect, test } from 'vitest';
import { fixedClock } from './clock.ts';
import type { EgressRequest } from './egress.ts';
import { closedPort, ok, post, SOON_MS, testWires, whole } from './egress-test-wire.ts';

const { egressFor, wire } = testWires();

describe('kept connections', () => {
  test('are used again, one request at a time', async () => {
    const server = await wire((socket, text) => {
      if (whole(text)) socket.write(ok('{}'));
    });
    const egress = egressFor();
    for (let round = 0; round < 5; round += 1) expect((await egress.request(post(server.url))).kind).toBe('answered');
    expect(server.connections()).toBe(1);
  });

  test('one that the server closed while it rested is replaced, and the request is written once', async () => {
    const first = Promise.withResolvers<net.Socket>();
    const server = await wire((socket, text, connection) => {
      if (connection === 1) first.resolve(socket);
      if (whole(text)) socket.write(ok('{}'));
    });
    const egress = egressFor();
    expect((await egress.request(post(server.url))).kind).toBe('answered');
    const closed = once(await first.promise, 'close');
    (await first.promise).end();
    // Closed on this side too means that the other side has heard of it.
    await closed;
    expect((await egress.request(post(server.url))).kind).toBe('answered');
    expect(server.connections()).toBe(2);
    expect(server.received().match(/POST/g)).toHaveLength(2);
  });

  test('one that closes as the request is on its way is unknown, and nothing is sent a second time', async () => {
    const server = await wire((socket, text) => {
      const requests = text.match(/POST/g)?.length ?? 0;
      if (!whole(text)) return;
      if (requests === 1) socket.write(ok('{}'));
      else socket.resetAndDestroy();
    });
    const egress = egressFor();
    expect((await egress.request(post(server.url))).kind).toBe('answered');
    const second = await egress.request(post(server.url));
    expect(second).toMatchObject({ kind: 'unknown', reason: 'reset' });
    expect(server.connections()).toBe(1);
    expect(server.received().match(/POST/g)).toHaveLength(2);
  });

  test('closing at any moment between two requests: what the server read is never called not-sent', async () => {
    // The server closes right behind its answer, sometimes by FIN, sometimes by RST, while the next POST is coming.
    let round = 0;
    const server = await wire((socket, text) => {
      if (!whole(text)) return;
      socket.write(ok('{}'), () => (round % 2 === 0 ? socket.end() : socket.resetAndDestroy()));
    });
    const egress = egressFor();
    let answered = 0;
    let unknown = 0;
    for (round = 0; round < 150; round += 1) {
      const answer = await egress.request(post(server.url, { breaker: false }));
      if (answer.kind === 'answered') answered += 1;
      else if (answer.kind === 'unknown') unknown += 1;
      else expect(answer).toBe('never: the server accepts every connection');
    }
    const read = server.received().match(/POST/g)?.length ?? 0;
    expect(read).toBeGreaterThanOrEqual(answered);
    expect(read).toBeLessThanOrEqual(answered + unknown);
  });

  test('one that was too slow is not used again', async () => {
    const server = await wire((socket, _text, connection) => {
      if (connection > 1) socket.write(ok('{}'));
    });
    const egress = egressFor();
    expect(await egress.request(post(server.url, { totalTimeoutMs: SOON_MS }))).toMatchObject({ reason: 'timeout' });
    expect((await egress.request(post(server.url))).kind).toBe('answered');
    expect(server.connections()).toBe(2);
  });
});

describe('streams', () => {
  const pdf = (url: string, more: Partial<EgressRequest> = {}): EgressRequest => ({
    url,
    method: 'GET',
    totalTimeoutMs: 60_000,
    maxBytes: 25_000_000,
    endpointKey: '2984/pdf',
    ...more,
  });

  test('deliver every byte, under back-pressure', async () => {
    const bytes = Buffer.alloc(5_000_000, 'causeway');
    const server = await wire((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: ${bytes.length}\r\n\r\n`);
      socket.write(bytes);
    });
    const answer = await egressFor().stream(pdf(server.url));
    expect(answer).toMatchObject({ kind: 'answered', status: 200, headers: { 'content-type': 'application/pdf' } });
    const chunks: Buffer[] = [];
    if (answer.kind === 'answered') for await (const chunk of answer.body) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  test('throw in the middle when they are cut, too large, or too slow', async () => {
    const cut = await wire((socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n%PDF'));
    const large = await wire((socket) => void socket.write(ok('x'.repeat(2_000))));
    const slow = await wire((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n%PDF'));
    const read = async (request: EgressRequest): Promise<void> => {
      const answer = await egressFor().stream(request);
      if (answer.kind !== 'answered') throw new Error(answer.kind);
      for await (const chunk of answer.body) void chunk;
    };
    await expect(read(pdf(cut.url))).rejects.toMatchObject({ name: 'EgressCut', reason: 'cut' });
    await expect(read(pdf(large.url, { maxBytes: 1_000 }))).rejects.toMatchObject({ reason: 'too-large' });
    await expect(read(pdf(slow.url, { totalTimeoutMs: SOON_MS }))).rejects.toMatchObject({ reason: 'timeout' });
  });

  test('that nobody reads give their place back at the deadline; left early, at once', async () => {
    const server = await wire(
      (socket) => void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n${'x'.repeat(500_000)}`),
    );
    const egress = egressFor();
    const unread = await egress.stream(pdf(server.url, { totalTimeoutMs: SOON_MS }));
    expect(unread.kind).toBe('answered');
    expect(egress.endpoints()[0]?.active).toBe(1);
    await expect.poll(() => egress.endpoints()[0]?.active).toBe(0);
    const left = await egress.stream(pdf(server.url));
    if (left.kind === 'answered') for await (const chunk of left.body) if (chunk.length > 0) break;
    await expect.poll(() => egress.endpoints()[0]?.active).toBe(0);
  });
});

describe('an endpoint that fails', () => {
  test('is left alone after five failures in a row, probed after 30 s, never by a payment', async () => {
    const clock = fixedClock('2026-11-20T10:00:00Z');
    const port = await closedPort();
    const egress = egressFor({ clock });
    for (let round = 0; round < 5; round += 1) await egress.request(post(`http://127.0.0.1:${port}/`));
    const url = `http://127.0.0.1:${port}/`;
    expect(await egress.request(post(url))).toMatchObject({ reason: 'breaker-open', retryInMs: 30_000 });
    expect(egress.endpoints()).toMatchObject([{ breaker: 'open', failuresInARow: 5 }]);
    expect(await egress.request(post(url, { endpointKey: 'other' }))).toMatchObject({ reason: 'refused' });
    expect(await egress.request(post(url, { breaker: false }))).toMatchObject({ reason: 'refused' });
    clock.advance(30_000);
    expect(await egress.request(post(url, { mayProbe: false }))).toMatchObject({ reason: 'breaker-open' });
    expect(await egress.request(post(url))).toMatchObject({ reason: 'refused' });
    expect(await egress.request(post(url))).toMatchObject({ reason: 'breaker-open' });
  });

  test('with 500s opens it too, and a good probe closes it', async () => {
    const clock = fixedClock('2026-11-20T10:00:00Z');
    let status = '500 Internal Server Error';
    const server = await wire((socket, text) => {
      if (whole(text)) socket.write(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`);
    });
    const egress = egressFor({ clock });
    for (let round = 0; round < 5; round += 1) await egress.request(post(server.url));
    expect(await egress.request(post(server.url))).toMatchObject({ reason: 'breaker-open' });
    clock.advance(30_000);
    status = '201 Created';
    expect(await egress.request(post(server.url))).toMatchObject({ kind: 'answered', status: 201 });
    expect(egress.endpoints()).toMatchObject([{ breaker: 'closed', failuresInARow: 0 }]);
  });

  test.each([
    ['429 Too Many Requests', 'retry-after: 120\r\n', 120_000],
    ['429 Too Many Requests', '', 5_000],
    ['503 Service Unavailable', 'retry-after: Fri, 20 Nov 2026 10:01:00 GMT\r\n', 60_000],
    ['503 Service Unavailable', 'retry-after: 99999999\r\n', 3_600_000],
    ['503 Service Unavailable', '', 0],
  ])('with %s and "%s" is left alone for %i ms', async (status, header, restMs) => {
    const clock = fixedClock('2026-11-20T10:00:00Z');
    const server = await wire((socket, text) => {
      if (whole(text)) socket.write(`HTTP/1.1 ${status}\r\n${header}content-length: 0\r\n\r\n`);
    });
    const egress = egressFor({ clock });
    expect((await egress.request(post(server.url))).kind).toBe('answered');
    expect(egress.endpoints()[0]?.restMs).toBe(restMs);
    if (restMs === 0) return;
    expect(await egress.request(post(server.url))).toMatchObject({ reason: 'breaker-open', retryInMs: restMs });
    clock.advance(restMs);
    expect((await egress.request(post(server.url))).kind).toBe('answered');
  });
});

describe('the guard judges the address really connected to', () => {
  test('a name that resolves to a private address is refused, whatever else it resolves to', async () => {
    const server = await wire(() => {});
    const asked: string[] = [];
    const lookup = (name: string) => {
      asked.push(name);
      return Promise.resolve([{ address: '127.0.0.1' }, { address: '::1' }, { address: '169.254.169.254' }]);
    };
    const egress = egressFor({ allowPrivate: false, lookup });
    const answer = await egress.request(post(`http://rebind.test:${server.port}/`));
    expect(answer).toMatchObject({ kind: 'not-sent', reason: 'guard' });
    expect(asked).toEqual(['rebind.test']);
    expect(server.connections()).toBe(0);
  });

  test('a name is looked up once, so a second answer of its owner changes nothing', async () => {
    const server = await wire((socket, text) => void (whole(text) && socket.write(ok('{}'))));
    const answers = [[{ address: '127.0.0.1' }], [{ address: '169.254.169.254' }]];
    const egress = egressFor({ lookup: () => Promise.resolve(answers.shift() ?? []) });
    expect((await egress.request(post(`http://rebind.test:${server.port}/`))).kind).toBe('answered');
    expect(answers).toHaveLength(1);
  });

  test('metadata addresses are refused even where private endpoints are allowed', async () => {
    const egress = egressFor({ lookup: () => Promise.resolve([{ address: '169.254.169.254' }]) });
    expect(await egress.request(post('http://metadata.test/'))).toMatchObject({ kind: 'not-sent', reason: 'guard' });
  });

  test('a first address that refuses does not hide a second that answers', async () => {
    const server = await wire((socket, text) => void (whole(text) && socket.write(ok('{}'))));
    const lookup = () => Promise.resolve([{ address: '127.0.0.9' }, { address: '127.0.0.1' }]);
    expect((await egressFor({ lookup }).request(post(`http://two.test:${server.port}/`))).kind).toBe('answered');
  });
});
