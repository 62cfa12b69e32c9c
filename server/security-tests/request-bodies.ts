import type { ConfigurationDraft } from '../features/billers/index.ts';
import type { TenantRows } from './add-tenant.ts';

const reason = 'a reason of the test';

/** The form of a browser's answer, and nothing in it. */
const PASSKEY = {
  id: 'bm9uZQ',
  rawId: 'bm9uZQ',
  type: 'public-key',
  response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA', userHandle: 'AA' },
  clientExtensionResults: {},
};

/** Bodies of the right form for every route that takes one, keyed `METHOD /path`; complete, or the tests say so. */
export function requestBodies(
  of: TenantRows,
  document: ConfigurationDraft,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const at = '/api/v1/billers/:bid';
  const sections = Object.fromEntries(
    Object.entries(document).map(([section, value]) => [
      `PUT ${at}/configuration/${section}`,
      { expectedVersion: 1, reason, value },
    ]),
  );
  return {
    ...bodiesOfPeople(of),
    ...bodiesOfMaintenance(at),
    ...bodiesOfOperations(),
    [`PUT ${at}/accounts/:accountNumber/block-flags`]: { blockAch: true, blockCc: true, reason },
    'POST /api/v1/billers': { bid: 900_001, name: 'Made by a stranger' },
    'POST /api/v1/ssh-public-keys/describe': { keys: ['ssh-ed25519 AAAA'] },
    [`PUT ${at}`]: { name: 'Renamed', slug: 'renamed', guid: '3d9b7f7e-52a6-4f0e-8c63-6f0b8f6b9c11', reason },
    [`POST ${at}/credentials`]: { name: 'stolen', scopes: ['payments:read'], expiresAt: '2026-12-18T15:00:00Z' },
    [`PUT ${at}/configuration`]: { expectedVersion: 1, reason, sections: { obd: document.obd } },
    [`POST ${at}/configuration/check`]: { expectedVersion: 1, sections: { obd: document.obd } },
    ...sections,
    [`PUT ${at}/configuration/advanced-settings/:number`]: { expectedVersion: 1, reason, value: { text: 'x' } },
    [`DELETE ${at}/configuration/advanced-settings/:number`]: { expectedVersion: 1, reason },
    [`POST ${at}/configuration/export`]: { sections: ['obd'] },
    [`POST ${at}/configuration/plan`]: { file: {} },
    [`POST ${at}/configuration/apply`]: { file: {}, expectedVersion: 1, digest: 'x', reason },
    [`POST ${at}/configuration/restore`]: { version: 1, expectedVersion: 1, reason },
    [`POST ${at}/portal-preview`]: {
      portal: document.portal,
      brand: document.profile.brand,
      page: 'bill',
      locale: 'en',
      scheme: 'light',
    },
    [`POST ${at}/customizations/preview`]: { fileId: of.fileId, count: 1 },
    [`POST ${at}/invoices`]: { AccountNumber: of.accountNumber, Details: [] },
    [`POST ${at}/deliveries/replay`]: { dryRun: true, reason, filter: {} },
    [`POST ${at}/deliveries/:id/acts`]: { act: 'note', reason, version: 1 },
    [`POST ${at}/lanes/:lane/pause`]: { reason },
    [`POST ${at}/lanes/:lane/resume`]: { reason },
    [`POST ${at}/reconciliations/run`]: { day: '2026-11-16' },
    [`POST ${at}/partner-trust`]: { level: 1, expectedLevel: 0, reason },
    [`POST ${at}/payments/:paymentId/void`]: { reason, expectedVersion: 1 },
    [`POST ${at}/payments/:paymentId/refund`]: { reason, expectedVersion: 1 },
    'POST /api/v1/audit/verification': {},
    [`POST ${at}/work-items/:id/close`]: { reason },
  };
}

function bodiesOfPeople(of: TenantRows) {
  return {
    'POST /api/v1/session': { email: 'nobody@example.com', password: 'not a password of anybody' },
    'POST /api/v1/session/prove': { password: 'not a password of anybody' },
    'POST /api/v1/session/second-step': { totp: '000000' },
    'POST /api/v1/session/passkey': { passkey: PASSKEY },
    'POST /api/v1/own-security/totp/confirm': { code: '000000' },
    'POST /api/v1/own-security/passkeys': {
      name: 'stolen',
      passkey: { ...PASSKEY, response: { clientDataJSON: 'e30', attestationObject: 'oA' } },
    },
    'PUT /api/v1/own-security/passkeys/:id': { name: 'stolen' },
    'POST /api/v1/staff-users/:id/reset-factors': { reason },
    'POST /api/v1/invitations/accept': { token: 'x'.repeat(43), password: 'a long walk on the levee 8' },
    'POST /api/v1/session/password': {
      oldPassword: 'not a password of anybody',
      password: 'a long walk on the levee 9',
    },
    'POST /api/v1/password-resets': { email: 'nobody@example.com' },
    'POST /api/v1/password-resets/use': { token: 'x'.repeat(43), password: 'a long walk on the levee 8' },
    'PUT /api/v1/staff-users/:id': { name: 'Renamed', roles: ['csr'], expectedRoles: ['csr'] },
    'POST /api/v1/staff-users': { email: 'new@example.com', name: 'New', roles: ['csr'], bid: of.bid },
  };
}

