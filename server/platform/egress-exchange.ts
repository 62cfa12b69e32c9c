import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { ArrivingBytes } from './egress-bytes.ts';
import type { Line } from './egress-line.ts';

export type EgressHeaders = Readonly<Record<string, string>>;

/** Why nothing can be said about a request of which a byte may have left. */
export type UnknownReason = 'timeout' | 'reset' | 'cut' | 'too-large' | 'bad-encoding' | 'protocol' | 'aborted';

/** Thrown out of a body that did not arrive whole. */
export class EgressCut extends Error {
  readonly reason: UnknownReason;

  constructor(reason: UnknownReason, detail: string) {
    super(detail);
    this.name = 'EgressCut';
    this.reason = reason;
  }
}

export interface ExchangeRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer | undefined;
  maxBytes: number;
  onHalfSent?: (() => void) | undefined;
  onBodySent?: (() => void) | undefined;
  /** Whether the answer is wanted whole, and not before its last byte; else its body is read as it comes. */
  isWhole: boolean;
}

/**
 * How an exchange began. `not-started`: undici never came to writing the request on this line, so no byte of it left.
 * `failed`: it began to write, and after that there is no proof of anything.
 */
export type Begun =
  | {
      kind: 'answered';
      status: number;
      headers: EgressHeaders;
      setCookies: readonly string[];
      /** A buffer where the answer was wanted whole. */
      body: Buffer | AsyncIterable<Buffer>;
    }
  | { kind: 'not-started'; why: 'line-closed' | 'refused-here' | 'stopped'; detail: string }
  | { kind: 'failed'; reason: UnknownReason; detail: string; status?: number };

export interface Exchange {
  /** Resolves when the head (or, if it was wanted so, the whole) of the answer is there, or the exchange failed. Never rejects. */
  begun: Promise<Begun>;
  /** Acts when the connection has done its part, or at once if it has: with true when it may carry another exchange. */
  whenFinished(act: (isReusable: boolean) => void): void;
  /** Ends it now; the connection is reset. Does nothing once everything has arrived. */
  stop(reason: 'timeout' | 'aborted'): void;
}

/**
 * Sends one request on one line and reads its answer. The proof of "not sent" is undici's order of events:
 * `onRequestStart` is called, synchronously, right before the first write of this request to the socket, and nowhere
 * else; if it was not called, no byte was written. From that call on, every failure is `failed`.
 */
export function exchangeOn(line: Line, request: ExchangeRequest): Exchange {
  const run = new Run(line, request);
  run.start();
  return run;
}

class Run implements Exchange {
  readonly begun: Promise<Begun>;
  readonly #begin: (begun: Begun) => void;
  #isReusable: boolean | null = null;
  #onFinished: ((isReusable: boolean) => void) | null = null;
  readonly #line: Line;
  readonly #request: ExchangeRequest;
  /** Where the body waits for its reader; null where it is wanted whole. */
  readonly #output: ArrivingBytes | null;
  /** The body so far, where it is wanted whole. */
  readonly #arrived: Buffer[] = [];
  #arrivedBytes = 0;
  #head: { status: number; headers: EgressHeaders; setCookies: readonly string[] } | null = null;
  /** What unpacks the body; null where nothing is to be unpacked, which is nearly always. */
  #inflater: Transform | null = null;
  #hasBody = false;
  #encoding = 'identity';
  #hasKnownEnd = false;
  #rawBytes = 0;
  #isStarted = false;
  #failure: EgressCut | null = null;
  #isComplete = false;

  constructor(line: Line, request: ExchangeRequest) {
    this.#line = line;
    this.#request = request;
    this.#output = request.isWhole ? null : new ArrivingBytes();
    const { promise, resolve } = Promise.withResolvers<Begun>();
    this.begun = promise;
    this.#begin = resolve;
  }

