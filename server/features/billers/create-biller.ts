import { recordAudit } from '../../platform/audit.ts';
import type { Actor } from './actor.ts';
import { type Biller, insertBiller, insertVersion, notifyChange } from './biller-store.ts';
import { type ConfigurationDraft, SECTION_NAMES } from './configuration.ts';
import { defaultConfiguration } from './default-configuration.ts';
import { keepFtpUsers } from './ftp/ftp-users.ts';
import { refuseBiller } from './problems.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import { checkConfiguration } from './rules/rules.ts';
import { type BillersDeps, refuseErrors, validated } from './save-configuration.ts';
import { dataKeyOf } from './sealed-keys.ts';

const SLUG = /^[a-z0-9][a-z0-9-]{1,62}$/;
/** First parts of the server's own addresses, and some kept for later: a biller of that name would not be reached. */
const RESERVED_SLUGS: ReadonlySet<string> = new Set([
  ...['api', 'assets', 'docs', 'health', 'inbox', 'metrics', 'openapi', 'payer-assets', 'sso', 'staff', 'static'],
  ...['admin', 'favicon', 'login', 'robots', 'sftp', 'status', 'well-known'],
]);
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const BID_MAX = 2_147_483_647;

export interface NewBiller {
  readonly bid: number;
  readonly name: string;
  /** The biller's place in payer URLs; made from the name when absent. */
  readonly slug?: string;
  /** The BillerGuid; a new one when absent. */
  readonly guid?: string;
  /** Sections that differ from the default (default-configuration.ts). */
  readonly configuration?: Partial<ConfigurationDraft>;
  readonly by: Actor;
}

/** Makes a biller with version 1 of its configuration, its data key and the audit event, in one transaction. */
export async function createBiller(deps: BillersDeps, from: NewBiller): Promise<Biller> {
  const slug = from.slug ?? slugOf(from.name, from.bid);
  const guid = (from.guid ?? deps.random.uuid()).toLowerCase();
  refuseInvalid({ bid: from.bid, name: from.name, slug, guid });
  const base = defaultConfiguration({
    name: from.name,
    integrationPartner: [...deps.partners.keys()][0] ?? '',
    invoiceFormatGuid: deps.random.uuid(),
  });
  try {
    const biller = await deps.database.withBiller(from.bid, async (tx) => {
      const dataKey = await dataKeyOf(tx, deps.keyring, from.bid);
      const configuration = validated(
        resolveSecrets({ draft: { ...base, ...from.configuration }, known: [], bid: from.bid, dataKey }),
      );
      refuseErrors(checkConfiguration(configuration, deps.partners));
      await insertBiller(tx, { bid: from.bid, slug, name: from.name, guid, createdAt: deps.clock.now() });
      await insertVersion(tx, from.bid, {
        version: 1,
        document: configuration,
        sections: SECTION_NAMES,
        changedBy: from.by.name,
        changedAt: deps.clock.now(),
        reason: 'The biller was created.',
        restoredFrom: null,
      });
      refuseErrors(await keepFtpUsers(tx, from.bid, configuration.ftp));
      await notifyChange(tx, from.bid);
      await recordAudit(tx, {
        at: deps.clock.now(),
        bid: from.bid,
        actorKind: from.by.kind,
        actor: from.by.name,
        act: 'biller.created',
        subject: `biller/${from.bid}`,
        detail: { name: from.name, slug, guid },
      });
      return { bid: from.bid, slug, name: from.name, guid, version: 1, configuration };
    });
    deps.billers?.forget(from.bid);
    return biller;
  } catch (cause) {
    throw existing(cause) ?? cause;
  }
}

/** A name in an address: small letters, digits and hyphens. */
export function slugOf(name: string, bid: number): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  return plain.length >= 2 && !RESERVED_SLUGS.has(plain) ? plain : `biller-${bid}`;
}

/** What a unique constraint says, in words; undefined when it is something else. */
export function existing(cause: unknown): Error | undefined {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code !== '23505') return undefined;
  const constraint = 'constraint' in cause ? String(cause.constraint) : '';
  const what = constraint.includes('slug')
    ? 'slug'
    : constraint.includes('guid')
      ? 'BillerGuid'
      : constraint === 'biller_pkey'
        ? 'BID'
        : undefined;
  return what === undefined ? undefined : refuseBiller('biller-exists', { what }, cause);
}

/** Refuses a name, slug or GUID that the database would, in words. */
export function refuseInvalid(biller: { bid: number; name: string; slug: string; guid: string }): void {
  const faults = [
    ...(Number.isSafeInteger(biller.bid) && biller.bid > 0 && biller.bid <= BID_MAX
      ? []
      : [{ at: 'bid', message: 'must be a whole number from 1' }]),
    ...(biller.name.trim() !== '' && biller.name.length <= 120
      ? []
      : [{ at: 'name', message: 'must have 1 to 120 characters' }]),
    ...(SLUG.test(biller.slug) ? [] : [{ at: 'slug', message: 'must be 2 to 63 small letters, digits or hyphens' }]),
    ...(RESERVED_SLUGS.has(biller.slug)
      ? [{ at: 'slug', message: `“${biller.slug}” is an address of the server itself; choose another` }]
      : []),
    ...(GUID.test(biller.guid) ? [] : [{ at: 'guid', message: 'must be a GUID' }]),
  ];
  if (faults.length > 0)
    throw refuseBiller('biller-not-valid', {
      summary: faults.map((fault) => `${fault.at} ${fault.message}`).join('; '),
      faults,
    });
}