function bodiesOfMaintenance(at: string) {
  const maintenance = {
    description: 'a window of the test',
    message: { en: 'closed', es: 'cerrado' },
    start: '2028-03-04T22:00',
    end: '2028-03-05T06:00',
    isActive: true,
    appliesToAll: true,
    pages: [],
    pausesDataPump: false,
  };
  return {
    [`POST ${at}/maintenance-windows`]: maintenance,
    [`POST ${at}/maintenance-windows/check`]: maintenance,
    [`PUT ${at}/maintenance-windows/:id`]: { ...maintenance, expectedVersion: 1 },
    [`POST ${at}/maintenance-windows/:id/end`]: { reason },
    [`POST ${at}/maintenance-windows/preview`]: {
      message: maintenance.message,
      endsAt: '2028-03-05T12:00:00Z',
      locale: 'en',
    },
  };
}

function bodiesOfOperations() {
  return {
    'POST /api/v1/operations/jobs/:queue/:id/retry': { reason },
    'POST /api/v1/operations/processes/:id/forget': { reason },
    'PUT /api/v1/operations/alert-conditions': {
      expectedVersion: 0,
      reason,
      items: [{ condition: 'disk-low', isOn: false, afterMinutes: 0, limit: 10 }],
    },
    'POST /api/v1/operations/alert-destinations': { kind: 'email', name: 'x', address: 'thief@example.com' },
    'PATCH /api/v1/operations/alert-destinations/:id': { expectedVersion: 1, name: 'x', isOn: false, reason },
    'POST /api/v1/operations/alert-destinations/:id/rotate-secret': { keepsOld: false },
  };
}

/** Routes that change something and take no JSON body. */
export const BODILESS: ReadonlySet<string> = new Set([
  'DELETE /api/v1/session',
  'POST /api/v1/staff-users/:id/invitation',
  'POST /api/v1/staff-users/:id/disable',
  'POST /api/v1/staff-users/:id/enable',
  'POST /api/v1/staff-users/:id/sessions/end',
  'DELETE /api/v1/staff-users/:id/sessions/:sessionId',
  'DELETE /api/v1/sessions/:id',
  'POST /api/v1/session/second-step/passkey-options',
  'POST /api/v1/session/passkey/options',
  'POST /api/v1/session/prove/passkey-options',
  'POST /api/v1/own-security/totp',
  'DELETE /api/v1/own-security/totp',
  'POST /api/v1/own-security/recovery-codes',
  'DELETE /api/v1/own-security/sign-on',
  'POST /api/v1/own-security/passkeys/options',
  'DELETE /api/v1/own-security/passkeys/:id',
  'POST /api/v1/sessions/end-others',
  'DELETE /api/v1/billers/:bid/credentials/:id',
  'POST /api/v1/billers/:bid/accounts/:accountNumber/refresh',
  'POST /api/v1/billers/:bid/notices/:id/resend',
  'DELETE /api/v1/operations/alert-destinations/:id',
  'POST /api/v1/operations/alert-destinations/:id/test',
  'POST /api/v1/operations/alert-messages/:id/send-again',
  // The file itself, and the signed bytes of a processor, have tests of their own.
  'POST /api/v1/billers/:bid/invoice-files',
  'POST /api/v1/billers/:bid/worksheet-preview',
  'POST /api/v1/billers/:bid/worksheet-apply',
  'POST /api/v1/processor-events/:processor',
]);

/** The address of a route with the names of one biller's own things in it. */
export function addressOf(path: string, of: TenantRows): string {
  const idOf = (): string | number => {
    if (path.includes('/staff-users/')) return of.userId;
    if (path.includes('/sessions/')) return of.sessionId;
    if (path.includes('/own-security/')) return of.sessionId;
    if (path.includes('/credentials/')) return of.credentialId;
    if (path.includes('/invoice-files/')) return of.fileId;
    if (path.includes('/notices/')) return of.noticeId;
    if (path.includes('/deliveries/')) return of.deliveryId;
    if (path.includes('/work-items/')) return of.workItemId;
    if (path.includes('/operations/alert-')) return 1;
    if (path.includes('/operations/')) return of.fileId;
    if (path.includes('/maintenance-windows/')) return of.windowId;
    throw new Error(`no id is known for ${path}`);
  };
  return path.replaceAll(/:(\w+)/g, (_, name: string) => {
    switch (name) {
      case 'bid':
        return String(of.bid);
      case 'id':
        return String(idOf());
      case 'accountNumber':
        return of.accountNumber;
      case 'invoiceNumber':
        return of.invoiceNumber;
      case 'paymentId':
        return String(of.paymentId);
      case 'publicId':
        return of.publicId;
      case 'queue':
        return 'watch-conditions';
      case 'number':
        return '8';
      case 'lane':
        return 'payments-1';
      case 'processor':
        return 'sandbox';
      case 'sessionId':
        return of.sessionId;
      case 'slug':
        return of.slug;
      default:
        throw new Error(`a parameter the tests do not know: ${name} in ${path}`);
    }
  });
}
