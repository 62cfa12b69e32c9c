import { recordAudit } from '../../platform/audit.ts';
import type { JsonValue } from '../../platform/audit-chain.ts';
import type { Tx } from '../../platform/database.ts';
import type { Platform } from '../../platform/platform.ts';
import { refuse } from '../../platform/problems.ts';
import type { Actor, Billers } from '../billers/index.ts';
import type { NewDestination } from './contract.ts';
import { sealSecret } from './destination-secret.ts';
import {
  changeDestination,
  countDestinations,
  type DestinationRow,
  deleteDestination,
  insertDestination,
  lockDestination,
} from './destination-store.ts';
import { giveUpMessages, queueTest, requeueMessage } from './message-store.ts';
import { testBody } from './message-text.ts';
import { refuseOperation } from './problems.ts';
import { newWebhookSecret } from './sign-webhook.ts';

const DESTINATIONS_MAX = 50;
/** How long the secret before signs too. */
const OVERLAP_HOURS = 24;
/** As strict as the mailer is: one address, no name, no list. */
const MAIL_ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/;
const MAIL_CHARS_MAX = 254;

export type KeepDeps = Pick<
  Platform,
  'clock' | 'config' | 'database' | 'egress' | 'keyring' | 'publicUrl' | 'random'
> & {
  readonly billers: Pick<Billers, 'load'>;
};

/** Adds a place where alerts go. A webhook gets a secret, which is told this once. */
export async function addDestination(
  deps: KeepDeps,
  from: NewDestination & { by: Actor },
): Promise<{ id: number; secret: string | null }> {
  const why = await whyNotAddress(deps, from);
  if (why !== null)
    throw refuseOperation('alert-address-refused', { why, faults: [{ at: 'body.address', message: why }] });
  if (from.bid !== null && !(await deps.billers.load(from.bid))) throw refuse('not-found');
  const secret = from.kind === 'webhook' ? newWebhookSecret(deps.random) : null;
  const at = deps.clock.now();
  return deps.database.withSystem(async (tx) => {
    if ((await countDestinations(tx)) >= DESTINATIONS_MAX)
      throw refuseOperation('too-many-destinations', { max: DESTINATIONS_MAX });
    const row = await insertDestination(tx, { ...from, at, by: from.by.name });
    if (!row) throw refuseOperation('destination-exists');
    const detail = { kind: row.kind, address: row.address, bid: row.bid };
    if (secret === null) {
      await audit(tx, { row, by: from.by, act: 'added', at, detail });
      return { id: row.id, secret };
    }
    const { sealed, fingerprint } = await sealSecret(tx, deps.keyring, { id: row.id, secret });
    await changeDestination(tx, row.id, { secret: sealed, secret_fingerprint: fingerprint, secret_set_at: at });
    await audit(tx, { row, by: from.by, act: 'added', at, detail: { ...detail, fingerprint } });
    return { id: row.id, secret };
  });
}

/** A webhook's address must be https and lead outside; where private endpoints are allowed, http inside is too. */
async function whyNotAddress(deps: KeepDeps, from: NewDestination): Promise<string | null> {
  if (from.kind === 'email')
    return from.address.length <= MAIL_CHARS_MAX && MAIL_ADDRESS.test(from.address)
      ? null
      : 'it is not one email address';
  const url = URL.parse(from.address);
  if (url === null) return 'it is not a URL';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && deps.config.allowPrivateEndpoints))
    return 'a webhook’s address begins with https://';
  if (url.hash !== '') return 'a part after # is never sent';
  return await deps.egress.whyNot(from.address);
}

