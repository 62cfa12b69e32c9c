import type { ServerResponse } from 'node:http';
import type { Answer, Transport } from './answers.ts';

/** A time-out is held this long at most, then the connection is cut. */
const HELD_MS_MAX = 600_000;
/** "Endless" ends here, so that a client without a limit cannot fill a disk. */
const ENDLESS_BYTES_MAX = 2_000_000_000;

/** Sends an answer, whole or broken as its transport says. Resolves when the response is over or its socket gone. */
export function sendAnswer(response: ServerResponse, answer: Answer, skewMs: number): Promise<void> | undefined {
  if (skewMs !== 0) response.setHeader('Date', new Date(Date.now() + skewMs).toUTCString());
  if (!answer.transport) {
    response.writeHead(answer.status, headersOf(answer));
    response.end(answer.body);
    return undefined;
  }
  return sendBroken(response, answer, answer.transport);
}

function headersOf(answer: Answer): Record<string, string | number | string[]> {
  const length = Buffer.byteLength(answer.body);
  // A 204 has neither body nor type.
  if (answer.status === 204) return { ...answer.headers };
  return { 'Content-Type': answer.type, 'Content-Length': length, ...answer.headers };
}

async function sendBroken(response: ServerResponse, answer: Answer, transport: Transport): Promise<void> {
  const socket = response.socket;
  if (!socket || socket.destroyed) return;
  const bytes = Buffer.from(answer.body);
  switch (transport.kind) {
    case 'cut':
      socket.resetAndDestroy();
      return;
    case 'never':
      await waitUnlessClosed(response, HELD_MS_MAX);
      socket.destroy();
      return;
    case 'cut-mid':
      response.writeHead(answer.status, headersOf(answer));
      await new Promise<void>((resolve) => {
        response.write(bytes.subarray(0, Math.max(1, bytes.length >> 1)), () => resolve());
      });
      // FIN, not RST: a reset could overtake the half that was to arrive.
      socket.destroySoon();
      return;
    case 'trickle':
      await trickle(response, answer, { bytes, step: Math.max(1, transport.bytes), everyMs: transport.everyMs });
      return;
    case 'trickle-headers':
      await trickleHeaders(response, answer, transport.everyMs);
      return;
    case 'repeat':
      await repeat(response, answer, { chunk: transport.chunk, bytesMax: transport.bytes });
      return;
    case 'twice': {
      const raw = Buffer.concat([Buffer.from(rawHead(answer)), bytes]);
      socket.write(Buffer.concat([raw, raw]));
      socket.end();
      return;
    }
    default: {
      const never: never = transport;
      throw new Error(`Unknown transport ${JSON.stringify(never)}`);
    }
  }
}

async function trickle(
  response: ServerResponse,
  answer: Answer,
  { bytes, step, everyMs }: { bytes: Buffer; step: number; everyMs: number },
): Promise<void> {
  response.writeHead(answer.status, headersOf(answer));
  response.flushHeaders();
  for (let at = 0; at < bytes.length; at += step) {
    if (!(await waitUnlessClosed(response, everyMs))) return;
    response.write(bytes.subarray(at, at + step));
  }
  response.end();
}

async function trickleHeaders(response: ServerResponse, answer: Answer, everyMs: number): Promise<void> {
  const raw = Buffer.concat([Buffer.from(rawHead(answer)), Buffer.from(answer.body)]);
  for (const byte of raw) {
    if (!(await waitUnlessClosed(response, everyMs))) return;
    response.socket?.write(Buffer.of(byte));
  }
  response.socket?.end();
}

/** One chunk over and over; null means until the client has had enough. */
async function repeat(
  response: ServerResponse,
  answer: Answer,
  { chunk, bytesMax }: { chunk: Buffer; bytesMax: number | null },
): Promise<void> {
  const limit = Math.min(bytesMax ?? ENDLESS_BYTES_MAX, ENDLESS_BYTES_MAX);
  const length = bytesMax === null ? {} : { 'Content-Length': limit };
  response.writeHead(answer.status, { 'Content-Type': answer.type, ...length, ...answer.headers });
  response.write(answer.body);
  let sent = Buffer.byteLength(answer.body);
  while (sent < limit && !response.destroyed) {
    const next = chunk.subarray(0, limit - sent);
    sent += next.length;
    if (!response.write(next)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/** Waits; false when the client went away meanwhile. */
export function waitUnlessClosed(response: ServerResponse, ms: number): Promise<boolean> {
  if (response.destroyed || response.socket?.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const over = (isOpen: boolean): void => {
      clearTimeout(timer);
      response.off('close', onClose);
      resolve(isOpen);
    };
    const onClose = (): void => over(false);
    const timer = setTimeout(() => over(true), ms);
    response.once('close', onClose);
  });
}

function rawHead(answer: Answer): string {
  const lines = [`HTTP/1.1 ${answer.status} Sandbox`, `Date: ${new Date().toUTCString()}`];
  for (const [name, value] of Object.entries(headersOf(answer))) {
    for (const one of Array.isArray(value) ? value : [value]) lines.push(`${name}: ${one}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
