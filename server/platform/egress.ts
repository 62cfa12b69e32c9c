import { type Breaker, type BreakerPermit, type BreakerState, createBreaker } from './breaker.ts';
import type { Clock } from './clock.ts';
import { checkUrl } from './egress-address.ts';
import {
  breakerOutcomeOf,
  callOutcomeOf,
  type EgressAnswer,
  type EgressStream,
  headersToSend,
  type NotSent,
  type NotSentReason,
  notDialled,
  notSent,
  type StopReason,
  told,
} from './egress-answer.ts';
import { whyNotReachable } from './egress-check.ts';
import { exchangeOn } from './egress-exchange.ts';
import { type DialFailure, dial, type Line, type Lookup, systemLookup } from './egress-line.ts';
import { createTurnQueue, type TurnQueue } from './egress-queue.ts';
import { retryAfterMs } from './egress-retry-after.ts';
import { Stop } from './egress-stop.ts';
import type { EndedCall } from './endpoint-figures.ts';
import type { Log } from './log.ts';
import type { Secret } from './secrets.ts';
import type { Timers } from './timers.ts';

export type { EgressAnswer, EgressStream, NotSent, NotSentReason, Unknown } from './egress-answer.ts';
export { EgressCut } from './egress-exchange.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const CONCURRENT_MAX = 8;
const ENDPOINTS_MAX = 5_000;
/** As many lines rest at an endpoint as may be in use there, and never more than this. */
const IDLE_LINES_MAX = 100;
/** A request goes out on a kept line and, if that proves closed before a byte was written, on one fresh line. */
const LINES_TRIED_MAX = 2;
/** A request that must not be repeated takes a kept line only while it is fresh: an old one may be closing just now. */
const KEPT_LINE_MS_MAX = 2_000;
/** How long an endpoint that answered 429 without a readable `Retry-After` is left alone. */
const UNSAID_WAIT_MS = 5_000;
const CLOSE_WAIT_MS = 20_000;

export interface EgressRequest {
  url: string | URL;
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Readonly<Record<string, string | Secret>>;
  body?: Buffer | string;
  connectTimeoutMs?: number;
  /** For everything: waiting for a turn, connecting, sending, and the last byte of the answer. */
  totalTimeoutMs: number;
  /** Cap of the answer's body, counted after decompression. */
  maxBytes: number;
  /** What shares a queue, a breaker and connections, for example `2984/payments/1`. */
  endpointKey: string;
  maxConcurrent?: number;
  signal?: AbortSignal;
  /** Called with the first half of the body handed to the socket; the crash point inside a request. */
  onHalfSent?: () => void;
  /** Called with the whole request handed to the socket. */
  onBodySent?: () => void;
  /** false: asked even while the breaker is open or the endpoint wants rest, and not counted (a person's check). */
  breaker?: boolean;
  /** false: never the probe of a half-open breaker. A payment is no probe. */
  mayProbe?: boolean;
}

export interface EndpointState {
  endpointKey: string;
  breaker: BreakerState;
  failuresInARow: number;
  active: number;
  waiting: number;
  /** Milliseconds until the endpoint may be asked again, as it asked for by 429 or 503; 0 when it may be. */
  restMs: number;
}

/** The only outbound HTTP of the program. */
export interface Egress {
  request(request: EgressRequest): Promise<EgressAnswer>;
  stream(request: EgressRequest): Promise<EgressStream>;
  endpoints(): readonly EndpointState[];
  /** Why a call there would be refused now, or null; asks the resolver alone. */
  whyNot(url: string): Promise<string | null>;
  /** Refuses new calls, waits up to 20 s for those under way, then ends them. */
  close(): Promise<void>;
}

export interface EgressOptions {
  clock: Clock;
  timers: Timers;
  allowPrivate: boolean;
  log: Log;
  lookup?: Lookup;
  /** PEM certificates of a private authority, trusted besides the usual ones. */
  extraCa?: string;
  /** Hears of each call that ended; on the hot path, so it must be quick. A stream has ended with its head. */
  onCallEnded?: (call: EndedCall) => void;
}

