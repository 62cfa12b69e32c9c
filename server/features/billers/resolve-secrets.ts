import type { DataKey } from '../../platform/secrets.ts';
import { fingerprintOf } from '../../platform/secrets.ts';
import type { Configuration, ConfigurationDraft, Sealed, SecretEntry } from './configuration.ts';
import { mapSecrets, secretsOf } from './document-secrets.ts';
import { refuseBiller } from './problems.ts';
import { sealFor } from './sealed-keys.ts';

/**
 * Turns a draft into a document: new secrets are sealed, those sent back as shown are taken from `known` documents, and
 * sealed ones stay. The same secret typed again keeps its sealed value, so that it is no change. Refuses a "keep it"
 * for which there is nothing to keep.
 */
export function resolveSecrets(from: {
  draft: ConfigurationDraft;
  known: readonly Configuration[];
  bid: number;
  dataKey: DataKey;
}): Configuration {
  const known = from.known.map(secretsOf);
  const unknown: string[] = [];
  const lookUp = (place: string, fingerprint: string): Sealed | undefined =>
    known.map((secrets) => secrets.get(place)).find((sealed) => sealed?.fingerprint === fingerprint);
  const resolved = mapSecrets<SecretEntry, Sealed>(from.draft, (entry, place) => {
    if ('sealed' in entry) return entry;
    if ('set' in entry) {
      return lookUp(place, fingerprintOf(from.dataKey, entry.set)) ?? sealFor(from.dataKey, from.bid, place, entry.set);
    }
    const kept = lookUp(place, entry.fingerprint);
    if (!kept) unknown.push(place);
    return kept ?? { sealed: '', fingerprint: entry.fingerprint };
  });
  if (unknown.length > 0) {
    throw refuseBiller('secret-not-known', {
      faults: unknown.map((at) => ({ at, message: 'There is no such secret to keep; type it.' })),
    });
  }
  return resolved;
}

/** Whether a draft brings a secret of its own, which needs a right of its own. */
export function bringsSecrets(draft: Partial<ConfigurationDraft>): boolean {
  return broughtPlaces(draft).size > 0;
}

/** The places of the secrets a draft brings. */
export function broughtPlaces(draft: Partial<ConfigurationDraft>): ReadonlySet<string> {
  const found = new Set<string>();
  mapSecrets<SecretEntry, null>(
    {
      ...({
        ftp: { users: [], pdfSettings: [], zipSettings: [] },
        advancedSettings: {},
      } as unknown as ConfigurationDraft),
      ...draft,
    },
    (entry, place) => {
      if ('set' in entry) found.add(place);
      return null;
    },
  );
  return found;
}
