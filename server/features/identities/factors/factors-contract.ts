import { z } from 'zod';

/** Bodies and answers of second factors, passkeys and sign-on. */
const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/);
const code = z.string().trim().min(4).max(40);
const transports = z.array(z.string().max(20)).max(8);

/** What `navigator.credentials.get` gave, as JSON. */
export const passkeyAnswer = z.object({
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(6000),
    authenticatorData: base64url(6000),
    signature: base64url(6000),
    userHandle: base64url(200).optional(),
  }),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.looseObject({}),
});
/** What `navigator.credentials.create` gave, as JSON. */
export const passkeyMade = z.object({
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(6000),
    attestationObject: base64url(40_000),
    authenticatorData: base64url(20_000).optional(),
    transports: transports.optional(),
    publicKeyAlgorithm: z.int().optional(),
    publicKey: base64url(6000).optional(),
  }),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.looseObject({}),
});

/** What a browser is asked: made by the server’s library, read by the browser’s. */
export const passkeyOptions = z.looseObject({ challenge: z.string() });

export const SECOND_STEPS = ['passkey', 'totp', 'recovery-code'] as const;
export type SecondStepName = (typeof SECOND_STEPS)[number];
export const halfAnswer = z.object({
  email: z.string(),
  methods: z.array(z.enum(SECOND_STEPS)).describe('What this person can show now, the easiest first'),
});
export type HalfAnswer = z.infer<typeof halfAnswer>;
export const secondStepBody = z.union([
  z.strictObject({ totp: code }),
  z.strictObject({ recoveryCode: code }),
  z.strictObject({ passkey: passkeyAnswer }),
]);
export const passkeySignInBody = z.strictObject({ passkey: passkeyAnswer });

export const waysAnswer = z.object({
  signOn: z.object({ label: z.string(), startUrl: z.string() }).nullable(),
  passkeys: z.object({
    isThere: z.boolean(),
    why: z.string().describe('Why there are none here; empty where there are'),
  }),
});

export const ownSecurityAnswer = z.object({
  hasPassword: z.boolean(),
  mustHaveFactor: z.boolean().describe('The operator asks this person for a second factor'),
  totpSince: z.string().nullable(),
  passkeys: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      createdAt: z.string(),
      lastUsedAt: z.string().nullable(),
      isBackedUp: z.boolean().describe('Kept by the maker of the phone or computer, and on other devices too'),
    }),
  ),
  recoveryCodesLeft: z.int(),
  signOn: z
    .object({ label: z.string(), email: z.string().nullable(), linkedAt: z.string().nullable() })
    .nullable()
    .describe('The provider, and who the person is there; null where no provider is set up'),
  passkeysHere: z.object({ isThere: z.boolean(), why: z.string() }),
});
export const totpStartAnswer = z.object({
  key: z.string().describe('Told once'),
  uri: z.string(),
  qrSvg: z.string(),
});
export const codeBody = z.strictObject({ code });
export const recoveryCodesAnswer = z.object({
  recoveryCodes: z.array(z.string()).describe('Told once; empty where the ones there are stay'),
});
export const passkeyNameBody = z.strictObject({ name: z.string().trim().min(1).max(60) });
export const addPasskeyBody = z.strictObject({ name: z.string().trim().min(1).max(60), passkey: passkeyMade });
export const newPasskeyAnswer = recoveryCodesAnswer.extend({ id: z.string() });
export const oneParams = z.object({ id: z.uuid() });
export const resetFactorsBody = z.strictObject({ reason: z.string().trim().min(3).max(500) });

export const userFactorsAnswer = z.object({
  totpSince: z.string().nullable(),
  passkeys: z.int(),
  recoveryCodesLeft: z.int(),
  mustHaveFactor: z.boolean(),
  signOnEmail: z.string().nullable().describe('As at the first sign-on through the provider; null where not linked'),
});

/** What a provider sends back. Some add fields of their own; those are handed to the check as they came. */
export const callbackQuery = z.looseObject({
  code: z.string().max(4000).optional(),
  state: z.string().max(300).optional(),
  iss: z.string().max(1000).optional(),
  error: z.string().max(300).optional(),
});
export const startQuery = z.object({ back: z.string().max(2000).optional() });
