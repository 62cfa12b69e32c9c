import { hkdfSync } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Platform } from '../../platform/platform.ts';
import { DataKey, open, seal } from '../../platform/secrets.ts';

/** A bill stays open this long without a step, for the payer's privacy. */
const IDLE_MS = 30 * 60_000;
const PROLONG_AFTER_MS = 60_000;
const COOKIE = 'causeway_payer';
const COOKIE_CHARS_MAX = 3500;

const sessionSchema = z.strictObject({
  bid: z.int(),
  accountNumber: z.string(),
  until: z.int(),
  draft: z.strictObject({
    method: z.string(),
    amountChoice: z.string(),
    amount: z.string(),
    amountCents: z.int(),
    name: z.string(),
    email: z.string(),
    idempotencyKey: z.string(),
    balanceSeenCents: z.int(),
  }),
});

/** What the Virtual Site remembers of a payer between steps: the bill that was found, and the form so far. */
export type PayerSession = z.infer<typeof sessionSchema>;

export const EMPTY_DRAFT: PayerSession['draft'] = {
  method: '',
  amountChoice: 'whole',
  amount: '',
  amountCents: 0,
  name: '',
  email: '',
  idempotencyKey: '',
  balanceSeenCents: 0,
};

export interface PayerSessions {
  /** The session of this biller's pages, if there is one that is still open. */
  read(request: FastifyRequest, bid: number): PayerSession | undefined;
  /** Keeps the session for another half hour. */
  keep(reply: FastifyReply, base: string, session: Omit<PayerSession, 'until'>): void;
  /**
   * The same for a page that changes nothing, at most once a minute: an answer that comes late must not write an older
   * form, or the bill before, over what another tab has kept since.
   */
  prolong(reply: FastifyReply, base: string, session: PayerSession): void;
  end(reply: FastifyReply, base: string): void;
}

/**
 * Payer sessions live in a sealed cookie (AES-256-GCM, keyed by the master key): no table, any node reads it, nobody can
 * read or change it. It holds no number of a card or a bank account: Causeway never has one.
 */
export function createPayerSessions(platform: Pick<Platform, 'config' | 'clock' | 'publicUrl'>): PayerSessions {
  const master = platform.config.masterKeys[0];
  if (!master) throw new Error('payer sessions need the master key');
  const key = new DataKey(Buffer.from(hkdfSync('sha256', master, '', 'payer session', 32)));
  const isSecure = platform.publicUrl.startsWith('https:');
  const keep: PayerSessions['keep'] = (reply, base, session) => {
    const text = JSON.stringify({ ...session, until: platform.clock.nowMs() + IDLE_MS });
    reply.setCookie(COOKIE, seal(key, text, COOKIE), { path: base, httpOnly: true, sameSite: 'lax', secure: isSecure });
  };
  return {
    keep,
    prolong: (reply, base, { until, ...session }) => {
      if (until - platform.clock.nowMs() < IDLE_MS - PROLONG_AFTER_MS) keep(reply, base, session);
    },
    read: (request, bid) => {
      const sealed = request.cookies[COOKIE];
      if (sealed === undefined || sealed.length > COOKIE_CHARS_MAX) return undefined;
      try {
        const session = sessionSchema.parse(JSON.parse(open(key, sealed, COOKIE).reveal()));
        return session.bid === bid && session.until > platform.clock.nowMs() ? session : undefined;
      } catch {
        return undefined; // changed, or sealed by another key: as good as none
      }
    },
    end: (reply, base) => {
      reply.clearCookie(COOKIE, { path: base });
    },
  };
}
