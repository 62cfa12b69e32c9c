import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/browser';

/** The browser's side of passkeys, loaded when somebody asks for one. */
const browser = () => import('@simplewebauthn/browser');

/** Asks the person for a passkey. What the browser refuses is thrown in words for the reader. */
export async function showPasskey(options: unknown): Promise<AuthenticationResponseJSON> {
  const { startAuthentication } = await browser();
  return startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON }).catch(inWords);
}

/** Asks the person to make a passkey on this machine or a phone or key. */
export async function makePasskey(options: unknown): Promise<RegistrationResponseJSON> {
  const { startRegistration } = await browser();
  return startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON }).catch(inWords);
}

function inWords(cause: unknown): never {
  // The library wraps the browser's error; the name of the innermost says what happened.
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const name = inner instanceof Error ? inner.name : '';
  throw new Error(SENTENCES[name] ?? OTHERWISE, { cause });
}

const OTHERWISE = 'The browser could not do this. If it has no passkeys, use another way; otherwise try once more.';
const SENTENCES: Readonly<Record<string, string>> = {
  NotAllowedError: 'No passkey was given: it was cancelled, or took too long. Nothing was changed; try again.',
  AbortError: 'No passkey was given: it was cancelled. Nothing was changed; try again.',
  InvalidStateError: 'This device has a passkey for your user already. Use that one, or choose another device.',
  SecurityError: 'The browser gives no passkeys to this address. Open Causeway by its name over https.',
  NotSupportedError: 'This device can’t make a passkey that asks for your finger, face or PIN. Choose another device.',
};
