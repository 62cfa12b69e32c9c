import net from 'node:net';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { fixedClock, systemClock } from './clock.ts';
import { createEgress, type Egress, type EgressOptions, type EgressRequest } from './egress.ts';
import { createLog } from './log.ts';
import { systemTimers } from './timers.ts';

// A throw-away key pair for "localhost", trusted by nobody; it guards nothing.
const testKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7agiSnLsHAjzAAw/
wiunO6GYkQDjlcF+MrbL9ikbYQ+hRANCAARmvLDPArzvz6ggwQqLO9lcsaclH1ES
sWUCoo+/4kVIaxy09wztpMRqJ8hSiN1uWOQedWixmnShBY7ZWJ1TrUhS
-----END PRIVATE KEY-----
`;
const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUETgAxojl/HaizdX0TGSKRFH8mEcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMDEwNTgyOFoYDzIxMjYxMDI3
MTA1ODI4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARmvLDPArzvz6ggwQqLO9lcsaclH1ESsWUCoo+/4kVIaxy09wztpMRq
J8hSiN1uWOQedWixmnShBY7ZWJ1TrUhSo2kwZzAdBgNVHQ4EFgQU9f+H2B5BAaY0
J63pSV6YP3J0K8cwHwYDVR0jBBgwFoAU9f+H2B5BAaY0J63pSV6YP3J0K8cwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SQAwRgIhAOnPSXqLh7FguxD6/TrNllqlfxBdI4zNuuP3N6gf/3iwAiEA/4kuksNY
cVaKlRLH919uKgVSecEFG8EiPhAER/pP9no=
-----END CERTIFICATE-----
`;

const log = createLog({ level: 'silent' });
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function egressFor(options: Partial<EgressOptions> = {}): Egress {
  const egress = createEgress({ clock: systemClock, timers: systemTimers, allowPrivate: true, log, ...options });
  endings.push(() => egress.close());
  return egress;
}

interface Wire {
  port: number;
  url: string;
  /** Every byte that arrived, over all connections. */
  received: () => string;
  connections: () => number;
  /** Resolves with how the n-th connection ended: the error's code, or 'end'. */
  ended: Promise<string>;
}

/** A server of bare sockets: `act` gets each connection and all that has arrived on it, at every piece that arrives. */
async function wire(
  act: (socket: net.Socket, text: string, connection: number) => void,
  options: { onConnect?: (socket: net.Socket) => void; tls?: boolean } = {},
): Promise<Wire> {
  let received = '';
  let connections = 0;
  const sockets = new Set<net.Socket>();
  const ended = Promise.withResolvers<string>();
  const onSocket = (socket: net.Socket): void => {
    connections += 1;
    const connection = connections;
    let text = '';
    sockets.add(socket);
    socket.on('error', (error) => ended.resolve('code' in error ? String(error.code) : error.message));
    socket.on('close', () => ended.resolve('end'));
    options.onConnect?.(socket);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      received += chunk.toString('latin1');
      act(socket, text, connection);
    });
  };
  const server =
    options.tls === true
      ? tls.createServer({ key: testKey, cert: testCertificate }, onSocket)
      : net.createServer(onSocket);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  endings.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  });
  return {
    port,
    url: `http://127.0.0.1:${port}/rest/payments`,
    received: () => received,
    connections: () => connections,
    ended: ended.promise,
  };
}

function post(url: string, more: Partial<EgressRequest> = {}): EgressRequest {
  return {
    url,
    method: 'POST',
    body: '{"total_paid":"686.70"}',
    headers: { 'content-type': 'application/vnd.api+json' },
    totalTimeoutMs: 2_000,
    maxBytes: 1_000_000,
    endpointKey: '2984/payments/1',
    ...more,
  };
}

