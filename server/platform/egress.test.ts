import type net from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { closedPort, ok, post, SOON_MS, testCertificate, testWires, whole } from './egress-test-wire.ts';

const { egressFor, wire } = testWires();

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
    const stop = new AbortController();
    const busy = egress.request(post(server.url, { maxConcurrent: 1, signal: stop.signal }));
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
    await expect.poll(server.received).toContain('POST');
    stop.abort();
    expect(await busy).toMatchObject({ kind: 'unknown', reason: 'aborted' });
    expect(server.received().match(/POST/g)).toHaveLength(1);
    await egress.close();
    expect(await egress.request(post(server.url))).toMatchObject({ kind: 'not-sent', reason: 'aborted' });
  });
});

describe('once a byte may have been written, everything doubtful is unknown', () => {
  test('a reset before the server read anything', async () => {
    const accepted = Promise.withResolvers<net.Socket>();
    const server = await wire(() => {}, {
      onConnect: (socket) => {
        accepted.resolve(socket);
        queueMicrotask(() => socket.pause());
      },
    });
    const reset = (): void => void accepted.promise.then((socket) => setTimeout(() => socket.resetAndDestroy(), 20));
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
    const answer = await egressFor().request(post(server.url, { totalTimeoutMs: SOON_MS }));
    expect(answer).toMatchObject({ kind: 'unknown', reason: 'timeout' });
    expect(await server.ended).toBe('ECONNRESET');
  });

  test('under TLS too the connection is reset', async () => {
    const server = await wire(() => {}, { tls: true });
    const lookup = () => Promise.resolve([{ address: '127.0.0.1' }]);
    const egress = egressFor({ lookup, extraCa: testCertificate });
    const answer = await egress.request(post(`https://localhost:${server.port}/`, { totalTimeoutMs: SOON_MS }));
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
    const answer = await egressFor().request(post(server.url, { totalTimeoutMs: SOON_MS }));
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
    const answer = await egress.request(post(server.url, { totalTimeoutMs: SOON_MS }));
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
