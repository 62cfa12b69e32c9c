import { hearChanges } from '../../platform/hear-changes.ts';
import type { Platform } from '../../platform/platform.ts';
import type { DataKey } from '../../platform/secrets.ts';
import {
  type Biller,
  type BillerSummary,
  findBidOfSlug,
  listBillers,
  readBiller,
  readVersionNumber,
} from './biller-store.ts';
import { type ConnectionFrom, connectionFor } from './connection-for.ts';
import type { Partner, PartnerConnection, PartnerOperation, Partners } from './partner.ts';
import { dataKeyOf } from './sealed-keys.ts';

const BILLERS_CACHED_MAX = 1000;
const SLUGS_CACHED_MAX = 2000;
const KEYS_CACHED_MAX = 1000;
/** How old a cached document may be while no notification could arrive. */
const UNHEARD_MS_MAX = 1000;

export type BillersPlatform = Pick<Platform, 'database' | 'clock' | 'timers' | 'keyring' | 'log'>;

export interface Billers {
  /** A biller with its configuration in force, at most 1 s behind any other process's save. Cached. */
  load(bid: number): Promise<Biller | undefined>;
  loadBySlug(slug: string): Promise<Biller | undefined>;
  list(): Promise<readonly BillerSummary[]>;
  /** Where one operation of a biller goes and as whom, or the sentence that names the setting which is missing. */
  connectionFor(
    biller: Biller,
    operation: PartnerOperation,
    from: ConnectionFrom,
  ): Promise<PartnerConnection | { readonly missing: string }>;
  partnerOf(biller: Biller): Partner | undefined;
  readonly partners: Partners;
  /** Throws the cached document away; called after a save in this process, so that it reads its own writes. */
  forget(bid: number): void;
  /** Resolves once changes made elsewhere are heard of at once. */
  listening(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The billers of this process. Documents are cached and thrown away when PostgreSQL notifies `configuration` with the
 * BID. While the listening connection is lost, each document is checked by its version once a second.
 */
export function createBillers(platform: BillersPlatform, partners: Partners): Billers {
  const documents = new Map<number, { biller: Biller; checkedMs: number }>();
  const underWay = new Map<number, Promise<Biller | undefined>>();
  const slugs = new Map<string, number>();
  let changes = 0;
  const forget = (bid: number): void => {
    changes++;
    documents.delete(bid);
    underWay.delete(bid); // a reading that began before the change must serve nobody who asks after it
  };
  const forgetAll = (): void => {
    changes++;
    documents.clear();
    underWay.clear();
  };
  const listener = hearChanges(platform, { channel: 'configuration', onChange: forget, onHeardAgain: forgetAll });

  const read = async (bid: number): Promise<Biller | undefined> => {
    const changesBefore = changes;
    const checkedMs = platform.clock.monotonicMs();
    const biller = await platform.database.withBiller(bid, (tx) => readBiller(tx, bid));
    if (biller && changes === changesBefore) keep(documents, bid, { biller, checkedMs }, BILLERS_CACHED_MAX);
    return biller;
  };
  const readOnce = (bid: number): Promise<Biller | undefined> => {
    const waiting = underWay.get(bid);
    if (waiting) return waiting;
    const reading = read(bid).finally(() => {
      if (underWay.get(bid) === reading) underWay.delete(bid);
    });
    underWay.set(bid, reading);
    return reading;
  };
  const load = async (bid: number): Promise<Biller | undefined> => {
    const cached = documents.get(bid);
    if (!cached) return readOnce(bid);
    if (listener.isHeard()) return cached.biller;
    const nowMs = platform.clock.monotonicMs();
    if (nowMs - cached.checkedMs < UNHEARD_MS_MAX) return cached.biller;
    const version = await platform.database.withBiller(bid, (tx) => readVersionNumber(tx, bid));
    if (version !== cached.biller.version) {
      forget(bid);
      return readOnce(bid);
    }
    cached.checkedMs = nowMs;
    return cached.biller;
  };

  return {
    partners,
    load,
    loadBySlug: async (slug) => {
      const known = slugs.get(slug);
      const biller = known === undefined ? undefined : await load(known);
      if (biller?.slug === slug) return biller;
      const bid = await platform.database.withSystem((tx) => findBidOfSlug(tx, slug));
      if (bid === undefined) return undefined;
      keep(slugs, slug, bid, SLUGS_CACHED_MAX);
      return load(bid);
    },
    list: () => platform.database.withSystem((tx) => listBillers(tx)),
    connectionFor: connections(platform, partners),
    partnerOf: (biller) => partnerOf(partners, biller),
    forget,
    listening: listener.started,
    close: listener.close,
  };
}

/** Makes connections with data keys kept in memory: a key never changes, only what wraps it. */
function connections(platform: BillersPlatform, partners: Partners): Billers['connectionFor'] {
  const keys = new Map<number, DataKey>();
  return async (biller, operation, from) => {
    const kept = keys.get(biller.bid);
    const dataKey =
      kept ?? (await platform.database.withBiller(biller.bid, (tx) => dataKeyOf(tx, platform.keyring, biller.bid)));
    keep(keys, biller.bid, dataKey, KEYS_CACHED_MAX);
    return connectionFor({ biller, partner: partnerOf(partners, biller), dataKey, operation, from });
  };
}

function partnerOf(partners: Partners, biller: Biller): Partner | undefined {
  return partners.get(biller.configuration.profile.integrationPartner);
}

/** Keeps an entry as the newest; the oldest leaves when there are too many. */
function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, max: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= max) break;
    map.delete(oldest);
  }
}
