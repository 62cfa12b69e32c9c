import { recordAudit } from '../../../platform/audit.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { Actor } from '../actor.ts';
import {
  type ConfigurationOf,
  type JweSecret,
  SECTION_NAMES,
  type Sealed,
  type SectionName,
  type ShownSecret,
} from '../configuration.ts';
import { mapSecrets, secretsOf, showSecret } from '../document-secrets.ts';
import { type OperateDeps, requireBiller } from '../operate-configuration.ts';
import { dataKeyOf, openFor } from '../sealed-keys.ts';
import type { ConfigurationExport } from './contract.ts';
import { exchangeKeyOf, readPublicKey } from './exchange-key.ts';
import { sealSecret } from './seal-secret.ts';

export type ExportDeps = OperateDeps & Pick<Platform, 'config'>;

/**
 * A configuration, or sections of it, as a file for another installation. Its secrets are fingerprints; with `sealTo` they
 * are sealed to that installation's public key, and the file is as good as the secrets to who holds its private key.
 */
export async function exportConfiguration(
  deps: ExportDeps,
  from: { bid: number; sections?: readonly SectionName[]; sealTo?: string; by?: Actor },
): Promise<ConfigurationExport> {
  const { bid, version, configuration } = await requireBiller(deps, from.bid);
  const sections = SECTION_NAMES.filter((name) => from.sections?.includes(name) ?? true);
  const to = from.sealTo === undefined ? undefined : await readPublicKey(from.sealTo);
  const sealed =
    to === undefined ? new Map<string, JweSecret>() : await sealAll(deps, bid, to, secretsOf(configuration));
  const document = mapSecrets<Sealed, ShownSecret | JweSecret>(
    configuration,
    (secret, place) => sealed.get(place) ?? showSecret(secret),
  ) as ConfigurationOf<ShownSecret | JweSecret>;
  if (from.by) await recordExport(deps, { bid, version, sections, sealedTo: to?.id, by: from.by });
  return {
    causeway: 'configuration',
    bid,
    version,
    exportedAt: deps.clock.now().toString({ fractionalSecondDigits: 3 }),
    ...(to && { sealedTo: to.id, issuer: (await exchangeKeyOf(deps)).installation }),
    sections: Object.fromEntries(sections.map((name) => [name, document[name]])),
  };
}

async function sealAll(
  deps: ExportDeps,
  bid: number,
  to: { id: string; key: CryptoKey | Uint8Array },
  secrets: ReadonlyMap<string, Sealed>,
): Promise<Map<string, JweSecret>> {
  const { installation: issuer } = await exchangeKeyOf(deps);
  const dataKey = await deps.database.withBiller(bid, (tx) => dataKeyOf(tx, deps.keyring, bid));
  const sealed = new Map<string, JweSecret>();
  for (const [place, secret] of secrets) {
    const opened = openFor(dataKey, bid, place, secret);
    sealed.set(place, { sealedTo: to.id, jwe: await sealSecret(to, { bid, place, issuer }, opened) });
  }
  return sealed;
}

async function recordExport(
  deps: ExportDeps,
  told: { bid: number; version: number; sections: readonly SectionName[]; sealedTo: string | undefined; by: Actor },
): Promise<void> {
  await deps.database.withBiller(told.bid, (tx) =>
    recordAudit(tx, {
      at: deps.clock.now(),
      bid: told.bid,
      actorKind: told.by.kind,
      actor: told.by.name,
      act: told.sealedTo === undefined ? 'configuration.exported' : 'configuration.exported-with-secrets',
      subject: `configuration/${told.version}`,
      detail: { sections: told.sections, ...(told.sealedTo !== undefined && { sealedTo: told.sealedTo }) },
    }),
  );
}
