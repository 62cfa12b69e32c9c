/** Longest folder of an FTP user, and of one part of it (the limit of common file systems). */
const FOLDER_CHARS_MAX = 200;
const PART_CHARS_MAX = 100;

/** What an FTP username looks like: it is a folder's name on the server too. */
export const FTP_USERNAME = /^[a-z0-9][a-z0-9._-]{2,39}$/;

/** A place on the SFTP server: whose, where the text says so, and which folder. Or why the text is no such place. */
export type FtpPlace =
  | { readonly kind: 'place'; readonly username: string | null; readonly folder: string }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Reads a path as partners write it: `prairiepinemutualftp\ToInvoiceCloud\PDFs` (user, then folder), with either slash,
 * one or two; `/ToInvoiceCloud/PDFs` and `\ToInvoiceCloud\PDFs` name no user. The folder begins with a slash, ends with
 * none, and can't climb out of the user's own (spec/files.md). Pure.
 */
export function readFtpPath(text: string): FtpPlace {
  const plain = text.trim().replaceAll(/[\\/]+/g, '/');
  if (plain === '') return refused('Type a folder, such as /ToInvoiceCloud/PDFs.');
  if (/^\/?[A-Za-z]:/.test(plain))
    return refused('This is a path on a Windows drive. Type the folder on the SFTP server.');
  const isRooted = plain.startsWith('/');
  const parts = plain.split('/').filter((part) => part !== '');
  const fault = parts.map(partFault).find((why) => why !== undefined);
  if (fault !== undefined) return refused(fault);
  const [first = '', ...rest] = parts;
  // Without a slash in front the first part is the user: that is how the documents write it.
  const hasUser = !isRooted && rest.length > 0 && FTP_USERNAME.test(first);
  const folder = `/${(hasUser ? rest : parts).join('/')}`;
  if (folder.length > FOLDER_CHARS_MAX) return refused(`A folder has at most ${FOLDER_CHARS_MAX} characters.`);
  return { kind: 'place', username: hasUser ? first : null, folder };
}

/** Whether two folders are one: Windows partners do not mind the case, so neither do we. */
export function isSameFolder(a: string, b: string): boolean {
  const plain = (folder: string) =>
    folder
      .replaceAll(/[\\/]+/g, '/')
      .replace(/\/$/, '')
      .toLowerCase();
  return plain(a) === plain(b);
}

/** The same place as the partner's documents write it. */
export function windowsPath(username: string, folder: string): string {
  return `${username}${folder === '/' ? '' : folder}`.replaceAll('/', '\\');
}

function partFault(part: string): string | undefined {
  if (part === '.' || part === '..') return 'A path can’t hold “.” or “..”: a folder is inside its user’s own.';
  if (part.length > PART_CHARS_MAX) return `A folder’s name has at most ${PART_CHARS_MAX} characters.`;
  if (/[<>:"|?*\p{Cc}]/u.test(part))
    return `“${part.replaceAll(/\p{Cc}/gu, '·').slice(0, 40)}” holds a character no folder can have.`;
  if (/^\s|[\s.]$/.test(part)) return `“${part.slice(0, 40)}” begins or ends with a space or a dot.`;
  return undefined;
}

function refused(why: string): FtpPlace {
  return { kind: 'refused', why };
}