  whenFinished(act: (isReusable: boolean) => void): void {
    if (this.#isReusable === null) this.#onFinished = act;
    else act(this.#isReusable);
  }

  start(): void {
    const { method, path, headers, body, onHalfSent } = this.#request;
    const inHalves = onHalfSent !== undefined && body !== undefined && body.length > 1;
    try {
      this.#line.client.dispatch(
        {
          method,
          path,
          headers: inHalves ? { ...headers, 'content-length': String(body.length) } : headers,
          // undici takes any async iterable; its types of this version name only streams.
          body: inHalves ? (halvesOf(body, onHalfSent) as unknown as Readable) : (body ?? null),
          idempotent: false,
        },
        this.#handler(),
      );
    } catch (cause) {
      this.#fail('protocol', messageOf(cause), 'refused-here');
    }
  }

  stop(reason: 'timeout' | 'aborted'): void {
    if (this.#isComplete) return;
    this.#fail(reason, reason === 'timeout' ? 'the whole time was used up' : 'stopped by the caller', 'stopped');
  }

  #handler(): Dispatcher.DispatchHandler {
    return {
      onRequestStart: () => {
        // Thrown before the write: a request given up is not written late, and none is ever written twice.
        if (this.#failure !== null) throw new Error('given up before it was written');
        if (this.#isStarted) throw new Error('a request is written once');
        this.#isStarted = true;
      },
      onRequestSent: () => this.#request.onBodySent?.(),
      onResponseStart: (_controller, status, headers) => this.#onHead(status, headers),
      onResponseData: (controller, chunk) => this.#onData(controller, chunk),
      onResponseEnd: () => this.#onEnd(),
      onResponseError: (_controller, error) => {
        this.#fail(reasonOf(error), messageOf(error), isRefusedHere(error) ? 'refused-here' : 'line-closed');
      },
    };
  }

  #onHead(status: number, raw: Record<string, string | string[] | undefined>): void {
    // 1xx are not the answer; undici passes on 103 and its like.
    if (status < 200) return;
    const headers = plainHeaders(raw);
    this.#hasKnownEnd =
      status === 204 ||
      status === 304 ||
      headers['content-length'] !== undefined ||
      (headers['transfer-encoding'] ?? '').toLowerCase().includes('chunked');
    this.#encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
    this.#head = { status, headers, setCookies: [raw['set-cookie'] ?? []].flat() };
    if (this.#output !== null) this.#begin({ kind: 'answered', ...this.#head, body: this.#counted(this.#output) });
  }

  #onData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#failure !== null) return;
    this.#rawBytes += chunk.length;
    if (this.#rawBytes > this.#request.maxBytes) this.#fail('too-large', this.#tooLarge());
    if (this.#failure !== null) return;
    if (!this.#hasBody && !this.#beginBody(controller)) return;
    const takesMore = this.#inflater === null ? this.#take(chunk) : this.#inflater.write(chunk);
    if (!takesMore) controller.pause();
  }

  #beginBody(controller: Dispatcher.DispatchController): boolean {
    this.#hasBody = true;
    if (this.#encoding === '' || this.#encoding === 'identity') {
      this.#output?.onDrain(() => controller.resume());
      return true;
    }
    const inflater = inflaterFor(this.#encoding);
    if (inflater === null) {
      this.#fail('bad-encoding', `content-encoding ${JSON.stringify(this.#encoding)} is not known`);
      return false;
    }
    inflater.on('error', (error) => this.#fail('bad-encoding', messageOf(error)));
    inflater.on('drain', () => controller.resume());
    inflater.on('data', (chunk: Buffer) => {
      if (!this.#take(chunk)) inflater.pause();
    });
    inflater.on('end', () => this.#takeEnd());
    this.#output?.onDrain(() => void inflater.resume());
    this.#inflater = inflater;
    return true;
  }

  /** A piece of the body, unpacked; false asks to pause. */
  #take(chunk: Buffer): boolean {
    if (this.#output !== null) return this.#output.write(chunk);
    this.#arrivedBytes += chunk.length;
    if (this.#arrivedBytes > this.#request.maxBytes) this.#fail('too-large', this.#tooLarge());
    else this.#arrived.push(chunk);
    return true;
  }

  #takeEnd(): void {
    this.#output?.end();
    if (this.#output !== null || this.#failure !== null || this.#head === null) return;
    const [only] = this.#arrived;
    const body = only !== undefined && this.#arrived.length === 1 ? only : Buffer.concat(this.#arrived);
    this.#begin({ kind: 'answered', ...this.#head, body });
  }

  #onEnd(): void {
    const fault = this.#line.fault();
    // A body that ends with the connection is whole only if the connection ended in order, which a reset is not.
    if (fault !== null && !this.#hasKnownEnd) this.#fail('reset', messageOf(fault));
    if (this.#failure !== null) return;
    this.#isComplete = true;
    if (this.#inflater === null) this.#takeEnd();
    else this.#inflater.end();
    this.#finish(this.#line.isOpen() && this.#hasKnownEnd);
  }

  #finish(isReusable: boolean): void {
    if (this.#isReusable !== null) return;
    this.#isReusable = isReusable;
    this.#onFinished?.(isReusable);
  }

  /** The body, unpacked, counted after unpacking; throws `EgressCut` unless it is whole and small enough. */
  async *#counted(output: ArrivingBytes): AsyncGenerator<Buffer, void, undefined> {
    let bytes = 0;
    let isWhole = false;
    try {
      for (let chunk = await output.read(); chunk !== null; chunk = await output.read()) {
        bytes += chunk.length;
        if (bytes > this.#request.maxBytes) {
          this.#fail('too-large', this.#tooLarge());
          break;
        }
        yield chunk;
      }
      isWhole = true;
    } catch (error) {
      throw this.#failure ?? new EgressCut('protocol', messageOf(error));
    } finally {
      if (!isWhole) this.#fail('aborted', 'the reader left before the end');
    }
    if (this.#failure !== null) throw this.#failure;
  }

  #fail(
    reason: UnknownReason,
    detail: string,
    whyNotStarted: 'line-closed' | 'refused-here' | 'stopped' = 'line-closed',
  ): void {
    if (this.#failure !== null) return;
    this.#failure = new EgressCut(reason, detail);
    const status = this.#head === null ? {} : { status: this.#head.status };
    this.#begin(
      this.#isStarted
        ? { kind: 'failed', reason, detail, ...status }
        : { kind: 'not-started', why: whyNotStarted, detail },
    );
    this.#inflater?.destroy();
    this.#output?.fail(this.#failure);
    if (!this.#isComplete) this.#line.reset();
    this.#finish(false);
  }

  #tooLarge(): string {
    return `the body is larger than ${this.#request.maxBytes} bytes`;
  }
}

async function* halvesOf(body: Buffer, onHalfSent: () => void): AsyncGenerator<Buffer, void, undefined> {
  const middle = Math.floor(body.length / 2);
  yield body.subarray(0, middle);
  onHalfSent();
  yield body.subarray(middle);
}

function inflaterFor(encoding: string): Transform | null {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      return null;
  }
}

/** One text per name, repeated ones joined as RFC 9110 §5.2 says; own properties only, whatever the names are. */
function plainHeaders(raw: Record<string, string | string[] | undefined>): EgressHeaders {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(raw)) {
    const told = raw[name];
    if (told === undefined) continue;
    const value = typeof told === 'string' ? told : told.join(', ');
    if (name === '__proto__') Object.defineProperty(headers, name, { value, enumerable: true });
    else headers[name] = value;
  }
  return headers;
}

/** undici looked at the request and would not write it (a line break in a header, a wrong length). */
function isRefusedHere(error: Error): boolean {
  const code = 'code' in error ? error.code : '';
  return (
    code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH' || code === 'UND_ERR_NOT_SUPPORTED'
  );
}

function reasonOf(error: Error): UnknownReason {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED') return 'reset';
  if (code === 'ETIMEDOUT') return 'timeout';
  if (code === 'UND_ERR_SOCKET' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return 'cut';
  return 'protocol';
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? `${error.code}: ${error.message}` : error.message;
}