const whole = (text: string): boolean => text.includes('\r\n\r\n') && text.endsWith('}');
const ok = (body: string, headers = ''): string =>
  `HTTP/1.1 200 OK\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

describe('not-sent is told only when no byte of the request was written', () => {
  test('a refused port', async () => {
    const answer = await egressFor().request(post(`http://127.0.0.1:${await closedPort()}/`));
    expect(answer).toMatchObject({ kind: 'not-sent', reason: 'refused', detail: 'ECONNREFUSED' });
  });

  test('a name that does not resolve', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const answer = await egressFor({ lookup }).request(post('http://nowhere.test/'));
    expect(answer).toMatchObject({ kind: 'not-sent', reason: 'dns', detail: 'ENOTFOUND' });
  });

  test('a resolver that never answers ends with the time for connecting', async () => {
    const lookup = () => new Promise<never>(() => {});
    const answer = await egressFor({ lookup }).request(post('http://slow.test/', { connectTimeoutMs: 30 }));
    expect(answer).toMatchObject({ kind: 'not-sent', reason: 'connect-timeout' });
  });

  test('a TLS certificate nobody trusts, one for another name, and a server that speaks no TLS', async () => {
    const secure = await wire(() => {}, { tls: true });
    const lookup = () => Promise.resolve([{ address: '127.0.0.1' }]);
    const untrusted = await egressFor({ lookup }).request(post(`https://localhost:${secure.port}/`));
    expect(untrusted).toMatchObject({ kind: 'not-sent', reason: 'tls', detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const trusting = egressFor({ lookup, extraCa: testCertificate });
    const otherName = await trusting.request(post(`https://other.test:${secure.port}/`));
    expect(otherName).toMatchObject({ kind: 'not-sent', reason: 'tls', detail: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(secure.received()).toBe('');
    const plain = await wire((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const noTls = await trusting.request(post(`https://localhost:${plain.port}/`));
    expect(noTls).toMatchObject({ kind: 'not-sent', reason: 'tls' });
    expect(plain.received()).not.toContain('POST');
  });

  test('a TLS handshake that hangs', async () => {
    const silent = await wire(() => {});
    const answer = await egressFor().request(post(`https://127.0.0.1:${silent.port}/`, { connectTimeoutMs: 50 }));
    expect(answer).toMatchObject({ kind: 'not-sent', reason: 'connect-timeout' });
    expect(silent.received()).not.toContain('POST');
  });

  test('a header that would end its line, or frames the request', async () => {
    const server = await wire(() => {});
    const egress = egressFor();
    const injected = await egress.request(post(server.url, { headers: { 'x-a': 'b\r\nx-c: d' } }));
    expect(injected).toMatchObject({ kind: 'not-sent', reason: 'guard' });
    const framed = await egress.request(post(server.url, { headers: { 'Transfer-Encoding': 'chunked' } }));
    expect(framed).toMatchObject({ kind: 'not-sent', reason: 'guard' });
    expect(server.received()).toBe('');
  });

  test('stopped by the caller before it began', async () => {
    const server = await wire(() => {});
    const answer = await egressFor().request(post(server.url, { signal: AbortSignal.abort() }));
    expect(answer).toMatchObject({ kind: 'not-sent', reason: 'aborted' });
    expect(server.received()).toBe('');
  });

  test('a full queue, a turn that does not come in time, and a closed egress', async () => {
    const server = await wire(() => {});
    const egress = egressFor();
    const busy = egress.request(post(server.url, { maxConcurrent: 1, totalTimeoutMs: 300 }));
    const late = egress.request(post(server.url, { maxConcurrent: 1, totalTimeoutMs: 30 }));
    expect(await late).toMatchObject({ kind: 'not-sent', reason: 'queue-full' });
    const crowd = Array.from({ length: 256 }, () =>
      egress.request(post(server.url, { maxConcurrent: 1, totalTimeoutMs: 100 })),
    );
    expect(await egress.request(post(server.url, { maxConcurrent: 1 }))).toMatchObject({
      kind: 'not-sent',
      reason: 'queue-full',
      detail: 'too many calls wait for this endpoint',
    });
    expect((await Promise.all(crowd)).every((answer) => answer.kind === 'not-sent')).toBe(true);
    expect(await busy).toMatchObject({ kind: 'unknown', reason: 'timeout' });
    expect(server.received().match(/POST/g)).toHaveLength(1);
    await egress.close();
    expect(await egress.request(post(server.url))).toMatchObject({ kind: 'not-sent', reason: 'aborted' });
  });
});

describe('once a byte may have been written, everything doubtful is unknown', () => {
  test('a reset before the server read anything', async () => {
    let accepted: net.Socket | null = null;
    const server = await wire(() => {}, {
      onConnect: (socket) => {
        accepted = socket;
        queueMicrotask(() => socket.pause());
      },
    });
    const reset = (): void => void setTimeout(() => accepted?.resetAndDestroy(), 20);
    const answer = await egressFor().request(post(server.url, { onBodySent: reset }));
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'reset' });
    expect(server.received()).toBe('');
    const resetting = await wire((socket) => socket.resetAndDestroy());
    expect(await egressFor().request(post(resetting.url))).toMatchObject({ kind: 'unknown', reason: 'reset' });
  });

  test('an accepted connection that is reset at once is never called answered, and not-sent only without a byte', async () => {
    const server = await wire(() => {}, { onConnect: (socket) => socket.resetAndDestroy() });
    for (let round = 0; round < 20; round += 1) {
      const answer = await egressFor().request(post(server.url));
      expect(answer.kind).not.toBe('answered');
    }
    expect(server.received()).toBe('');
  });

  test('a reset after half of a large body was read', async () => {
    const server = await wire((socket, text) => {
      if (text.length > 500_000) socket.resetAndDestroy();
    });
    const answer = await egressFor().request(post(server.url, { body: Buffer.alloc(8_000_000, 97) }));
    expect(answer).toMatchObject({ kind: 'unknown' });
    expect(answer).not.toHaveProperty('status');
  });

  test('a server that closes in order instead of answering', async () => {
    const server = await wire((socket, text) => void (whole(text) && socket.end()));
    expect(await egressFor().request(post(server.url))).toMatchObject({ kind: 'unknown', reason: 'cut' });
  });

  test('no answer in time: the connection is reset, so that nothing buffered is delivered later', async () => {
    const server = await wire(() => {});
    const answer = await egressFor().request(post(server.url, { totalTimeoutMs: 60 }));
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'timeout' });
    expect(await server.ended).toBe('ECONNRESET');
  });

  test('under TLS too the connection is reset', async () => {
    const server = await wire(() => {}, { tls: true });
    const lookup = () => Promise.resolve([{ address: '127.0.0.1' }]);
    const egress = egressFor({ lookup, extraCa: testCertificate });
    const answer = await egress.request(post(`https://localhost:${server.port}/`, { totalTimeoutMs: 150 }));
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'timeout' });
    expect(await server.ended).toBe('ECONNRESET');
  });

  test('headers that drip in do not outlast the total deadline', async () => {
    const server = await wire((socket, text) => {
      if (!whole(text)) return;
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x-a: b\r\n'), 5);
      socket.on('close', () => clearInterval(drip));
    });
    const answer = await egressFor().request(post(server.url, { totalTimeoutMs: 80 }));
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'timeout' });
  });

  test('a body of one byte at a time does not outlast it either, and the place is free again', async () => {
    const server = await wire((socket, text) => {
      if (!whole(text)) return;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 5);
      socket.on('close', () => clearInterval(drip));
    });
    const egress = egressFor();
    const answer = await egress.request(post(server.url, { totalTimeoutMs: 80 }));
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'timeout', status: 200 });
    expect(egress.endpoints()).toMatchObject([{ active: 0, waiting: 0 }]);
  });

  test.each([
    ['a truncated body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', 'cut'],
    ['a chunked body without its end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n', 'cut'],
    ['an answer that is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'protocol'],
    ['two different lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc', 'cut'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n',
      'cut',
    ],
    [
      'an encoding nobody knows',
      'HTTP/1.1 200 OK\r\ncontent-encoding: rot13\r\ncontent-length: 2\r\n\r\nab',
      'bad-encoding',
    ],
    [
      'bytes that are not gzip',
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nab',
      'bad-encoding',
    ],
    ['headers without end', `HTTP/1.1 200 OK\r\nx-a: ${'b'.repeat(70_000)}\r\n\r\n`, 'protocol'],
  ])('%s', async (_name, reply, reason) => {
    const server = await wire((socket, text) => void (whole(text) && socket.end(reply, 'latin1')));
    expect(await egressFor().request(post(server.url))).toMatchObject({ kind: 'unknown', reason });
  });

  test('gzip that ends too early', async () => {
    const packed = gzipSync('x'.repeat(5_000)).subarray(0, 20);
    const server = await wire((socket, text) => {
      if (!whole(text)) return;
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`);
      socket.write(packed);
    });
    expect(await egressFor().request(post(server.url))).toMatchObject({ kind: 'unknown', reason: 'bad-encoding' });
  });

  test('a body without a length that ends by a reset is not taken for whole', async () => {
    const server = await wire((socket, text) => {
      if (whole(text))
        socket.write('HTTP/1.1 200 OK\r\n\r\n{"half":', () => setTimeout(() => socket.resetAndDestroy(), 20));
    });
    expect(await egressFor().request(post(server.url))).toMatchObject({ kind: 'unknown', status: 200 });
  });

  test('a gzip bomb is counted after unpacking', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const server = await wire((socket, text) => {
      if (!whole(text)) return;
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
      socket.write(bomb);
    });
    const answer = await egressFor().request(post(server.url, { maxBytes: 1_048_576 }));
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'too-large', status: 200 });
  });

  test('a body that never ends is cut at its cap', async () => {
    const server = await wire((socket, text) => {
      if (!whole(text)) return;
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`));
      };
      socket.on('drain', more);
      more();
    });
    const answer = await egressFor().request(post(server.url, { maxBytes: 100_000 }));
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'too-large' });
    expect(await server.ended).toMatch(/ECONNRESET|EPIPE/);
  });

  test('stopped by the caller after the request left', async () => {
    const stop = new AbortController();
    const server = await wire((_socket, text) => void (whole(text) && stop.abort()));
    const answer = await egressFor().request(post(server.url, { signal: stop.signal }));
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'aborted' });
  });
});

