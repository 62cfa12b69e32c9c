import type { Partner, PartnerOperation, SendOutcome } from '../../features/billers/partner.ts';
import type { Platform } from '../../platform/platform.ts';
import { askBalance } from './ask-balance.ts';
import { fetchBill } from './fetch-bill.ts';
import { LIMITS, type OperationParts } from './operation-parts.ts';
import { autopayBody, paperlessBody } from './payment-body.ts';
import { changeSettings, postPayment } from './send.ts';
import { createSessions } from './session.ts';
import type { SignIn } from './sign-in.ts';
import { beginTranscript } from './transcript.ts';

export interface ImtParts extends Pick<Platform, 'egress' | 'clock' | 'timers' | 'log'> {
  /** Shorter ones, for tests. */
  readonly limits?: Partial<typeof LIMITS>;
}

/** What differs between IMT's systems: the name, what it can do, and how one signs in. */
export interface ImtSystem extends Pick<Partner, 'name' | 'abilities'> {
  readonly signIn: SignIn;
}

/** The operations of the partner port over IMT's JSON:API resources. It decides nothing: it asks, sends, and says what came. */
export function createImtPartner(given: ImtParts, system: ImtSystem): Partner {
  const { egress, clock, timers, log } = given;
  const limits = { ...LIMITS, ...given.limits };
  const sessions = createSessions({ egress, clock, timers, log, signIn: system.signIn, lingerMs: limits.lingerMs });
  const parts: OperationParts = { egress, clock, timers, log, limits, sessions };
  const can = (operation: PartnerOperation): boolean => system.abilities.operations.includes(operation);
  return {
    name: system.name,
    abilities: system.abilities,
    balance: (connection, accountNumber) => askBalance(parts, connection, accountNumber),
    postPayment: (connection, posting, hooks) => postPayment(parts, connection, { posting, hooks }),
    setPaperless: async (connection, accountNumber, isOn, hooks) =>
      can('paperless')
        ? await changeSettings(parts, connection, { accountNumber, body: paperlessBody(accountNumber, isOn), hooks })
        : notAble(parts, system, 'PATCH'),
    setAutoPay: async (connection, accountNumber, isOn, hooks) =>
      can('autopay')
        ? await changeSettings(parts, connection, { accountNumber, body: autopayBody(accountNumber, isOn), hooks })
        : notAble(parts, system, 'PATCH'),
    billPdf: async (connection, accountNumber) => {
      if (can('pdf')) return await fetchBill(parts, connection, accountNumber);
      const { reason: sentence, transcript } = notAble(parts, system, 'GET');
      return { kind: 'failed', reason: 'guard', sentence, transcript };
    },
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

/** What the system has no address for is never asked of it, whoever asks. */
function notAble(
  { clock }: OperationParts,
  { name }: ImtSystem,
  method: string,
): Extract<SendOutcome, { class: 'NOT_SENT' }> {
  const reason = `${name} has no endpoint for this.`;
  return { class: 'NOT_SENT', reason, transcript: beginTranscript(clock, method, '')({ notes: [reason] }) };
}