interface Endpoint {
  queue: TurnQueue;
  breaker: Breaker;
  notBeforeMs: number;
  kept: { origin: string; line: Line }[];
}

/** One HTTP/1.1 request a connection at a time, no redirect followed, nothing sent twice, every wait bounded. */
export function createEgress(options: EgressOptions): Egress {
  const calls = new Calls(options);
  return {
    async request(request) {
      const opened = await calls.open(request, true);
      if (!isAnswer(opened.result)) throw new Error('an answer wanted whole came as a stream');
      calls.record(request, opened);
      return opened.result;
    },
    async stream(request) {
      const opened = await calls.open(request, false);
      if (!isStream(opened.result)) throw new Error('an answer wanted as a stream came whole');
      calls.record(request, opened);
      return opened.result;
    },
    endpoints: () => calls.states(),
    whyNot: (url) => whyNotReachable(url, options),
    close: () => calls.close(),
  };
}

function isAnswer(result: EgressAnswer | EgressStream): result is EgressAnswer {
  return result.kind !== 'answered' || Buffer.isBuffer(result.body);
}

function isStream(result: EgressAnswer | EgressStream): result is EgressStream {
  return result.kind !== 'answered' || !Buffer.isBuffer(result.body);
}

interface Opened {
  result: EgressAnswer | EgressStream;
  /** Null when the breaker was not asked, or did not allow the call. */
  permit: BreakerPermit | null;
  /** When it had its turn, on the monotonic clock; null when nothing was tried. */
  startedMs: number | null;
}

/** One call under way: its deadline, the caller's signal, and what must be given back at its end. */
interface Call {
  stop: Stop;
  /** Told once it has ended, where the program waits for that. */
  onEnded: (() => void) | null;
  end: () => void;
}

class Calls {
  readonly #options: EgressOptions;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #underWay = new Set<Call>();
  #isClosing = false;

  constructor(options: EgressOptions) {
    this.#options = options;
  }

