import { z } from 'zod';
import { PERMISSIONS } from '../../platform/access.ts';
import { storableInstantText } from '../../platform/storable-time.ts';
import { passkeyAnswer } from './factors/factors-contract.ts';

/** Bodies and answers of sign-in, staff users and API credentials. */
const email = z.string().trim().min(3).max(255);
/** One line in lists and emails, read in the order it was typed: no control and no mark that turns the direction of text. */
const personName = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .refine((name) => !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(name), 'must be one line of text');

export const signInBody = z.strictObject({ email, password: z.string().min(1).max(1000) });
/** One way of proving again who one is. */
export const proveBody = z.union([
  z.strictObject({ password: z.string().min(1).max(1000) }),
  z.strictObject({ totp: z.string().trim().min(4).max(40) }),
  z.strictObject({ passkey: passkeyAnswer }),
]);
export const proveAnswer = z.object({
  provenAt: z.string(),
  until: z.string().describe('Acts on secrets, money and users ask again after this'),
});
export const sessionAnswer = z.object({
  user: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    bid: z.int().nullable().describe('Null: works for every biller'),
  }),
  permissions: z.array(z.string()),
  csrfToken: z.string().describe('Send it back as x-csrf-token with every change'),
  mustEnrol: z.boolean().describe('True: nothing opens before a second factor is set up'),
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;

export const acceptInvitationBody = z.strictObject({
  token: z.string().min(20).max(100),
  password: z.string().min(1).max(1000),
});
export const acceptInvitationAnswer = z.object({ email: z.string() });

export const askResetBody = z.strictObject({ email });
export const askResetAnswer = z.object({ minutes: z.int().describe('How long the link in the email holds') });
export const changePasswordBody = z.strictObject({
  oldPassword: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('Proves who it is; needless within 15 minutes of another proof'),
  password: z.string().min(1).max(1000),
});
export const sessionsEndedAnswer = z.object({ sessionsEnded: z.int() });

export const staffSessionSchema = z.object({
  id: z.string(),
  device: z.string().describe('Browser and system, as the browser tells: a hint'),
  address: z.string().nullable(),
  createdAt: z.string(),
  lastSeenAt: z.string().describe('To the minute'),
  expiresAt: z.string(),
  provenAt: z.string(),
  provenBy: z.enum(['password', 'totp', 'passkey', 'oidc']),
  isThis: z.boolean().describe('The session that asks'),
});
export const sessionsAnswer = z.object({ items: z.array(staffSessionSchema), nextCursor: z.null() });
export const sessionParams = z.object({ id: z.uuid() });

export const staffUserSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  bid: z.int().nullable(),
  state: z.enum(['invited', 'active', 'disabled']),
  createdAt: z.string(),
  lastSeenAt: z.string().nullable().describe('The last request of any session; null: never signed in, or long ago'),
  invitedUntil: z.string().nullable().describe('While an invitation is open or has just expired; null: none'),
});
export const staffUserParams = z.object({ id: z.uuid() });
export const listStaffUsersQuery = z.object({
  cursor: z.string().max(255).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const listStaffUsersAnswer = z.object({ items: z.array(staffUserSchema), nextCursor: z.string().nullable() });
export const createStaffUserBody = z.strictObject({
  email,
  name: personName,
  roles: z.array(z.string().max(60)).min(1).max(5),
  bid: z.int().min(1).max(2_147_483_647).nullable(),
});
export const userSessionParams = staffUserParams.extend({ sessionId: z.uuid() });
export const userHistoryQuery = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
/** What was done to a user, and what they did about themselves. */
export const userHistoryAnswer = z.object({
  items: z.array(
    z.object({
      seq: z.int(),
      at: z.string(),
      actor: z.string(),
      act: z.string(),
      reason: z.string().nullable(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
  nextCursor: z.string().nullable(),
});
export const changeStaffUserBody = z.strictObject({
  name: personName,
  roles: z.array(z.string().max(60)).min(1).max(5),
  expectedRoles: z.array(z.string().max(60)).max(20).describe('As they were shown'),
});
export const invitationAnswer = z.object({
  userId: z.string(),
  email: z.string(),
  link: z.string().nullable().describe('Told once; null where it went by email'),
  expiresAt: z.string().nullable(),
});
export const rolesAnswer = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      of: z.enum(['causeway', 'biller']),
      permissions: z.array(z.enum(PERMISSIONS)),
      isYoursToGive: z.boolean().describe('Nobody gives a right they do not have themselves'),
    }),
  ),
});

export const credentialParams = z.object({ bid: z.coerce.number().int().min(1).max(2_147_483_647) });
export const oneCredentialParams = credentialParams.extend({ id: z.uuid() });
export const createCredentialBody = z.strictObject({
  name: z.string().trim().min(1).max(80),
  scopes: z.array(z.string().max(40)).min(1).max(20),
  expiresAt: storableInstantText
    .nullable()
    .default(null)
    .describe('After this it is refused; null: in force until it is revoked'),
});
export const newCredentialAnswer = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  token: z.string().describe('Told once: keep it now'),
});
export const credentialsAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      scopes: z.array(z.string()),
      createdBy: z.string(),
      createdAt: z.string(),
      lastUsedAt: z.string().nullable().describe('To the minute'),
      revokedAt: z.string().nullable(),
      expiresAt: z.string().nullable(),
      isInForce: z.boolean(),
    }),
  ),
  nextCursor: z.null(),
});
