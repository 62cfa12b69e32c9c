import type { Configuration, Sealed, SettingValue } from './configuration.ts';
import { endpointSettings, SIGN_IN_SETTING } from './settings/settings-catalogue.ts';

const ENVIRONMENTS = [1, 2] as const;
type Environment = (typeof ENVIRONMENTS)[number];

/**
 * Takes away each stored secret whose endpoint now leads to another host or is gone, unless a new one came in the same
 * save (one that is the same as before counts, since who typed it knows it): else whoever may change an address could have the partner's password sent to a server of their own
 * (spec/configuration.md, "Secrets"). Setting 88 is where all of a partner's logins go. A first address, where there was
 * none, takes the stored secrets along only if `isFirstAddressTrusted` (who saves may write secrets). `brought` are the places
 * of the secrets that came in this save. Pure; answers the
 * numbers of the settings it cleared.
 */
export function clearSecretsOfChangedHosts(
  current: Configuration,
  next: Configuration,
  told: { readonly isFirstAddressTrusted: boolean; readonly brought?: ReadonlySet<string> },
): { readonly next: Configuration; readonly cleared: readonly number[] } {
  const cleared = Object.values(endpointSettings)
    .filter(({ url, password }) =>
      ENVIRONMENTS.some((environment) => {
        const leadsElsewhere = [url, SIGN_IN_SETTING].some((number) => {
          const from = originOf(current.advancedSettings[String(number)], environment);
          const to = originOf(next.advancedSettings[String(number)], environment);
          return from !== to && !(from === undefined && told.isFirstAddressTrusted);
        });
        return (
          leadsElsewhere && isKept(current, next, { number: password, environment, brought: told.brought ?? new Set() })
        );
      }),
    )
    .map(({ password }) => password);
  if (cleared.length === 0) return { next, cleared };
  const advancedSettings = Object.fromEntries(
    Object.entries(next.advancedSettings).filter(([number]) => !cleared.includes(Number(number))),
  );
  return { next: { ...next, advancedSettings }, cleared };
}

/** Whether the secret that goes there in that environment is one that was stored before and did not come in this save. */
function isKept(
  current: Configuration,
  next: Configuration,
  of: { number: number; environment: Environment; brought: ReadonlySet<string> },
): boolean {
  const number = String(of.number);
  const before = new Set(
    ENVIRONMENTS.flatMap((each) =>
      secretsAt(number, current.advancedSettings[number], each).map((one) => one.fingerprint),
    ),
  );
  return secretsAt(number, next.advancedSettings[number], of.environment).some(
    ({ place, fingerprint }) => before.has(fingerprint) && !of.brought.has(place),
  );
}

/** Scheme, host and port: the same host without TLS is another place. */
function originOf(value: SettingValue | undefined, environment: Environment): string | undefined {
  const text = value?.kind === 'text' ? value.value : value?.kind === 'pair' ? value[`environment${environment}`] : '';
  return text !== '' && URL.canParse(text) ? new URL(text).origin : undefined;
}

function secretsAt(
  number: string,
  value: SettingValue | undefined,
  environment: Environment,
): readonly { place: string; fingerprint: string }[] {
  const at = `advancedSettings.${number}`;
  const one = (sealed: Sealed, part = '') => ({ place: `${at}${part}`, fingerprint: sealed.fingerprint });
  if (value?.kind === 'secret') return [one(value.secret)];
  if (value?.kind === 'secretPair') return [one(value[`environment${environment}`], `.environment${environment}`)];
  if (value?.kind === 'keyAndPassword') return [one(value.privateKey, '.privateKey'), one(value.password, '.password')];
  return [];
}