/** A new secret, told this once. With `keepsOld` both sign for 24 hours; without it the old one signs nothing more. */
export async function rotateSecret(
  deps: KeepDeps,
  from: { id: number; keepsOld: boolean; by: Actor },
): Promise<{ secret: string }> {
  const secret = newWebhookSecret(deps.random);
  const at = deps.clock.now();
  await deps.database.withSystem(async (tx) => {
    const row = await locked(tx, from.id);
    if (row.kind !== 'webhook') throw refuseOperation('no-secret');
    const { sealed, fingerprint } = await sealSecret(tx, deps.keyring, { id: row.id, secret });
    await changeDestination(tx, row.id, {
      secret: sealed,
      secret_fingerprint: fingerprint,
      secret_set_at: at,
      previous_secret: from.keepsOld ? row.secret : null,
      previous_fingerprint: from.keepsOld ? row.secret_fingerprint : null,
      previous_until: from.keepsOld ? at.add({ hours: OVERLAP_HOURS }) : null,
    });
    const detail = { fingerprint, before: row.secret_fingerprint, keepsOld: from.keepsOld };
    await audit(tx, { row, by: from.by, act: 'secret-replaced', at, detail });
  });
  return { secret };
}

/** Renames a destination, or switches it on or off. What waits for one that is switched off is given up. */
export async function updateDestination(
  deps: KeepDeps,
  from: { id: number; expectedVersion: number; name: string; isOn: boolean; reason: string; by: Actor },
): Promise<void> {
  const at = deps.clock.now();
  await deps.database.withSystem(async (tx) => {
    const row = await locked(tx, from.id);
    if (row.version !== from.expectedVersion) throw refuseOperation('destination-changed');
    await changeDestination(tx, row.id, {
      name: from.name,
      is_on: from.isOn,
      off_reason: from.isOn ? null : `${from.by.name}: ${from.reason}`,
    });
    if (!from.isOn) await giveUpMessages(tx, row.id, at);
    const detail = { name: from.name, isOn: from.isOn };
    await audit(tx, { row, by: from.by, act: 'changed', at, reason: from.reason, detail });
  });
}

export async function removeDestination(deps: KeepDeps, from: { id: number; by: Actor }): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    const row = await locked(tx, from.id);
    await deleteDestination(tx, row.id);
    const detail = { kind: row.kind, address: row.address };
    await audit(tx, { row, by: from.by, act: 'removed', at: deps.clock.now(), detail });
  });
}

/** Queues a test; it goes out as alerts do, and its tries are seen with theirs. */
export async function testDestination(
  deps: KeepDeps,
  from: { id: number; by: Actor },
): Promise<{ id: number; messageId: string }> {
  const at = deps.clock.now();
  const messageId = `msg_${deps.random.token(18)}`;
  return deps.database.withSystem(async (tx) => {
    const row = await locked(tx, from.id);
    if (!row.is_on) throw refuseOperation('destination-off');
    const payload = testBody({ at, by: from.by.name, publicUrl: deps.publicUrl });
    const id = await queueTest(tx, { destinationId: row.id, messageId, payload, at });
    await audit(tx, { row, by: from.by, act: 'tested', at });
    return { id, messageId };
  });
}

/** Tries a message again that was given up, with the schedule from its beginning. */
export async function sendAgain(
  deps: KeepDeps,
  from: { id: number; by: Actor },
): Promise<{ id: number; messageId: string }> {
  const at = deps.clock.now();
  return deps.database.withSystem(async (tx) => {
    const queued = await requeueMessage(tx, from.id, at);
    if (!queued) throw refuseOperation('unknown-message');
    if (queued.kind === 'not-failed') throw refuseOperation('message-not-failed', { state: queued.state });
    await recordAudit(tx, {
      at,
      bid: null,
      actorKind: from.by.kind,
      actor: from.by.name,
      act: 'alert-message.sent-again',
      subject: `alert-message/${from.id}`,
    });
    return { id: from.id, messageId: queued.messageId };
  });
}

async function locked(tx: Tx, id: number): Promise<DestinationRow> {
  const row = await lockDestination(tx, id);
  if (!row) throw refuseOperation('unknown-destination');
  return row;
}

async function audit(
  tx: Tx,
  from: { row: DestinationRow; by: Actor; act: string; at: Temporal.Instant; reason?: string; detail?: JsonValue },
): Promise<void> {
  await recordAudit(tx, {
    at: from.at,
    bid: null,
    actorKind: from.by.kind,
    actor: from.by.name,
    act: `alert-destination.${from.act}`,
    subject: `alert-destination/${from.row.id}`,
    reason: from.reason ?? null,
    detail: from.detail ?? {},
  });
}
