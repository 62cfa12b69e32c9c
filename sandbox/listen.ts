import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The largest request body a sandbox reads unless a route says otherwise. */
export const BODY_BYTES_MAX = 1 << 20;
/** Idle keep-alive: longer than any client's, so that the client is the one who closes. */
const KEEP_ALIVE_MS = 75_000;

/** A sandbox that listens. `close` ends its connections at once, held and slow answers included. */
export interface Listening {
  server: Server;
  host: string;
  port: number;
  /** For example `http://127.0.0.1:4010`, without a slash at the end. */
  origin: string;
  close(): Promise<void>;
}

/** Listens, or rejects with one sentence naming the program and the port when it is taken. Port 0 takes a free one. */
export async function listen(
  answer: RequestListener,
  { host, port, name }: { host: string; port: number; name: string },
): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, noDelay: true }, answer);
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken ? new Error(`${name}: port ${port} on ${host} is taken by another program`, { cause: error }) : error,
      );
    });
    server.listen(port, host, resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return {
    server,
    host,
    port: taken,
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The whole body, or null when it is larger than `bytesMax` (what was not read is thrown away). */
export async function readBody(request: IncomingMessage, bytesMax = BODY_BYTES_MAX): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes <= bytesMax) parts.push(part as Buffer);
  }
  return bytes > bytesMax ? null : Buffer.concat(parts, bytes);
}

/** Control is for programs of this machine only: a page of another site, whose browser names its origin, changes nothing. */
export function isControlAllowed(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? '';
  const isLoopback = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
  return isLoopback && (request.headers.origin === undefined || request.method === 'GET');
}

/** Answers plain JSON; control and the processor's API use it. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(text);
}

/** JSON of a body, or undefined when it is none. An empty body is an empty object. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
