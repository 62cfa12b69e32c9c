import type { Configuration } from './configuration.ts';
import type { Finding, Rule } from './rule.ts';

const NO_GUID = '00000000-0000-0000-0000-000000000000';
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The rules about sections that name each other: invoice types, folders, cards, products. */
export const documentRules: readonly Rule[] = [
  {
    id: 'invoice-format-guid',
    severity: 'error',
    says: 'InvoiceFormatGuid is a GUID.',
    find: ({ configuration }) =>
      configuration.invoiceTypes
        .filter((type) => !GUID.test(type.invoiceFormatGuid) || type.invoiceFormatGuid === NO_GUID)
        .map((type) => ({
          at: `invoiceTypes.${type.id}.invoiceFormatGuid`,
          sentence: `Invoice type ${type.id}: “${type.invoiceFormatGuid}” is not the GUID of an invoice format.`,
        })),
  },
  {
    id: 'invoice-type-once',
    severity: 'error',
    says: 'An InvoiceTypeID stands once.',
    find: ({ configuration }) =>
      repeated(configuration.invoiceTypes.map((type) => type.id)).map((id) => ({
        at: `invoiceTypes.${id}.id`,
        sentence: `InvoiceTypeID ${id} stands more than once.`,
      })),
  },
  {
    id: 'invoice-type-methods',
    severity: 'warning',
    says: 'An invoice type can be paid by at least one method.',
    find: ({ configuration }) =>
      configuration.invoiceTypes
        .filter((type) => type.methods.length === 0)
        .map((type) => ({
          at: `invoiceTypes.${type.id}.methods`,
          sentence: `Invoice type ${type.id} (${type.name}) takes neither CC nor ACH, so nobody can pay it here.`,
        })),
  },
  {
    id: 'ivr-invoice-types',
    severity: 'error',
    says: 'Cloud IVR Connect offers invoice types of the biller.',
    find: ({ configuration }) =>
      configuration.ivr.invoiceTypeIds
        .filter((id) => !configuration.invoiceTypes.some((type) => type.id === id))
        .map((id) => ({ at: 'ivr.invoiceTypeIds', sentence: `There is no invoice type ${id} to offer by phone.` })),
  },
  {
    id: 'card-limits',
    severity: 'error',
    says: 'The least payment is not above the most.',
    find: ({ configuration: { cards } }) =>
      cards.leastCents > cards.mostCents
        ? [{ at: 'cards.leastCents', sentence: 'The least payment is above the most, so no payment could be taken.' }]
        : [],
  },
  {
    id: 'card-brands',
    severity: 'error',
    says: 'Where CC is taken, so is at least one brand.',
    find: ({ configuration }) =>
      configuration.cards.brands.length === 0 && configuration.invoiceTypes.some((type) => type.methods.includes('CC'))
        ? [{ at: 'cards.brands', sentence: 'An invoice type takes CC, but no card brand is chosen.' }]
        : [],
  },
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
    id: 'ftp-user',
    severity: 'error',
    says: 'A PDF or zip setting belongs to an FTP user that exists.',
    find: ({ configuration: { ftp } }) => [
      ...unownedFolders(ftp, 'pdfSettings'),
      ...unownedFolders(ftp, 'zipSettings'),
    ],
  },
  {
    id: 'ftp-zip-with-pdf',
    severity: 'warning',
    says: 'A zip setting has a PDF setting on the same path.',
    find: ({ configuration: { ftp } }) =>
      ftp.zipSettings.flatMap((zip, n) =>
        !zip.isActive ||
        ftp.pdfSettings.some((pdf) => pdf.isActive && pdf.username === zip.username && sameFolder(pdf.path, zip.path))
          ? []
          : [
              {
                at: `ftp.zipSettings.${n}.path`,
                sentence: `The zip setting on ${zip.path} has no active PDF setting on the same path, so what is unpacked is not linked to bills.`,
              },
            ],
      ),
  },
  {
    id: 'stale-balances',
    severity: 'warning',
    says: 'Suppress Stale Balances goes with Real Time Data Refresh.',
    find: ({ configuration: { invoicing } }) =>
      invoicing.suppressStaleBalances && !invoicing.realTimeDataRefresh
        ? [
            {
              at: 'invoicing.suppressStaleBalances',
              sentence: 'Without Real Time Data Refresh no balance becomes stale, so this changes nothing.',
            },
          ]
        : [],
  },
  {
    id: 'sso-product',
    severity: 'warning',
    says: 'An SSO-only biller has the product SSO Connect.',
    find: ({ configuration }) =>
      configuration.advancedSettings['3'] !== undefined && !configuration.products.ssoConnect
        ? [
            {
              at: 'products.ssoConnect',
              sentence:
                'Payers sign on at the partner (setting 3), but the product SSO Connect is off, so nobody can arrive.',
            },
          ]
        : [],
  },
];

function unownedFolders(ftp: Configuration['ftp'], list: 'pdfSettings' | 'zipSettings'): readonly Finding[] {
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

function sameFolder(a: string, b: string): boolean {
  const plain = (folder: string) => folder.replaceAll('\\', '/').replace(/\/+$/, '').toLowerCase();
  return plain(a) === plain(b);
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, n) => names.indexOf(name) !== n))];
}