describe('an answer that arrived whole is answered, whatever its status', () => {
  test('status, headers, cookies, the date, and the body byte for byte', async () => {
    const server = await wire((socket, text) => {
      const headers =
        'Date: Fri, 20 Nov 2026 10:00:00 GMT\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-A: 1\r\nX-A: 2\r\n';
      if (whole(text)) socket.write(ok('{"data":"ü"}', headers));
    });
    const answer = await egressFor().request(post(server.url));
    expect(answer).toMatchObject({
      kind: 'answered',
      status: 200,
      setCookies: ['a=1', 'b=2'],
      dateHeader: 'Fri, 20 Nov 2026 10:00:00 GMT',
      headers: { 'x-a': '1, 2' },
    });
    expect(answer.kind === 'answered' && answer.body.toString()).toBe('{"data":"ü"}');
    expect(server.received()).toContain('content-length: 23\r\n');
  });

  test('gzip is unpacked', async () => {
    const packed = gzipSync('{"a":1}');
    const server = await wire((socket, text) => {
      if (!whole(text)) return;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: GZIP\r\ncontent-length: ${packed.length}\r\n\r\n`);
      socket.write(packed);
    });
    const answer = await egressFor().request(post(server.url));
    expect(answer.kind === 'answered' && answer.body.toString()).toBe('{"a":1}');
  });

  test('a 307 to another place is told, not followed: the body goes nowhere else', async () => {
    const other = await wire(() => {});
    const server = await wire((socket, text) => {
      if (whole(text))
        socket.write(`HTTP/1.1 307 Temporary Redirect\r\nlocation: ${other.url}\r\ncontent-length: 0\r\n\r\n`);
    });
    const answer = await egressFor().request(post(server.url));
    expect(answer).toMatchObject({ kind: 'answered', status: 307, headers: { location: other.url } });
    expect(other.connections()).toBe(0);
    expect(server.received().match(/POST/g)).toHaveLength(1);
  });

  test('500, 503 and 204 alike; a 103 before them is not the answer', async () => {
    for (const status of ['500 Internal Server Error', '503 Service Unavailable', '204 No Content']) {
      const server = await wire((socket, text) => {
        const head = `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 ${status}\r\n`;
        if (whole(text)) socket.write(status.startsWith('204') ? `${head}\r\n` : `${head}content-length: 0\r\n\r\n`);
      });
      const answer = await egressFor().request(post(server.url));
      expect(answer).toMatchObject({ kind: 'answered', status: Number(status.slice(0, 3)) });
    }
  });

  test('over TLS, by the name on the certificate', async () => {
    const server = await wire((socket, text) => void (whole(text) && socket.write(ok('{}'))), { tls: true });
    const lookup = () => Promise.resolve([{ address: '127.0.0.1' }]);
    const egress = egressFor({ lookup, extraCa: testCertificate });
    const answer = await egress.request(post(`https://localhost:${server.port}/`));
    expect(answer).toMatchObject({ kind: 'answered', status: 200 });
  });

  test('the hooks of a crash test fire in the middle of the body and behind it', async () => {
    const passed: string[] = [];
    const server = await wire((socket, text) => {
      if (whole(text)) socket.write(ok('{}'));
    });
    const answer = await egressFor().request(
      post(server.url, { onHalfSent: () => passed.push('half'), onBodySent: () => passed.push('sent') }),
    );
    expect(answer.kind).toBe('answered');
    expect(passed).toEqual(['half', 'sent']);
    expect(server.received()).toMatch(/content-length: 23\r\n[\s\S]*\{"total_paid":"686\.70"\}$/);
  });
});

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
    let first: net.Socket | null = null;
    const server = await wire((socket, text, connection) => {
      if (connection === 1) first = socket;
      if (whole(text)) socket.write(ok('{}'));
    });
    const egress = egressFor();
    expect((await egress.request(post(server.url))).kind).toBe('answered');
    (first as net.Socket | null)?.end();
    await new Promise((resolve) => setTimeout(resolve, 20));
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
    expect(await egress.request(post(server.url, { totalTimeoutMs: 50 }))).toMatchObject({ reason: 'timeout' });
    expect((await egress.request(post(server.url))).kind).toBe('answered');
    expect(server.connections()).toBe(2);
  });
});

describe('streams', () => {
  const pdf = (url: string, more: Partial<EgressRequest> = {}): EgressRequest => ({
    url,
    method: 'GET',
    totalTimeoutMs: 2_000,
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
    await expect(read(pdf(slow.url, { totalTimeoutMs: 60 }))).rejects.toMatchObject({ reason: 'timeout' });
  });

  test('that nobody reads give their place back at the deadline; left early, at once', async () => {
    const server = await wire(
      (socket) => void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n${'x'.repeat(500_000)}`),
    );
    const egress = egressFor();
    const unread = await egress.stream(pdf(server.url, { totalTimeoutMs: 60 }));
    expect(unread.kind).toBe('answered');
    expect(egress.endpoints()[0]?.active).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 90));
    expect(egress.endpoints()[0]?.active).toBe(0);
    const left = await egress.stream(pdf(server.url));
    if (left.kind === 'answered') for await (const chunk of left.body) if (chunk.length > 0) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(egress.endpoints()[0]?.active).toBe(0);
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
