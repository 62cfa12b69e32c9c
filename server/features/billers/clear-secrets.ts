import type { Configuration, SettingValue } from './configuration.ts';
import { endpointSettings, SIGN_IN_SETTING } from './settings-catalogue.ts';

const ENVIRONMENTS = [1, 2] as const;
type Environment = (typeof ENVIRONMENTS)[number];

/**
 * Takes away each stored secret whose endpoint now leads to another host or is gone, unless a new one came in the same
 * save: else whoever may change an address could have the partner's password sent to a server of their own
 * (spec/configuration.md, "Secrets"). Setting 88 is where all of a partner's logins go. A first address, where there was
 * none, takes the stored secrets along only if `isFirstAddressTrusted` (who saves may write secrets). Pure; answers the
 * numbers of the settings it cleared.
 */
export function clearSecretsOfChangedHosts(
  current: Configuration,
  next: Configuration,
  isFirstAddressTrusted: boolean,
): { readonly next: Configuration; readonly cleared: readonly number[] } {
  const cleared = Object.values(endpointSettings)
    .filter(({ url, password }) =>
      ENVIRONMENTS.some((environment) => {
        const leadsElsewhere = [url, SIGN_IN_SETTING].some((number) => {
          const from = originOf(current.advancedSettings[String(number)], environment);
          const to = originOf(next.advancedSettings[String(number)], environment);
          return from !== to && !(from === undefined && isFirstAddressTrusted);
        });
        return leadsElsewhere && isKept(current, next, password, environment);
      }),
    )
    .map(({ password }) => password);
  if (cleared.length === 0) return { next, cleared };
  const advancedSettings = Object.fromEntries(
    Object.entries(next.advancedSettings).filter(([number]) => !cleared.includes(Number(number))),
  );
  return { next: { ...next, advancedSettings }, cleared };
}

/** Whether the secret that goes there in that environment is one that was stored before. */
function isKept(current: Configuration, next: Configuration, number: number, environment: Environment): boolean {
  const before = new Set(ENVIRONMENTS.flatMap((each) => fingerprints(current.advancedSettings[String(number)], each)));
  return fingerprints(next.advancedSettings[String(number)], environment).some((fingerprint) =>
    before.has(fingerprint),
  );
}

/** Scheme, host and port: the same host without TLS is another place. */
function originOf(value: SettingValue | undefined, environment: Environment): string | undefined {
  const text = value?.kind === 'text' ? value.value : value?.kind === 'pair' ? value[`environment${environment}`] : '';
  return text !== '' && URL.canParse(text) ? new URL(text).origin : undefined;
}

function fingerprints(value: SettingValue | undefined, environment: Environment): readonly string[] {
  if (value?.kind === 'secret') return [value.secret.fingerprint];
  if (value?.kind === 'secretPair') return [value[`environment${environment}`].fingerprint];
  if (value?.kind === 'keyAndPassword') return [value.privateKey.fingerprint, value.password.fingerprint];
  return [];
}
