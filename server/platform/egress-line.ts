import { lookup as lookupInDns } from 'node:dns/promises';
import net, { isIP } from 'node:net';
import tls from 'node:tls';
import { Client } from 'undici';
import { isAllowedAddress } from './egress-address.ts';
import type { Timers } from './timers.ts';

/** Addresses of one name that are tried, one after the other, within the time for connecting. */
const ADDRESSES_MAX = 4;
const HEADER_BYTES_MAX = 64 * 1024;
const KEEP_ALIVE_MS = 4_000;
const KEEP_ALIVE_MS_MAX = 15_000;

export type Lookup = (hostname: string) => Promise<readonly { address: string }[]>;

export const systemLookup: Lookup = (hostname) => lookupInDns(hostname, { all: true });

export interface DialOptions {
  url: URL;
  host: string;
  allowPrivate: boolean;
  lookup: Lookup;
  /** PEM certificates of authorities trusted besides the usual ones. */
  extraCa: string | undefined;
  connectTimeoutMs: number;
  timers: Timers;
  /** Aborted by the caller or by the deadline of the whole call. */
  stop: AbortSignal;
}

export type DialFailure = {
  ok: false;
  reason: 'dns' | 'refused' | 'tls' | 'connect-timeout' | 'guard' | 'stopped';
  detail: string;
};

/** One connection, and undici's client that speaks HTTP on it and on no other: it never connects again by itself. */
export interface Line {
  client: Client;
  /** When its last answer was complete, on the monotonic clock; null before the first. */
  restingSinceMs: number | null;
  isOpen(): boolean;
  /** The first error of the socket, if there was one. */
  fault(): Error | null;
  /** Resets the connection at once: bytes still in a buffer are thrown away, not delivered later. */
  reset(): void;
  /** Closes a connection that has nothing under way. */
  close(): void;
  onClosed(act: () => void): void;
}

/**
 * Connects, by TLS for https, to an address the guard allows. The guard judges the very address that is then connected
 * to, so a name that resolves differently a moment later (DNS rebinding) gains nothing. Whatever fails in here fails
 * before a byte of any request could be written.
 */
export async function dial(options: DialOptions): Promise<{ ok: true; line: Line } | DialFailure> {
  const expired = new AbortController();
  const timer = options.timers.after(options.connectTimeoutMs, () => expired.abort());
  const result = await connectToHost({ ...options, stop: AbortSignal.any([options.stop, expired.signal]) });
  timer.cancel();
  if (result.ok || result.reason !== 'stopped') return result;
  return options.stop.aborted
    ? result
    : { ok: false, reason: 'connect-timeout', detail: `no connection within ${options.connectTimeoutMs} ms` };
}

async function connectToHost(options: DialOptions): Promise<{ ok: true; line: Line } | DialFailure> {
  const found = isIP(options.host) !== 0 ? [{ address: options.host }] : await lookedUp(options);
  if (!Array.isArray(found)) return found;
  if (found.length === 0) return { ok: false, reason: 'dns', detail: 'the name has no address' };
  const allowed = found.filter(({ address }) => isAllowedAddress(address, options.allowPrivate));
  if (allowed.length === 0) {
    return { ok: false, reason: 'guard', detail: `${options.host} resolves to an address that is not allowed` };
  }
  let failure: DialFailure = { ok: false, reason: 'refused', detail: 'no address answered' };
  const tried = allowed.slice(0, ADDRESSES_MAX);
  for (const [index, { address }] of tried.entries()) {
    // Each address gets its share of the time, so that a silent first one does not eat the others'.
    const share = new AbortController();
    const timer = options.timers.after(options.connectTimeoutMs / (tried.length - index), () => share.abort());
    const result = await connectToAddress(address, options, AbortSignal.any([options.stop, share.signal]));
    timer.cancel();
    if (result.ok) return result;
    if (options.stop.aborted) return stoppedWhileConnecting;
    failure = result;
  }
  return failure;
}

const stoppedWhileConnecting: DialFailure = { ok: false, reason: 'stopped', detail: 'stopped while connecting' };

