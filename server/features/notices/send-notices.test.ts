import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../platform/log.ts';
import type { Mail } from '../../platform/mail.ts';
import { createMailer, type Mailer } from '../../platform/mail.ts';
import { withTestPlatform } from '../../testing/platform.ts';
import { queueNotice } from './queue-notice.ts';
import { receiptNotice } from './receipt.ts';
import { resendNotice } from './resend-notice.ts';
import { sendDueNotices } from './send-notices.ts';

const RIG_BID = 2984;
const post = { sent: [] as Mail[], isBroken: false };
const mailer: Mailer = {
  async send(mail) {
    if (post.isBroken) return { ok: false, permanent: true, why: '550 no such mailbox' };
    post.sent.push(mail);
    return { ok: true, messageId: String(post.sent.length) };
  },
  close: () => undefined,
};

let at: Awaited<ReturnType<typeof withTestPlatform>>;
beforeAll(async () => {
  at = await withTestPlatform({ overrides: { mailer } });
});
afterAll(() => at.close());

const rows = (table: 'notice' | 'work_item') =>
  at.database.withBiller(RIG_BID, (tx) =>
    tx
      .selectFrom(table as 'notice')
      .selectAll()
      .execute(),
  );
const queue = (to: string) =>
  at.database.withBiller(RIG_BID, (tx) =>
    queueNotice(tx, {
      bid: RIG_BID,
      kind: 'receipt',
      accountNumber: 'A1',
      paymentId: null,
      to,
      locale: 'en',
      subject: `To ${to}\r\nBcc: evil@example.com`,
      text: 'text',
      html: '<p>html</p>',
      at: at.clock.now(),
    }),
  );
const noticeTo = async (to: string) => {
  const row = (
    (await rows('notice')) as unknown as {
      id: number;
      to_address: string;
      state: string;
      attempts: number;
      last_error: string | null;
      subject: string;
    }[]
  ).find((one) => one.to_address === to);
  if (!row) throw new Error('no notice');
  return row;
};

test('a notice exists only if its cause commits', async () => {
  const failed = at.database.withBiller(RIG_BID, async (tx) => {
    await queueNotice(tx, {
      bid: RIG_BID,
      kind: 'receipt',
      accountNumber: null,
      paymentId: null,
      to: 'never@example.com',
      locale: 'en',
      subject: 's',
      text: 't',
      html: 'h',
      at: at.clock.now(),
    });
    throw new Error('the cause failed');
  });
  await expect(failed).rejects.toThrow('the cause failed');
  expect(JSON.stringify(await rows('notice'))).not.toContain('never@example.com');
});

test('many senders at once send each notice once, on one line of subject', async () => {
  const before = post.sent.length;
  for (let n = 0; n < 15; n++) await queue(`p${n}@example.com`);
  await Promise.all(Array.from({ length: 6 }, () => sendDueNotices(at.platform)));
  const sent = post.sent.slice(before).map((mail) => mail.to);
  expect(sent.length).toBe(15);
  expect(new Set(sent).size).toBe(15);
  expect(post.sent.every((mail) => !/[\r\n]/.test(mail.subject))).toBe(true);
});

test('a permanent failure is told to staff; sending it again is one act, refused while it waits', async () => {
  post.isBroken = true;
  await queue('bad@example.com');
  await sendDueNotices(at.platform);
  const failed = await noticeTo('bad@example.com');
  expect(failed).toMatchObject({ state: 'failed', last_error: '550 no such mailbox' });
  const items = (await rows('work_item')) as unknown as { kind: string; subject: string; closed_at: unknown }[];
  expect(items.find((item) => item.subject === String(failed.id))).toMatchObject({
    kind: 'notice-failed',
    closed_at: null,
  });
  post.isBroken = false;
  await resendNotice(at.platform, { bid: RIG_BID, id: failed.id, by: 'ann' });
  await expect(resendNotice(at.platform, { bid: RIG_BID, id: failed.id, by: 'ann' })).rejects.toMatchObject({
    code: 'notice-is-queued',
  });
  await sendDueNotices(at.platform);
  expect(await noticeTo('bad@example.com')).toMatchObject({ state: 'sent' });
});

test('without a mail server notices stay queued, however long, and their tries are not used up', async () => {
  const mailer = createMailer({ from: 'no-reply@localhost', log: createLog({ level: 'silent' }) });
  await queue('later@example.com');
  for (let minute = 0; minute < 20; minute++) {
    await sendDueNotices({ ...at.platform, mailer });
    at.clock.advance(61_000);
  }
  expect(await noticeTo('later@example.com')).toMatchObject({ state: 'queued', attempts: 0 });
  await sendDueNotices(at.platform);
  expect(await noticeTo('later@example.com')).toMatchObject({ state: 'sent' });
});

test('a receipt says what was paid to whom, in either language, and escapes what payers typed', () => {
  const receipt = {
    billerName: 'Prairie & Sons',
    timeZone: 'America/Chicago',
    confirmationNumber: '1007',
    accountNumber: 'POL1',
    invoiceNumbers: ['POL1-2026-12-20'],
    payerName: '<script>alert(1)</script>',
    amountCents: 13_035,
    feeCents: 195,
    method: 'CC',
    brand: 'Visa',
    lastFour: '4242',
    takenAt: Temporal.Instant.from('2026-11-20T15:00:00Z'),
    url: 'https://pay.example.com/prairie/payments/x',
    authorizationText: undefined,
  } as const;
  const english = receiptNotice({ ...receipt, locale: 'en' });
  for (const said of ['1007', '$130.35', '$128.40', '$1.95', 'Visa', '4242', 'CST'])
    expect(english.text).toContain(said);
  expect(english.html).not.toContain('<script>');
  expect(english.html).toContain('Prairie &amp; Sons');
  expect(receiptNotice({ ...receipt, locale: 'es' }).text).toContain('Número de confirmación: 1007');
  const bank = { ...receipt, method: 'ACH', brand: 'Checking', lastFour: '6789' } as const;
  expect(receiptNotice({ ...bank, locale: 'es' }).text).toContain('cuenta corriente terminada en 6789');
});
