import type { Clock } from './clock.ts';
import { refuse } from './problems.ts';

/** How long a proof of who one is lasts for acts on secrets, money and users. */
export const PROOF_MINUTES_MAX = 15;

/** What a member of staff can prove who they are with. */
export type ProofMethod = 'password' | 'totp' | 'passkey' | 'oidc';

/** Who is asking: a partner's bearer credential (of one biller), or a member of staff with a session. */
export type Principal =
  | {
      readonly kind: 'credential';
      readonly bid: number;
      readonly credentialId: string;
      readonly name: string;
      readonly scopes: readonly Scope[];
    }
  | {
      readonly kind: 'staff';
      readonly userId: string;
      readonly email: string;
      readonly name: string;
      readonly permissions: ReadonlySet<Permission>;
      /** Null for Causeway's own staff, who work for every biller. */
      readonly bid: number | null;
      readonly csrfToken: string;
      /** Names the session on screen and in records; worth nothing to whoever reads it. */
      readonly sessionId: string;
      /** When this session last proved who it is; sign-in is the first proof. */
      readonly provenAt: Temporal.Instant;
      /** What this person could prove it with now. */
      readonly proofMethods: readonly ProofMethod[];
      /** Must set up a second factor before anything else: the operator asks for one, and there is none yet. */
      readonly isEnrolling?: true;
    };

/** What a credential may be allowed to do. */
export const SCOPES = [
  'invoices:write',
  'invoices:read',
  'accounts:read',
  'balances:refresh',
  'payments:read',
] as const;
export type Scope = (typeof SCOPES)[number];

/** What a member of staff may be allowed to do; roles are sets of these (features/identities/staff/roles.ts). */
export const PERMISSIONS = [
  'billers:read',
  'billers:create',
  'configuration:read',
  'configuration:write',
  'secrets:write',
  /** May create FTP users and settings; a right of its own, besides changing the configuration. */
  'ftp:write',
  'maintenance:write',
  'accounts:read',
  /** May block and allow methods of payment for an account, where setting 32 leaves that to staff. */
  'accounts:write',
  'balances:refresh',
  'invoices:read',
  'invoices:upload',
  'payments:read',
  'deliveries:read',
  'deliveries:operate',
  'deliveries:decide',
  'deliveries:approve',
  'reconciliation:read',
  'reconciliation:run',
  'credentials:manage',
  'users:manage',
  'audit:read',
  'operations:read',
  'operations:write',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/**
 * What a route asks of who calls it. Every route must say: one that does not fails when the server starts.
 * `public`: nobody in particular. `signed-in`: any staff session. `any-of`: a credential with the scope, or staff with
 * the permission; either must belong to the biller in the path, or to none. `isProofRecent`: staff must have proven who
 * they are within 15 minutes (`requireRecentProof`); a credential is its own proof with each call.
 */
export type Access =
  | { readonly kind: 'public' }
  | { readonly kind: 'signed-in'; readonly isOpenWhileEnrolling?: true }
  | {
      readonly kind: 'any-of';
      readonly scope?: Scope;
      readonly permission?: Permission;
      readonly isProofRecent?: true;
    };

export const PUBLIC: Access = { kind: 'public' };
export const SIGNED_IN: Access = { kind: 'signed-in' };
/** Signing out, and setting up the second factor without which nothing else opens. */
export const SIGNED_IN_ENROLLING: Access = { kind: 'signed-in', isOpenWhileEnrolling: true };
export const needs = (rights: { scope?: Scope; permission?: Permission; isProofRecent?: true }): Access => ({
  kind: 'any-of',
  ...rights,
});

export type Decision = 'allowed' | 'not-signed-in' | 'not-allowed' | 'not-found' | 'must-enrol';

/** The one place that decides: pure, so that every route × role × biller can be probed. A foreign biller is "not found". */
export function decideAccess(access: Access, principal: Principal | undefined, bid: number | undefined): Decision {
  if (access.kind === 'public') return 'allowed';
  if (!principal) return 'not-signed-in';
  if (
    principal.kind === 'staff' &&
    principal.isEnrolling &&
    !(access.kind === 'signed-in' && access.isOpenWhileEnrolling)
  )
    return 'must-enrol';
  if (bid !== undefined && principal.bid !== null && principal.bid !== bid) return 'not-found';
  if (access.kind === 'signed-in') return principal.kind === 'staff' ? 'allowed' : 'not-allowed';
  if (principal.kind === 'credential') {
    return access.scope !== undefined && principal.scopes.includes(access.scope) ? 'allowed' : 'not-allowed';
  }
  // A call across billers made by a biller's own staff is narrowed by the use case to principal.bid.
  return access.permission !== undefined && principal.permissions.has(access.permission) ? 'allowed' : 'not-allowed';
}

/**
 * Refuses with `prove-again` (403) where a member of staff last proved who they are more than 15 minutes ago: a screen left
 * open, or a stolen session, changes no secret and moves no money. A bearer credential is not asked.
 */
export function requireRecentProof(principal: Principal | undefined, clock: Pick<Clock, 'now'>): void {
  if (principal?.kind === 'credential') return;
  if (!principal) throw refuse('not-signed-in');
  const until = principal.provenAt.add({ minutes: PROOF_MINUTES_MAX });
  if (Temporal.Instant.compare(clock.now(), until) >= 0)
    throw refuse('prove-again', { methods: [...principal.proofMethods], minutes: PROOF_MINUTES_MAX });
}

/** The name of a principal in audit entries and histories. */
export function nameOf(principal: Principal): string {
  return principal.kind === 'staff' ? principal.email : `credential ${principal.name}`;
}
