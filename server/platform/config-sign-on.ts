import fs from 'node:fs';
import { Secret } from './secrets.ts';

const SECRET_LENGTH_MIN = 8;

/** The operator's OpenID Connect provider for staff. */
export interface SignOnProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  readonly label: string;
  /** It is trusted to ask for a second factor itself. */
  readonly isSecondFactor: boolean;
}

/** The provider the environment names; undefined where it names none. What is wrong or half said goes to `faults`. */
export function signOnOf(from: {
  issuer: string | undefined;
  clientId: string | undefined;
  secretText: string | undefined;
  secretFile: string | undefined;
  label: string;
  isSecondFactor: boolean;
  isPrivateAllowed: boolean;
  faults: string[];
}): SignOnProvider | undefined {
  const { issuer, clientId, label, isSecondFactor } = from;
  if (issuer === undefined) {
    if (clientId !== undefined || from.secretText !== undefined || from.secretFile !== undefined)
      from.faults.push('CAUSEWAY_OIDC_ISSUER is missing: the other CAUSEWAY_OIDC_… variables need it.');
    return undefined;
  }
  if (issuer.startsWith('http:') && !from.isPrivateAllowed)
    from.faults.push('CAUSEWAY_OIDC_ISSUER: must begin with https://, because people’s sign-in depends on it.');
  if (clientId === undefined) {
    from.faults.push('CAUSEWAY_OIDC_CLIENT_ID is missing: the provider gives it when Causeway is registered there.');
    return undefined;
  }
  const secret = from.secretText ?? secretIn(from.secretFile, from.faults);
  return {
    issuer,
    clientId,
    clientSecret: secret === undefined ? undefined : new Secret(secret),
    label,
    isSecondFactor,
  };
}

function secretIn(file: string | undefined, faults: string[]): string | undefined {
  if (file === undefined) return undefined;
  try {
    const text = fs.readFileSync(file, 'utf8').trim();
    if (text.length < SECRET_LENGTH_MIN)
      throw new Error(`it holds no secret of ${SECRET_LENGTH_MIN} characters or more`);
    return text;
  } catch (cause) {
    faults.push(
      `CAUSEWAY_OIDC_CLIENT_SECRET_FILE: ${file} can't be used: ${cause instanceof Error ? cause.message : cause}.`,
    );
    return undefined;
  }
}
