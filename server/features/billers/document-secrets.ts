import {
  type Configuration,
  type ConfigurationOf,
  type ConfigurationView,
  SECRET_MARK,
  type Sealed,
  type SettingValueOf,
  type ShownSecret,
} from './configuration.ts';

/**
 * The same document with each secret replaced. `place` names where a secret is kept, without the biller
 * (`advancedSettings.10.password`, `ftp.users.imtftp`): it binds the sealed value to its place.
 */
export function mapSecrets<From, To>(
  document: ConfigurationOf<From>,
  map: (secret: From, place: string) => To,
): ConfigurationOf<To> {
  return {
    ...document,
    advancedSettings: Object.fromEntries(
      Object.entries(document.advancedSettings).map(([number, value]) => [
        number,
        mapSettingSecrets(number, value, map),
      ]),
    ),
    ftp: {
      ...document.ftp,
      users: document.ftp.users.map((user) => ({
        ...user,
        password: user.password === null ? null : map(user.password, `ftp.users.${user.username}`),
      })),
    },
  };
}

/** The same for one Advanced Setting. */
export function mapSettingSecrets<From, To>(
  number: string,
  value: SettingValueOf<From>,
  map: (secret: From, place: string) => To,
): SettingValueOf<To> {
  const place = `advancedSettings.${number}`;
  switch (value.kind) {
    case 'secret':
      return { kind: value.kind, secret: map(value.secret, place) };
    case 'secretPair':
      return {
        kind: value.kind,
        environment1: map(value.environment1, `${place}.environment1`),
        environment2: map(value.environment2, `${place}.environment2`),
      };
    case 'keyAndPassword':
      return {
        kind: value.kind,
        privateKey: map(value.privateKey, `${place}.privateKey`),
        password: map(value.password, `${place}.password`),
      };
    case 'text':
    case 'pair':
    case 'onOff':
    case 'json':
      return value;
    default:
      throw new Error(`unknown kind of setting: ${JSON.stringify(value satisfies never)}`);
  }
}

/** Every secret of a document by its place. */
export function secretsOf(document: Configuration): ReadonlyMap<string, Sealed> {
  const found = new Map<string, Sealed>();
  mapSecrets<Sealed, null>(document, (sealed, place) => {
    found.set(place, sealed);
    return null;
  });
  return found;
}

/** The document as any screen, answer, export or diff may show it. */
export function redact(document: Configuration): ConfigurationView {
  return mapSecrets<Sealed, ShownSecret>(document, showSecret);
}

/** `••••` with the fingerprint, in place of a sealed value. */
export function showSecret(sealed: Sealed): ShownSecret {
  return { shown: SECRET_MARK, fingerprint: sealed.fingerprint };
}