/** Asks the resolver, but does not wait for it longer than `stop`: a lookup cannot be called off. */
async function lookedUp({ lookup, host, stop }: DialOptions): Promise<{ address: string }[] | DialFailure> {
  if (stop.aborted) return stoppedWhileConnecting;
  return await new Promise((resolve) => {
    const onStop = (): void => resolve(stoppedWhileConnecting);
    stop.addEventListener('abort', onStop, { once: true });
    lookup(host)
      .then((addresses) => resolve([...addresses]))
      .catch((cause: unknown) => resolve({ ok: false, reason: 'dns', detail: codeOf(cause) }))
      .finally(() => stop.removeEventListener('abort', onStop));
  });
}

async function connectToAddress(
  address: string,
  { url, host, extraCa }: DialOptions,
  stop: AbortSignal,
): Promise<{ ok: true; line: Line } | DialFailure> {
  const isTls = url.protocol === 'https:';
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const raw = net.connect({ host: address, port, noDelay: true, keepAlive: true, autoSelectFamily: false });
  const connected = await firstOf(raw, 'connect', stop);
  if (connected !== null) return connectFailure(raw, connected, 'refused');
  if (!isTls) return { ok: true, line: lineOn(url, raw, raw) };
  const secured = tls.connect({
    socket: raw,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    ...(extraCa === undefined ? {} : { ca: [...tls.rootCertificates, extraCa] }),
  });
  const handshaken = await firstOf(secured, 'secureConnect', stop);
  if (handshaken !== null) {
    secured.destroy();
    return connectFailure(raw, handshaken, 'tls');
  }
  return { ok: true, line: lineOn(url, raw, secured) };
}

/** Resolves with null once `event` comes, or with what came instead of it. */
async function firstOf(socket: net.Socket, event: string, stop: AbortSignal): Promise<Error | 'stopped' | null> {
  return await new Promise((resolve) => {
    const settle = (outcome: Error | 'stopped' | null): void => {
      stop.removeEventListener('abort', onStop);
      socket.removeListener(event, onEvent);
      socket.removeListener('close', onClose);
      resolve(outcome);
    };
    const onEvent = (): void => settle(null);
    const onStop = (): void => settle('stopped');
    const onClose = (): void => settle(new Error('closed by the other side'));
    if (stop.aborted) return settle('stopped');
    stop.addEventListener('abort', onStop, { once: true });
    socket.once(event, onEvent);
    socket.once('close', onClose);
    // Stays for the socket's whole life: an error that nobody listens to would end the process.
    socket.on('error', settle);
  });
}

function connectFailure(raw: net.Socket, why: Error | 'stopped', reason: 'refused' | 'tls'): DialFailure {
  raw.destroy();
  if (why === 'stopped') return { ok: false, reason: 'connect-timeout', detail: 'no connection in time' };
  return { ok: false, reason: codeOf(why) === 'ETIMEDOUT' ? 'connect-timeout' : reason, detail: codeOf(why) };
}

function lineOn(url: URL, raw: net.Socket, socket: net.Socket): Line {
  let fault: Error | null = null;
  let handedOver = false;
  socket.on('error', (error) => {
    fault ??= error;
  });
  raw.on('error', () => {});
  const client = new Client(url.origin, {
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: HEADER_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS_MAX,
    strictContentLength: true,
    allowH2: false,
    connect: (_options, callback) => {
      // Later, never at once: undici does not take up a socket it is given inside its own loop.
      queueMicrotask(() => {
        if (handedOver || socket.destroyed) return callback(new Error('the connection is closed'), null);
        handedOver = true;
        callback(null, socket);
      });
    },
  });
  return {
    client,
    restingSinceMs: null,
    isOpen: () => !socket.destroyed && !raw.destroyed && fault === null,
    fault: () => fault,
    reset() {
      // Also under TLS it is the TCP connection that is reset: a TLS socket has no reset of its own.
      if (!raw.destroyed) raw.resetAndDestroy();
      socket.destroy();
      client.destroy().catch(() => {});
    },
    close: () => void client.destroy().catch(() => {}),
    onClosed: (act) => void socket.once('close', act),
  };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