  /** The answer, or its head, or why there is none. Gives back its turn by itself when the connection has done its part. */
  async open(request: EgressRequest, isWhole: boolean): Promise<Opened> {
    if (this.#isClosing) return refused('aborted', 'the program is closing');
    const checked = checkUrl(request.url, this.#options.allowPrivate);
    if (!checked.ok) return refused('guard', checked.why);
    const headers = headersToSend(request.headers ?? {});
    if (typeof headers === 'string') return refused('guard', headers);
    const endpoint = this.#endpoint(request.endpointKey);
    if (endpoint === null) return refused('queue-full', `more than ${ENDPOINTS_MAX} endpoints are in use`);
    const call = this.#begin(request);
    const taken = endpoint.queue.take(request.maxConcurrent ?? CONCURRENT_MAX, call.stop);
    const turn = taken instanceof Promise ? await taken : taken;
    if (!turn.ok) {
      call.end();
      if (turn.why === 'full') return refused('queue-full', 'too many calls wait for this endpoint');
      return stopReasonOf(call) === 'timeout'
        ? refused('queue-full', 'no turn at this endpoint in time')
        : refused('aborted', 'stopped while waiting for a turn');
    }
    const giveBack = (): void => {
      call.end();
      turn.release();
    };
    const asked = this.#askedLeave(endpoint, request);
    if (!asked.allowed) {
      giveBack();
      return { result: asked.result, permit: null, startedMs: null };
    }
    const startedMs = this.#options.clock.monotonicMs();
    try {
      const { url, host } = checked;
      const parts = { request, isWhole, url, origin: url.origin, host, headers, endpoint, call, giveBack };
      return { result: await this.#exchange(parts), permit: asked.permit, startedMs };
    } catch (bug) {
      // A probe that is never recorded would keep the breaker half open for ever.
      if (asked.permit !== null) endpoint.breaker.record(asked.permit, 'neutral');
      giveBack();
      throw bug;
    }
  }

  /** Tells the breaker how the call ended, and honours a wish to be left alone for a while. */
  record(request: EgressRequest, { result, permit, startedMs }: Opened): void {
    const verdict = breakerOutcomeOf(result);
    this.#options.onCallEnded?.({
      endpointKey: request.endpointKey,
      tookMs: startedMs === null ? 0 : this.#options.clock.monotonicMs() - startedMs,
      outcome: callOutcomeOf(result),
      isFailed: verdict === 'failed',
      isTried: startedMs !== null,
    });
    const endpoint = this.#endpoints.get(request.endpointKey);
    if (endpoint === undefined) return;
    const before = endpoint.breaker.state();
    if (permit !== null) endpoint.breaker.record(permit, verdict);
    const after = endpoint.breaker.state();
    if (after !== before) this.#options.log.warn({ endpointKey: request.endpointKey, breaker: after }, 'breaker moved');
    if (result.kind !== 'answered' || (result.status !== 429 && result.status !== 503)) return;
    const asked = retryAfterMs(result.headers['retry-after'], this.#options.clock.nowMs());
    const restMs = asked ?? (result.status === 429 ? UNSAID_WAIT_MS : 0);
    endpoint.notBeforeMs = Math.max(endpoint.notBeforeMs, this.#options.clock.monotonicMs() + restMs);
  }

  states(): readonly EndpointState[] {
    const nowMs = this.#options.clock.monotonicMs();
    return [...this.#endpoints].map(([endpointKey, { breaker, queue, notBeforeMs }]) => ({
      endpointKey,
      breaker: breaker.state(),
      failuresInARow: breaker.failures(),
      active: queue.active(),
      waiting: queue.waiting(),
      restMs: Math.max(0, Math.ceil(notBeforeMs - nowMs)),
    }));
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const ended = Promise.all(
      [...this.#underWay].map((call) => new Promise<void>((resolve) => Object.assign(call, { onEnded: resolve }))),
    );
    const waiting = new AbortController();
    const waited = this.#options.timers.sleep(CLOSE_WAIT_MS, waiting.signal).catch(() => {});
    await Promise.race([ended, waited]);
    waiting.abort();
    for (const call of this.#underWay) call.stop.stop('aborted');
    await ended;
    for (const { kept } of this.#endpoints.values()) for (const { line } of kept.splice(0)) line.close();
  }

  #begin(request: EgressRequest): Call {
    const stop = new Stop();
    const timer = this.#options.timers.after(request.totalTimeoutMs, () => stop.stop('timeout'));
    const { signal } = request;
    const onAbort = (): void => stop.stop('aborted');
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const call: Call = {
      stop,
      onEnded: null,
      end: () => {
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
        this.#underWay.delete(call);
        call.onEnded?.();
      },
    };
    this.#underWay.add(call);
    return call;
  }

  #askedLeave(
    endpoint: Endpoint,
    request: EgressRequest,
  ): { allowed: true; permit: BreakerPermit | null } | { allowed: false; result: NotSent } {
    if (request.breaker === false) return { allowed: true, permit: null };
    const restMs = Math.ceil(endpoint.notBeforeMs - this.#options.clock.monotonicMs());
    if (restMs > 0) {
      const result = { ...notSent('breaker-open', 'the endpoint asked to be left alone'), retryInMs: restMs };
      return { allowed: false, result };
    }
    const asked = endpoint.breaker.ask(request.mayProbe ?? true);
    if (asked.allowed) return asked;
    const result = {
      ...notSent('breaker-open', 'the endpoint failed too often'),
      retryInMs: Math.ceil(asked.retryInMs),
    };
    return { allowed: false, result };
  }

  async #exchange(of: ExchangeParts): Promise<EgressAnswer | EgressStream> {
    const { request, url, call } = of;
    for (let tried = 1; ; tried += 1) {
      const kept = tried === 1 ? this.#keptLine(of) : null;
      const dialled = kept === null ? await this.#dialled(of) : { ok: true as const, line: kept };
      if (!dialled.ok) {
        of.giveBack();
        return notDialled(dialled, stopReasonOf(call));
      }
      const exchange = exchangeOn(dialled.line, {
        method: request.method,
        path: `${url.pathname}${url.search}`,
        headers: of.headers,
        body: typeof request.body === 'string' ? Buffer.from(request.body, 'utf8') : request.body,
        maxBytes: request.maxBytes,
        onHalfSent: request.onHalfSent,
        onBodySent: request.onBodySent,
        isWhole: of.isWhole,
      });
      call.stop.listen((reason) => exchange.stop(reason));
      const begun = await exchange.begun;
      const isStale = begun.kind === 'not-started' && begun.why === 'line-closed' && kept !== null;
      if (isStale && tried < LINES_TRIED_MAX) {
        call.stop.listen(null);
        continue;
      }
      exchange.whenFinished((isReusable) => {
        call.stop.listen(null);
        if (isReusable) this.#keep(of, dialled.line);
        else dialled.line.close();
        of.giveBack();
      });
      return told(begun, stopReasonOf(call));
    }
  }

  async #dialled({ request, url, host, call }: ExchangeParts): Promise<{ ok: true; line: Line } | DialFailure> {
    const { allowPrivate, lookup = systemLookup, extraCa, timers } = this.#options;
    const connectTimeoutMs = request.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    return await dial({ url, host, allowPrivate, lookup, extraCa, connectTimeoutMs, timers, stop: call.stop.signal() });
  }

  #keptLine({ request, origin, endpoint }: ExchangeParts): Line | null {
    const mayRepeat = request.method !== 'POST' && request.method !== 'PATCH';
    const oldestMs = mayRepeat ? Number.NEGATIVE_INFINITY : this.#options.clock.monotonicMs() - KEPT_LINE_MS_MAX;
    const index = endpoint.kept.findLastIndex(
      ({ origin: ofLine, line }) => ofLine === origin && line.isOpen() && (line.restingSinceMs ?? 0) >= oldestMs,
    );
    return index < 0 ? null : (endpoint.kept.splice(index, 1)[0]?.line ?? null);
  }

