import { appendFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { type Clock, systemClock } from './clock.ts';

const INBOX_MESSAGES_MAX = 200;
const INBOX_MESSAGE_BYTES_MAX = 1024 * 1024;

export interface InboxMessage {
  id: string;
  receivedAtMs: number;
  from: string;
  to: readonly string[];
  subject: string;
  text: string;
  html: string;
  /** As it came, headers and all. */
  raw: string;
}

/** The demo's own mail server: keeps the last 200 messages, sends nothing on. */
export interface Inbox {
  port: number;
  /** Newest first. */
  list(): readonly InboxMessage[];
  get(id: string): InboxMessage | null;
  close(): Promise<void>;
}

/** Starts an SMTP server on 127.0.0.1 (`port` 0: any free one). With `file`, every message is also a line of JSON in it. */
export async function createInbox(port: number, options: { clock?: Clock; file?: string } = {}): Promise<Inbox> {
  const clock = options.clock ?? systemClock;
  const messages: InboxMessage[] = [];
  let count = 0;
  const receive = async (stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> => {
    const raw = await readBounded(stream);
    count += 1;
    const message = inboxMessage(raw, session, `${clock.nowMs()}-${count}`, clock.nowMs());
    messages.unshift(message);
    messages.length = Math.min(messages.length, INBOX_MESSAGES_MAX);
    if (options.file !== undefined) await appendFile(options.file, `${JSON.stringify(message)}\n`);
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    size: INBOX_MESSAGE_BYTES_MAX,
    logger: false,
    onData: (stream, session, done) => {
      receive(stream, session).then(
        () => done(),
        (cause: unknown) => done(cause instanceof Error ? cause : new Error(String(cause))),
      );
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    list: () => [...messages],
    get: (id) => messages.find((message) => message.id === id) ?? null,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function readBounded(stream: SMTPServerDataStream): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= INBOX_MESSAGE_BYTES_MAX) chunks.push(chunk);
  }
  if (bytes > INBOX_MESSAGE_BYTES_MAX) throw Object.assign(new Error('message too large'), { responseCode: 552 });
  return Buffer.concat(chunks).toString('utf8');
}

function inboxMessage(raw: string, { envelope }: SMTPServerSession, id: string, receivedAtMs: number): InboxMessage {
  const whole = partOf(raw);
  return {
    id,
    receivedAtMs,
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address),
    subject: decodedWords(whole.headers.get('subject') ?? ''),
    text: contentOf(whole, 'text/plain'),
    html: contentOf(whole, 'text/html'),
    raw,
  };
}

interface Part {
  headers: ReadonlyMap<string, string>;
  body: string;
}

const PARTS_DEPTH_MAX = 4;

/** Enough MIME to read what our own mailer writes: nodemailer's multipart/alternative, base64 and quoted-printable. */
function partOf(raw: string): Part {
  const end = raw.search(/\r?\n\r?\n/);
  const head = end < 0 ? raw : raw.slice(0, end);
  const unfolded = head.replaceAll(/\r?\n[ \t]+/g, ' ');
  const headers = new Map(
    unfolded.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
  return { headers, body: end < 0 ? '' : raw.slice(end).replace(/^\r?\n\r?\n/, '') };
}

function contentOf(part: Part, wanted: string, depth = 0): string {
  const type = part.headers.get('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary !== undefined && depth < PARTS_DEPTH_MAX) {
    const inner = part.body.split(`--${boundary}`).slice(1, -1);
    return (
      inner.map((raw) => contentOf(partOf(raw.replace(/^\r?\n/, '')), wanted, depth + 1)).find((text) => text !== '') ??
      ''
    );
  }
  return type.toLowerCase().startsWith(wanted) ? decodedBody(part) : '';
}

function decodedBody({ headers, body }: Part): string {
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  const plain = encoding === 'quoted-printable' ? fromQuotedPrintable(body.replaceAll(/=\r?\n/g, '')) : body;
  return plain.replaceAll('\r\n', '\n').replace(/\n$/, '');
}

function fromQuotedPrintable(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  // Characters above 255 can only stand there unencoded; what was encoded is bytes of UTF-8.
  return /[^\p{ASCII}\u0080-\u00ff]/u.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** RFC 2047 words of a subject: `=?UTF-8?Q?…?=` and `=?UTF-8?B?…?=`. */
function decodedWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_whole, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : fromQuotedPrintable(word.replaceAll('_', ' ')),
    );
}
