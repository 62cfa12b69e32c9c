import type { Mail } from '../../../platform/mail.ts';

/** What staff are told by email. Links carry a token: a mail is made when it is sent, and kept nowhere. */
export type StaffMail =
  | {
      readonly kind: 'invitation';
      readonly to: string;
      readonly name: string;
      readonly invitedBy: string;
      readonly link: string;
      readonly until: Temporal.Instant;
    }
  | {
      readonly kind: 'reset';
      readonly to: string;
      readonly link: string;
      readonly until: Temporal.Instant;
      readonly askedAt: Temporal.Instant;
      readonly address: string;
      readonly device: string;
    }
  | {
      readonly kind: 'password-changed';
      readonly to: string;
      readonly at: Temporal.Instant;
      readonly address: string;
      readonly forgotUrl: string;
    }
  | {
      readonly kind: 'factors-changed';
      readonly to: string;
      readonly what: string;
      readonly at: Temporal.Instant;
      readonly url: string;
    };

/** What can happen to the ways somebody signs in, in the email's words. */
export const FACTOR_WORDS = {
  'factor.totp-added': 'an authenticator app was added',
  'factor.totp-removed': 'the authenticator app was removed',
  'factor.passkey-added': 'a passkey was added',
  'factor.passkey-removed': 'a passkey was removed',
  'factor.recovery-codes-renewed': 'new recovery codes were made, and the old ones ended',
  'factor.reset': 'every second factor was removed by someone who manages users, and all sessions were ended',
  'sign-on.linked': 'your person at the sign-on provider was linked to your user',
  'sign-on.unlinked': 'the link to the sign-on provider was cut',
} as const;
export type FactorAct = keyof typeof FACTOR_WORDS;

const ZONE = 'America/Chicago';

/** One email as text and HTML; every value is escaped in the HTML. */
export function staffMail(mail: StaffMail): Mail {
  const { subject, lines, link } = wordsOf(mail);
  const text = [...lines.flatMap((line) => (line === LINK && link ? [link.url] : [line])), '', 'Causeway'].join('\n\n');
  const body = lines
    .map((line) =>
      line === LINK && link
        ? `<p><a href="${inHtml(link.url)}">${inHtml(link.word)}</a></p><p style="color:#51606e">${inHtml(link.url)}</p>`
        : `<p>${inHtml(line)}</p>`,
    )
    .join('');
  return {
    to: mail.to,
    subject,
    text,
    html: `<!doctype html><html lang="en"><body style="font:16px/1.5 system-ui,sans-serif;color:#1b2733">${body}<p>Causeway</p></body></html>`,
  };
}

/** Stands where the link stands. */
const LINK = '\u0000link';

function wordsOf(mail: StaffMail): {
  subject: string;
  lines: readonly string[];
  link?: { url: string; word: string };
} {
  switch (mail.kind) {
    case 'invitation':
      return {
        subject: 'Your invitation to Causeway',
        lines: [
          `Hello ${mail.name},`,
          `${mail.invitedBy} invites you to work in Causeway. Choose your password here:`,
          LINK,
          `The link works once, until ${moment(mail.until)}. If it is too late, ask for a new invitation.`,
          'You did not expect this? Then do nothing: without a password, nobody can sign in.',
        ],
        link: { url: mail.link, word: 'Choose your password' },
      };
    case 'reset':
      return {
        subject: 'Set a new password for Causeway',
        lines: [
          `On ${moment(mail.askedAt)}, somebody at the address ${mail.address} (${mail.device}) said that the password of ${mail.to} is forgotten.`,
          'Was it you? Then set a new one here:',
          LINK,
          `The link works once, until ${moment(mail.until)}. Setting the password ends every session you have.`,
          'Was it not you? Then do nothing: your password stays as it is. If it happens again, tell whoever manages users.',
        ],
        link: { url: mail.link, word: 'Set a new password' },
      };
    case 'password-changed':
      return {
        subject: 'Your Causeway password was changed',
        lines: [
          `On ${moment(mail.at)}, the password of ${mail.to} was changed from the address ${mail.address}. Your other sessions were ended.`,
          'Was it you? Then there is nothing to do.',
          'Was it not you? Then set a new password at once, and tell whoever manages users:',
          LINK,
        ],
        link: { url: mail.forgotUrl, word: 'Set a new password' },
      };
    case 'factors-changed':
      return {
        subject: 'How you sign in to Causeway was changed',
        lines: [
          `On ${moment(mail.at)}, the way ${mail.to} signs in was changed: ${mail.what}.`,
          'Was it you, or did you ask for it? Then there is nothing to do.',
          'Was it not? Then tell whoever manages users at once, and look at how you sign in:',
          LINK,
        ],
        link: { url: mail.url, word: 'See how you sign in' },
      };
    default:
      return mail satisfies never;
  }
}

function moment(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO(ZONE).toLocaleString('en-US', {
    month: 'long',
    day: 'numeric',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });
}

function inHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
