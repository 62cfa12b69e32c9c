import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import { createLog } from './log.ts';
import { createInbox, createMailer, type Mail, type Mailer } from './mail.ts';

const log = createLog({ level: 'silent' });
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function mailerTo(port: number): Mailer {
  const mailer = createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'Causeway <bills@example.test>', log });
  endings.push(() => mailer.close());
  return mailer;
}

const mail = (more: Partial<Mail> = {}): Mail => ({
  to: 'payer@example.test',
  subject: 'Your payment – received',
  text: 'Thank you für $1,675.00.\nReference 84123 = yours.',
  html: '<p>Thank you für <b>$1,675.00</b>.</p>',
  ...more,
});

describe('through the inbox', () => {
  test('a message arrives with its subject, its text and its html as they were', async () => {
    const inbox = await createInbox(0);
    endings.push(() => inbox.close());
    expect(await mailerTo(inbox.port).send(mail({ headers: { 'X-Notice': '84123' } }))).toMatchObject({ ok: true });
    const [message] = inbox.list();
    expect(message).toMatchObject({
      from: 'bills@example.test',
      to: ['payer@example.test'],
      subject: 'Your payment – received',
      text: 'Thank you für $1,675.00.\nReference 84123 = yours.',
      html: '<p>Thank you für <b>$1,675.00</b>.</p>',
    });
    expect(message?.raw).toContain('X-Notice: 84123');
    expect(inbox.get(message?.id ?? '')).toEqual(message);
    expect(inbox.get('none')).toBeNull();
  });

  test('long and foreign texts survive both encodings', async () => {
    const inbox = await createInbox(0);
    endings.push(() => inbox.close());
    const text = `${'Ünïcödé 東京 🏠 '.repeat(60)}\n${'plain = sign '.repeat(40)}`;
    const subject = 'Überfällig: 東京 invoice, a subject that is long enough to be folded over several lines of header';
    await mailerTo(inbox.port).send(mail({ text, subject }));
    expect(inbox.list()[0]?.text.trimEnd()).toBe(text.trimEnd());
    expect(inbox.list()[0]?.subject).toBe(subject);
  });

  test('only the last 200 are kept, newest first, and every one goes to the file', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'causeway-mail-'));
    endings.push(() => rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'inbox.jsonl');
    const inbox = await createInbox(0, { file });
    endings.push(() => inbox.close());
    const mailer = mailerTo(inbox.port);
    for (let n = 1; n <= 205; n += 1) await mailer.send(mail({ subject: `n ${n}` }));
    expect(inbox.list()).toHaveLength(200);
    expect(inbox.list()[0]?.subject).toBe('n 205');
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(205);
  });
});

describe('what would smuggle a header or a receiver is refused before anything is sent', () => {
  test.each<[string, Partial<Mail>]>([
    ['a line break in the subject', { subject: 'a\r\nBcc: x@example.test' }],
    ['a line break in the receiver', { to: 'a@example.test\r\nBcc: x@example.test' }],
    ['two receivers', { to: 'a@example.test, b@example.test' }],
    ['a receiver with a name', { to: 'A <a@example.test>' }],
    ['no address', { to: 'nobody' }],
    ['a second sender', { headers: { From: 'x@example.test' } }],
    ['a blind copy', { headers: { bcc: 'x@example.test' } }],
    ['a line break in a header', { headers: { 'X-A': 'b\nBcc: x@example.test' } }],
    ['a header name with a line break', { headers: { 'X-A: b\r\nBcc': 'x@example.test' } }],
  ])('%s', async (_name, more) => {
    const inbox = await createInbox(0);
    endings.push(() => inbox.close());
    expect(await mailerTo(inbox.port).send(mail(more))).toMatchObject({ ok: false, permanent: true });
    expect(inbox.list()).toEqual([]);
  });

  test('a sender with a line break', () => {
    expect(() => createMailer({ from: 'a@example.test\r\nBcc: b@example.test', log })).toThrow('sender');
  });
});

describe('failures are values that say whether to try again', () => {
  const refusing = async (responseCode: number): Promise<number> => {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('refused'), { responseCode })),
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    endings.push(() => new Promise<void>((resolve) => void server.close(resolve)));
    return (server.server.address() as net.AddressInfo).port;
  };

  test('550 is for good, 451 is not', async () => {
    expect(await mailerTo(await refusing(550)).send(mail())).toMatchObject({ ok: false, permanent: true });
    expect(await mailerTo(await refusing(451)).send(mail())).toMatchObject({ ok: false, permanent: false });
  });

  test('a server that is not there, and no server at all', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    expect(await mailerTo(port).send(mail())).toMatchObject({ ok: false, permanent: false });
    const nowhere = createMailer({ from: 'bills@example.test', log });
    expect(await nowhere.send(mail())).toMatchObject({ ok: false, permanent: false });
  });
});
