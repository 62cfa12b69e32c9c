import { createImtSandbox, type ImtSandbox } from '@causeway/sandbox/imt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partnerUnderTest } from './testing/partner-under-test.ts';

const FINE = '99900001';
let sandbox: ImtSandbox;
let made: ReturnType<typeof partnerUnderTest>;

beforeAll(async () => {
  sandbox = await createImtSandbox();
  made = partnerUnderTest();
});
afterAll(async () => {
  await made.close();
  await sandbox.close();
});

test('paperless and autopay are sent, refused and unknown by the same proof', async () => {
  const { partner, connect } = made;
  expect((await partner.setPaperless(connect(sandbox, 'paperless'), FINE, true, {})).class).toBe('POSTED');
  expect((await partner.setAutoPay(connect(sandbox, 'autopay'), FINE, false, {})).class).toBe('POSTED');
  expect(sandbox.settingChanges({ policyNumber: FINE })).toMatchObject([{ paperless: true }, { billMode: 'direct' }]);
  expect((await partner.setPaperless(connect(sandbox, 'paperless'), '99900050', true, {})).class).toBe('REJECTED');
  expect((await partner.setAutoPay(connect(sandbox, 'autopay'), '99900051', true, {})).class).toBe('REJECTED');
  expect((await partner.setAutoPay(connect(sandbox, 'autopay'), '99900052', true, {})).class).toBe('UNKNOWN');
  expect((await partner.setAutoPay(connect(sandbox, 'autopay'), '..', true, {})).class).toBe('NOT_SENT');
});
