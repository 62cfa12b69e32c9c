import { createHash } from 'node:crypto';
import type { Partner, PartnerConnection, SessionFailure } from '../../features/billers/partner.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Secret } from '../../platform/secrets.ts';
import type { Timers } from '../../platform/timers.ts';
import { closeSession, logIn, type OpenSession, type SignIn } from './sign-in.ts';

/** How long an idle session is kept for work that may follow. */
const LINGER_MS = 2_000;
/** A refused login is tried once more, then left alone for a while: the partner would lock the user out (F24). */
const LOGIN_TRIES_MAX = 2;
const REFUSAL_MEMORY_MS = 30_000;
const REFUSAL_MEMORY_MS_MAX = 300_000;
const SLOTS_MAX = 5_000;

export interface SessionParts extends Pick<Platform, 'egress' | 'clock' | 'timers' | 'log'> {
  readonly signIn: SignIn;
  readonly lingerMs?: number;
}

/** A share in an open session. `release` must be called once; `refuse` says the partner no longer accepts it. */
export interface SessionLease {
  readonly kind: 'leased';
  readonly headers: Readonly<Record<string, Secret>>;
  /** What must not be shown of it. */
  readonly secrets: readonly string[];
  refuse(): void;
  release(): void;
}

export interface Sessions {
  /** Joins the open session, or opens it; waits at most `timeoutMs`. Never rejects. */
  lease(
    connection: PartnerConnection,
    timeoutMs: number,
  ): Promise<SessionLease | ({ kind: 'failed' } & SessionFailure)>;
  /** Keeps the session, and whatever session replaces it, from being closed until the answer is called. */
  hold(connection: PartnerConnection): () => void;
  list(): ReturnType<Partner['sessions']>;
  /** Closes every session, and opens no more. */
  closeAll(): Promise<void>;
}

/** One login of one user of one sign-in endpoint, whether or not a session is open under it. */
interface Slot {
  readonly key: string;
  connection: PartnerConnection;
  session: OpenSession | undefined;
  opening: Promise<OpenSession | SessionFailure> | undefined;
  closing: Promise<void> | undefined;
  /** Leases and holds. */
  uses: number;
  linger: { cancel(): void } | undefined;
  refusal: { untilMs: number; count: number; failure: SessionFailure } | undefined;
}

/**
 * The partner holds one session a username, and its close ends it under every request of that username. So a process
 * shares one session for each (sign-in endpoint, username, password): opened once however many wait, leased by each
 * request, closed when the last one has gone and a short linger passed. The password is part of it so that a biller
 * with the wrong one can never ride on another biller's session.
 */
export function createSessions(parts: SessionParts): Sessions {
  return new SharedSessions(parts);
}

