import { z } from 'zod';

/** Bodies and answers of sign-in, staff users and API credentials. */
const email = z.string().trim().min(3).max(255);

export const signInBody = z.strictObject({ email, password: z.string().min(1).max(1000) });
/** One way of proving again who one is; others stand beside the password. */
export const proveBody = z.strictObject({ password: z.string().min(1).max(1000) });
export type ProveBody = z.infer<typeof proveBody>;
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
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;

export const acceptInvitationBody = z.strictObject({
  token: z.string().min(20).max(100),
  password: z.string().min(1).max(1000),
});
export const acceptInvitationAnswer = z.object({ email: z.string() });

export const staffUserSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  bid: z.int().nullable(),
  state: z.enum(['invited', 'active', 'disabled']),
  createdAt: z.string(),
});
export const staffUserParams = z.object({ id: z.uuid() });
export const listStaffUsersQuery = z.object({
  cursor: z.string().max(255).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const listStaffUsersAnswer = z.object({ items: z.array(staffUserSchema), nextCursor: z.string().nullable() });
export const createStaffUserBody = z.strictObject({
  email,
  name: z.string().trim().min(1).max(120),
  roles: z.array(z.string().max(60)).min(1).max(5),
  bid: z.int().min(1).nullable(),
});
export const invitationAnswer = z.object({
  userId: z.string(),
  email: z.string(),
  link: z.string().describe('Told once; 7 days'),
  expiresAt: z.string(),
});
export const rolesAnswer = z.object({
  items: z.array(z.object({ name: z.string(), of: z.enum(['causeway', 'biller']), permissions: z.array(z.string()) })),
});

export const credentialParams = z.object({ bid: z.coerce.number().int().min(1).max(2_147_483_647) });
export const oneCredentialParams = credentialParams.extend({ id: z.uuid() });
export const createCredentialBody = z.strictObject({
  name: z.string().trim().min(1).max(80),
  scopes: z.array(z.string().max(40)).min(1).max(20),
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
    }),
  ),
  nextCursor: z.null(),
});
