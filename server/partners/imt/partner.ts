import type { Partner } from '../../features/billers/partner.ts';
import type { Platform } from '../../platform/platform.ts';
import { askBalance } from './ask-balance.ts';
import { fetchBill } from './fetch-bill.ts';
import { autopayBody, paperlessBody } from './payment-body.ts';
import { changeSettings, postPayment } from './send.ts';
import { createSessions, type Sessions } from './session.ts';
import type { SignIn } from './sign-in.ts';

/** Total deadlines, logins included, and how long an idle session is kept; imt.md §1 and §4. */
const LIMITS = { balanceMs: 10_000, sendMs: 30_000, pdfMs: 30_000, lingerMs: 2_000 };

export interface ImtParts extends Pick<Platform, 'egress' | 'clock' | 'timers' | 'log'> {
  /** Shorter ones, for tests. */
  readonly limits?: Partial<typeof LIMITS>;
}

/** What differs between IMT's systems: the name, what it can do, and how one signs in. */
export interface ImtSystem extends Pick<Partner, 'name' | 'abilities'> {
  readonly signIn: SignIn;
}

/** What every operation stands on. */
export interface OperationParts extends Pick<Platform, 'egress' | 'clock' | 'timers' | 'log'> {
  readonly limits: typeof LIMITS;
  readonly sessions: Sessions;
}

/** The operations of the partner port over IMT's JSON:API resources. It decides nothing: it asks, sends, and says what came. */
export function createImtPartner(given: ImtParts, system: ImtSystem): Partner {
  const { egress, clock, timers, log } = given;
  const limits = { ...LIMITS, ...given.limits };
  const sessions = createSessions({ egress, clock, timers, log, signIn: system.signIn, lingerMs: limits.lingerMs });
  const parts: OperationParts = { egress, clock, timers, log, limits, sessions };
  return {
    name: system.name,
    abilities: system.abilities,
    balance: (connection, accountNumber) => askBalance(parts, connection, accountNumber),
    postPayment: (connection, posting, hooks) => postPayment(parts, connection, { posting, hooks }),
    setPaperless: (connection, accountNumber, isOn, hooks) =>
      changeSettings(parts, connection, { accountNumber, body: paperlessBody(accountNumber, isOn), hooks }),
    setAutoPay: (connection, accountNumber, isOn, hooks) =>
      changeSettings(parts, connection, { accountNumber, body: autopayBody(accountNumber, isOn), hooks }),
    billPdf: (connection, accountNumber) => fetchBill(parts, connection, accountNumber),
    async holdSession(connection) {
      const letGo = sessions.hold(connection);
      const lease = await sessions.lease(connection, limits.balanceMs);
      if (lease.kind === 'leased') lease.release();
      return { failure: lease.kind === 'failed' ? lease : undefined, release: async () => letGo() };
    },
    close: () => sessions.closeAll(),
    sessions: () => sessions.list(),
  };
}
