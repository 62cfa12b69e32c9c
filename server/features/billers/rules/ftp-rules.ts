import { isSameFolder } from '@causeway/formats/ftp-path';
import type { Configuration } from '../configuration.ts';
import { readSshPublicKey } from '../ftp/ssh-public-key.ts';
import type { Finding, Rule } from './rule.ts';

type Ftp = Configuration['ftp'];
const LISTS = { pdfSettings: 'PDF', zipSettings: 'zip' } as const;
type List = keyof typeof LISTS;

/** The rules of FTP Management (spec/files.md): users that can sign in, folders that belong to them, each told once. */
export const ftpRules: readonly Rule[] = [
  {
    id: 'ftp-user-once',
    severity: 'error',
    says: 'An FTP username stands once.',
    find: ({ configuration }) =>
      repeated(configuration.ftp.users.map((user) => user.username)).map((name) => ({
        at: `ftp.users.${name}`,
        sentence: `The FTP user ${name} stands more than once.`,
      })),
  },
  {
    id: 'ftp-user-login',
    severity: 'warning',
    says: 'An FTP user has a password or a public key.',
    find: ({ configuration }) =>
      configuration.ftp.users
        .filter((user) => user.password === null && user.publicKeys.length === 0)
        .map((user) => ({
          at: `ftp.users.${user.username}`,
          sentence: `The FTP user ${user.username} has neither a password nor a key, so it can't sign in.`,
        })),
  },
  {
    id: 'ftp-public-key',
    severity: 'error',
    says: 'A key of an FTP user is an OpenSSH public key, strong enough, and stands once.',
    find: ({ configuration }) => configuration.ftp.users.flatMap(keyFaults),
  },
  {
    id: 'ftp-user',
    severity: 'error',
    says: 'A PDF or zip setting belongs to an FTP user that exists.',
    find: ({ configuration: { ftp } }) => [
      ...unownedFolders(ftp, 'pdfSettings'),
      ...unownedFolders(ftp, 'zipSettings'),
    ],
  },
  {
    id: 'ftp-setting-once',
    severity: 'error',
    says: 'A folder has one PDF setting and one zip setting at the most.',
    find: ({ configuration: { ftp } }) => [
      ...repeatedFolders(ftp, 'pdfSettings'),
      ...repeatedFolders(ftp, 'zipSettings'),
    ],
  },
  {
    id: 'ftp-zip-with-pdf',
    severity: 'warning',
    says: 'A zip setting has a PDF setting on the same path.',
    find: ({ configuration: { ftp } }) =>
      ftp.zipSettings.flatMap((zip, n) =>
        !zip.isActive || ftp.pdfSettings.some((pdf) => pdf.isActive && isSamePlace(pdf, zip))
          ? []
          : [
              {
                at: `ftp.zipSettings.${n}.path`,
                sentence: `The zip setting on ${zip.path} has no active PDF setting on the same path, so what is unpacked is not linked to bills.`,
              },
            ],
      ),
  },
];

function keyFaults(user: Ftp['users'][number]): readonly Finding[] {
  const read = user.publicKeys.map(readSshPublicKey);
  return read.flatMap((key, n) => {
    const at = `ftp.users.${user.username}.publicKeys.${n}`;
    if (key.kind === 'refused') return [{ at, sentence: `Key ${n + 1} of ${user.username}: ${key.why}` }];
    const first = read.findIndex((other) => other.kind === 'key' && other.fingerprint === key.fingerprint);
    return first < n ? [{ at, sentence: `Key ${n + 1} of ${user.username} is the same as key ${first + 1}.` }] : [];
  });
}

function unownedFolders(ftp: Ftp, list: List): readonly Finding[] {
  return ftp[list].flatMap((setting, n) =>
    ftp.users.some((user) => user.username === setting.username)
      ? []
      : [
          {
            at: `ftp.${list}.${n}.username`,
            sentence: `There is no FTP user “${setting.username}” for the folder ${setting.path}.`,
          },
        ],
  );
}

function repeatedFolders(ftp: Ftp, list: List): readonly Finding[] {
  return ftp[list].flatMap((setting, n) =>
    ftp[list].findIndex((other) => isSamePlace(other, setting)) === n
      ? []
      : [
          {
            at: `ftp.${list}.${n}.path`,
            sentence: `There is a ${LISTS[list]} setting for ${setting.path} of ${setting.username} already; one folder has one.`,
          },
        ],
  );
}

function isSamePlace(a: { username: string; path: string }, b: { username: string; path: string }): boolean {
  return a.username === b.username && isSameFolder(a.path, b.path);
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, n) => names.indexOf(name) !== n))];
}
