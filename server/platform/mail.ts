import { createTransport } from 'nodemailer';
import { hideSecrets } from './hide-secrets.ts';
import type { Log } from './log.ts';

export { createInbox, type Inbox, type InboxMessage } from './mail-inbox.ts';

const CONNECTIONS_MAX = 3;
const MESSAGES_PER_CONNECTION_MAX = 100;
const CONNECT_TIMEOUT_MS = 5_000;
const SOCKET_TIMEOUT_MS = 20_000;
const SUBJECT_CHARS_MAX = 500;
const EXTRA_HEADERS_MAX = 10;

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  headers?: Readonly<Record<string, string>>;
}

/** `permanent`: this message to this address will not go by trying again (a 5xx answer, an address that is none). */
export type MailSent = { ok: true; messageId: string } | { ok: false; permanent: boolean; why: string };

export interface Mailer {
  /** Hands one message to the mail server. A failure is a value; it never throws. */
  send(mail: Mail): Promise<MailSent>;
  close(): void;
}

/** A mailer over pooled SMTP connections; without `smtpUrl` every message is refused, temporarily, and says so. */
export function createMailer(options: { smtpUrl?: string | undefined; from: string; log: Log }): Mailer {
  if (!isOneAddress(addressIn(options.from))) throw new Error('the sender is not one mail address');
  const transport =
    options.smtpUrl === undefined
      ? null
      : createTransport(
          {
            url: options.smtpUrl,
            pool: true,
            maxConnections: CONNECTIONS_MAX,
            maxMessages: MESSAGES_PER_CONNECTION_MAX,
            connectionTimeout: CONNECT_TIMEOUT_MS,
            socketTimeout: SOCKET_TIMEOUT_MS,
            // What a message says comes from templates and data: it must not make us read a file or call an address.
            disableFileAccess: true,
            disableUrlAccess: true,
          },
          { from: options.from },
        );
  const passwords = passwordsOf(options.smtpUrl);
  return {
    async send(mail) {
      const fault = faultOf(mail);
      if (fault !== null) return { ok: false, permanent: true, why: fault };
      if (transport === null) return { ok: false, permanent: false, why: 'no mail server is configured' };
      try {
        const { to, subject, text, html, headers = {} } = mail;
        const sent = await transport.sendMail({
          to: { name: '', address: to },
          subject,
          text,
          html,
          headers: { ...headers },
        });
        return { ok: true, messageId: sent.messageId };
      } catch (cause) {
        const failure = mailFailure(cause, passwords);
        options.log.warn({ permanent: failure.permanent, why: failure.why }, 'a mail was not sent');
        return failure;
      }
    },
    close: () => transport?.close(),
  };
}

function faultOf({ to, subject, headers = {} }: Mail): string | null {
  if (!isOneAddress(to)) return 'the receiver is not one mail address';
  if (subject.length > SUBJECT_CHARS_MAX || hasControlCharacter(subject))
    return 'the subject has a line break or is too long';
  const extra = Object.entries(headers);
  if (extra.length > EXTRA_HEADERS_MAX) return 'too many headers';
  for (const [name, value] of extra) {
    // Only headers that cannot redirect the message: `Bcc`, `From` and their like are not for callers.
    if (!/^(X-[A-Za-z0-9-]{1,60}|List-Unsubscribe(-Post)?|Auto-Submitted|Reply-To)$/i.test(name))
      return `header ${JSON.stringify(name)} is not allowed`;
    if (hasControlCharacter(value)) return `header ${name} has a line break`;
  }
  return null;
}

/** Deliberately narrow: one address, no name, no list, no comment, nothing that a mail server could read as more. */
function isOneAddress(text: string): boolean {
  return (
    text.length <= 254 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)
  );
}

function addressIn(from: string): string {
  return hasControlCharacter(from) ? '' : (/^[^<>]*<([^<>]+)>$/.exec(from)?.[1] ?? from).trim();
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** What a mail server may give back of the login it was sent. */
function passwordsOf(smtpUrl: string | undefined): readonly string[] {
  const written = smtpUrl === undefined ? '' : (URL.parse(smtpUrl)?.password ?? '');
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    return [written];
  }
}

function mailFailure(cause: unknown, passwords: readonly string[]): Extract<MailSent, { ok: false }> {
  const error: { responseCode?: unknown; code?: unknown; message?: unknown } = cause instanceof Error ? cause : {};
  const code = typeof error.responseCode === 'number' ? error.responseCode : 0;
  // Wrong credentials (530, 534, 535, 538) are ours to mend, not the message's fault: it is tried again.
  const isPermanent = code >= 500 && code < 600 && ![530, 534, 535, 538].includes(code);
  return {
    ok: false,
    permanent: isPermanent,
    why: hideSecrets([error.code, code === 0 ? null : code, error.message].filter(Boolean).join(' '), passwords),
  };
}
