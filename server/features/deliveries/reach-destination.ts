import type { Database } from '../../platform/database.ts';
import { type Biller, type Billers, readDocument } from '../billers/index.ts';
import type { PartnerConnection, PartnerOperation } from '../billers/partner.ts';
import type { Destination } from './delivery.ts';
import type { Reached } from './lane-ports.ts';
import { type DeliveryPolicy, STANDARD_POLICY } from './next-step.ts';
import { actingLevel, readTrust } from './trust.ts';

/**
 * Finds the way to a frozen destination: by the configuration in force if it still leads there, else by the one the
 * delivery was recorded under, whose login is kept in the history. It never leads anywhere else.
 */
export async function reachDestination(
  deps: { readonly billers: Billers; readonly database: Database },
  from: { bid: number; destination: Destination },
): Promise<Reached> {
  const { bid, destination } = from;
  const biller = await deps.billers.load(bid);
  const policy = await policyFor(deps, { bid, biller, partner: destination.partner });
  const closed = (sentence: string): Reached => ({ kind: 'closed', sentence, policy });
  if (!biller) return closed(`the biller ${bid} does not exist`);
  const partner = deps.billers.partners.get(destination.partner);
  if (!partner) return closed(`“${destination.partner}” is not a partner of this installation`);
  if (destination.url === '') return closed('no endpoint was set when it was recorded');
  const { environment } = destination;
  const isThere = (found: PartnerConnection | { missing: string }): found is PartnerConnection =>
    !('missing' in found) && leadsTo(found, destination);
  let source: Biller = biller;
  let connection = await deps.billers.connectionFor(biller, destination.operation, { environment });
  if (!isThere(connection)) {
    const configuration = await readDocument(deps, { bid, version: destination.settingsVersion });
    source = { ...biller, version: destination.settingsVersion, configuration };
    connection = await deps.billers.connectionFor(source, destination.operation, { environment });
  }
  if (!isThere(connection)) return closed('the settings it was recorded under no longer open its destination');
  if (destination.operation !== 'payment') return { kind: 'open', partner, connection, balance: undefined, policy };
  const balance = await balanceConnection(deps.billers, source, environment);
  if ('missing' in balance) return closed(`the account can’t be read before a payment is sent: ${balance.missing}`);
  return { kind: 'open', partner, connection, balance, policy };
}

function balanceConnection(
  billers: Billers,
  biller: Biller,
  environment: number,
): Promise<PartnerConnection | { missing: string }> {
  const operation: PartnerOperation = 'balance';
  return billers.connectionFor(biller, operation, { environment });
}

function leadsTo(connection: PartnerConnection, destination: Destination): boolean {
  return (
    connection.partner === destination.partner &&
    connection.environment === destination.environment &&
    connection.url === destination.url &&
    (connection.authUrl ?? null) === destination.authUrl &&
    connection.username === destination.username
  );
}

async function policyFor(
  deps: { readonly database: Database },
  from: { bid: number; biller: Biller | undefined; partner: string },
): Promise<DeliveryPolicy> {
  const trust = await deps.database.withBiller(from.bid, (tx) => readTrust(tx, from.bid, from.partner));
  const settleMinutes = from.biller?.configuration.dataPump.settleMinutes;
  return {
    ...STANDARD_POLICY,
    settleMs: settleMinutes === undefined ? STANDARD_POLICY.settleMs : settleMinutes * 60_000,
    trustLevel: actingLevel(trust.level),
  };
}
