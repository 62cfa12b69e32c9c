import net from 'node:net';
import tls from 'node:tls';
import { afterEach } from 'vitest';
import { systemClock } from './clock.ts';
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
export const testCertificate = `-----BEGIN CERTIFICATE-----
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

export interface WireTests {
  egressFor(options?: Partial<EgressOptions>): Egress;
  wire(act: WireAct, options?: WireOptions): Promise<Wire>;
}

/** What a test file of egress works with; everything it opens is closed after each test. */
export function testWires(): WireTests {
  const endings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });
  return {
    egressFor: (options = {}) => {
      const egress = createEgress({ clock: systemClock, timers: systemTimers, allowPrivate: true, log, ...options });
      endings.push(() => egress.close());
      return egress;
    },
    wire: (act, options = {}) => openWire(endings, act, options),
  };
}

/** Gets each connection and all that has arrived on it, at every piece that arrives. */
export type WireAct = (socket: net.Socket, text: string, connection: number) => void;
export type WireOptions = { onConnect?: (socket: net.Socket) => void; tls?: boolean };

export interface Wire {
  port: number;
  url: string;
  /** Every byte that arrived, over all connections. */
  received: () => string;
  connections: () => number;
  /** Resolves with how the n-th connection ended: the error's code, or 'end'. */
  ended: Promise<string>;
}

/** For a call that is to end by its time: long enough that what must happen before has happened, on a busy machine too. */
export const SOON_MS = 1_500;

export function post(url: string, more: Partial<EgressRequest> = {}): EgressRequest {
  return {
    url,
    method: 'POST',
    body: '{"total_paid":"686.70"}',
    headers: { 'content-type': 'application/vnd.api+json' },
    totalTimeoutMs: 60_000,
    maxBytes: 1_000_000,
    endpointKey: '2984/payments/1',
    ...more,
  };
}

export const whole = (text: string): boolean => text.includes('\r\n\r\n') && text.endsWith('}');
export const ok = (body: string, headers = ''): string =>
  `HTTP/1.1 200 OK\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

export async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}

async function openWire(endings: (() => Promise<void>)[], act: WireAct, options: WireOptions): Promise<Wire> {
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