class SharedSessions implements Sessions {
  readonly #parts: SessionParts;
  readonly #slots = new Map<string, Slot>();
  /** A connection never changes, and a run over many accounts uses one: its password is opened once. */
  readonly #keys = new WeakMap<PartnerConnection, string>();
  #isClosing = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  async lease(
    connection: PartnerConnection,
    timeoutMs: number,
  ): Promise<SessionLease | ({ kind: 'failed' } & SessionFailure)> {
    const slot = this.#take(connection);
    if ('reason' in slot) return { kind: 'failed', ...slot };
    const opened = slot.session ?? (await this.#openedWithin(slot, timeoutMs));
    if ('reason' in opened) {
      this.#free(slot);
      return { kind: 'failed', ...opened };
    }
    let isReleased = false;
    return {
      kind: 'leased',
      headers: opened.headers,
      secrets: opened.secrets,
      refuse: () => {
        // Only the session that was refused: a later one may already be open. It is not closed, which would end the next.
        if (slot.session === opened) slot.session = undefined;
      },
      release: () => {
        if (!isReleased) this.#free(slot);
        isReleased = true;
      },
    };
  }

  hold(connection: PartnerConnection): () => void {
    const slot = this.#take(connection);
    let isReleased = false;
    return () => {
      if (!isReleased && 'uses' in slot) this.#free(slot);
      isReleased = true;
    };
  }

  list(): ReturnType<Sessions['list']> {
    return [...this.#slots.values()].flatMap(({ session, connection, uses }) =>
      session
        ? [
            {
              bid: connection.bid,
              authUrl: this.#parts.signIn.authUrl(connection),
              username: connection.username,
              leases: uses,
              openedAt: session.openedAt,
            },
          ]
        : [],
    );
  }

  async closeAll(): Promise<void> {
    this.#isClosing = true;
    const slots = [...this.#slots.values()];
    await Promise.all(slots.map((slot) => slot.opening));
    await Promise.all(
      slots.map((slot) => {
        slot.linger?.cancel();
        this.#close(slot);
        return slot.closing;
      }),
    );
  }

  #take(connection: PartnerConnection): Slot | SessionFailure {
    if (this.#isClosing) return { reason: 'guard', sentence: 'This server is stopping, and opens no further session.' };
    let key: string;
    try {
      key = this.#keyOf(connection);
    } catch (cause) {
      this.#parts.log.error(
        { err: cause, bid: connection.bid, operation: connection.operation },
        'a stored login did not open',
      );
      return {
        reason: 'guard',
        sentence: 'The stored password could not be opened. Enter it again, or restore the master key.',
      };
    }
    const slot = this.#slots.get(key) ?? this.#newSlot(key, connection);
    if (slot === undefined) return { reason: 'guard', sentence: 'Too many partner sessions are open in this process.' };
    slot.connection = connection;
    slot.uses += 1;
    slot.linger?.cancel();
    slot.linger = undefined;
    return slot;
  }

  #newSlot(key: string, connection: PartnerConnection): Slot | undefined {
    if (this.#slots.size >= SLOTS_MAX) {
      const nowMs = this.#parts.clock.monotonicMs();
      for (const slot of this.#slots.values()) {
        if (isIdle(slot) && (slot.refusal?.untilMs ?? 0) <= nowMs) this.#slots.delete(slot.key);
      }
      if (this.#slots.size >= SLOTS_MAX) return undefined;
    }
    const slot: Slot = {
      key,
      connection,
      session: undefined,
      opening: undefined,
      closing: undefined,
      uses: 0,
      linger: undefined,
      refusal: undefined,
    };
    this.#slots.set(key, slot);
    return slot;
  }

  async #openedWithin(slot: Slot, timeoutMs: number): Promise<OpenSession | SessionFailure> {
    slot.opening ??= this.#open(slot).finally(() => {
      slot.opening = undefined;
      if (slot.uses === 0) this.#lingerOrDrop(slot);
    });
    return await within(this.#parts.timers, slot.opening, timeoutMs);
  }

  async #open(slot: Slot): Promise<OpenSession | SessionFailure> {
    // A close still under way names the same user: the login has to come after it, or it would be closed with it.
    await slot.closing;
    const { clock } = this.#parts;
    const known = slot.refusal;
    if (known && clock.monotonicMs() < known.untilMs) {
      return { ...known.failure, retryAfterMs: Math.ceil(known.untilMs - clock.monotonicMs()) };
    }
    const triesMax = known ? 1 : LOGIN_TRIES_MAX;
    for (let tried = 1; ; tried += 1) {
      const result = await logIn(this.#parts, slot.connection);
      if (result.kind === 'open') {
        slot.refusal = undefined;
        slot.session = result.session;
        return result.session;
      }
      if (!result.isRefusal) return result.failure;
      if (tried < triesMax && result.mayRepeat) continue;
      const count = (known?.count ?? 0) + 1;
      const memoryMs = Math.min(REFUSAL_MEMORY_MS_MAX, REFUSAL_MEMORY_MS * 2 ** (count - 1));
      slot.refusal = { untilMs: clock.monotonicMs() + memoryMs, count, failure: result.failure };
      return { ...result.failure, retryAfterMs: memoryMs };
    }
  }

  #free(slot: Slot): void {
    slot.uses -= 1;
    if (slot.uses === 0 && slot.opening === undefined) this.#lingerOrDrop(slot);
  }

  #lingerOrDrop(slot: Slot): void {
    if (slot.session === undefined) {
      if (isIdle(slot) && slot.refusal === undefined) this.#slots.delete(slot.key);
      return;
    }
    slot.linger?.cancel();
    slot.linger = this.#parts.timers.after(this.#parts.lingerMs ?? LINGER_MS, () => this.#close(slot));
  }

  /** Begins the close; it never fails, and takes 3 s at most. */
  #close(slot: Slot): void {
    const { session } = slot;
    if (session === undefined) return;
    slot.session = undefined;
    slot.closing = closeSession(this.#parts, slot.connection, session).finally(() => {
      slot.closing = undefined;
      if (slot.uses === 0 && slot.opening === undefined) this.#lingerOrDrop(slot);
    });
  }

  #keyOf(connection: PartnerConnection): string {
    const known = this.#keys.get(connection);
    if (known !== undefined) return known;
    const { signIn } = this.#parts;
    const { username, credentials } = connection;
    const parts = [signIn.authUrl(connection), username, credentials.password(), credentials.privateKey() ?? ''];
    const key = createHash('sha256').update(JSON.stringify(parts)).digest('base64');
    this.#keys.set(connection, key);
    return key;
  }
}

function isIdle(slot: Slot): boolean {
  return slot.uses === 0 && slot.session === undefined && slot.opening === undefined && slot.closing === undefined;
}

/** The login goes on for the others when one of those who wait for it has no more time. */
async function within(
  timers: Timers,
  opening: Promise<OpenSession | SessionFailure>,
  timeoutMs: number,
): Promise<OpenSession | SessionFailure> {
  const late = Promise.withResolvers<SessionFailure>();
  const timer = timers.after(timeoutMs, () =>
    late.resolve({ reason: 'timeout', sentence: 'The sign-in did not finish in time.' }),
  );
  try {
    return await Promise.race([opening, late.promise]);
  } finally {
    timer.cancel();
  }
}