  #keep({ request, origin, endpoint }: ExchangeParts, line: Line): void {
    const linesMax = Math.min(IDLE_LINES_MAX, request.maxConcurrent ?? CONCURRENT_MAX);
    if (this.#isClosing || endpoint.kept.length >= linesMax) {
      line.close();
      return;
    }
    const isFirstRest = line.restingSinceMs === null;
    line.restingSinceMs = this.#options.clock.monotonicMs();
    endpoint.kept.push({ origin, line });
    if (!isFirstRest) return;
    line.onClosed(() => {
      endpoint.kept = endpoint.kept.filter((entry) => entry.line !== line);
    });
  }

  #endpoint(key: string): Endpoint | null {
    const known = this.#endpoints.get(key);
    if (known !== undefined) return known;
    if (this.#endpoints.size >= ENDPOINTS_MAX) {
      const nowMs = this.#options.clock.monotonicMs();
      for (const [idleKey, { queue, breaker, notBeforeMs, kept }] of this.#endpoints) {
        const isIdle =
          queue.active() + queue.waiting() + kept.length + breaker.failures() === 0 && notBeforeMs <= nowMs;
        if (isIdle) this.#endpoints.delete(idleKey);
      }
      if (this.#endpoints.size >= ENDPOINTS_MAX) return null;
    }
    const fresh: Endpoint = {
      queue: createTurnQueue(),
      breaker: createBreaker(() => this.#options.clock.monotonicMs()),
      notBeforeMs: Number.NEGATIVE_INFINITY,
      kept: [],
    };
    this.#endpoints.set(key, fresh);
    return fresh;
  }
}

function refused(reason: NotSentReason, detail: string): Opened {
  return { result: notSent(reason, detail), permit: null, startedMs: null };
}

interface ExchangeParts {
  request: EgressRequest;
  isWhole: boolean;
  url: URL;
  origin: string;
  host: string;
  headers: Record<string, string>;
  endpoint: Endpoint;
  call: Call;
  giveBack: () => void;
}

function stopReasonOf({ stop }: Call): StopReason {
  return stop.reason === 'timeout' ? 'timeout' : 'aborted';
}
