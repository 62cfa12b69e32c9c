import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FTP_USERNAME, isSameFolder, readFtpPath, windowsPath } from './index.ts';

describe('a path of the SFTP server', () => {
  test.each([
    ['prairiepinemutualftp\\ToInvoiceCloud\\PDFs', 'prairiepinemutualftp', '/ToInvoiceCloud/PDFs'],
    ['prairiepinemutualftp\\\\ToInvoiceCloud\\\\PDFs', 'prairiepinemutualftp', '/ToInvoiceCloud/PDFs'],
    ['prairiepinemutualftp/ToInvoiceCloud/PDFs/', 'prairiepinemutualftp', '/ToInvoiceCloud/PDFs'],
    ['\\ToInvoiceCloud\\PDFs', null, '/ToInvoiceCloud/PDFs'],
    ['\\\\ToInvoiceCloud\\\\PDFs', null, '/ToInvoiceCloud/PDFs'],
    ['/ToInvoiceCloud/PDFs', null, '/ToInvoiceCloud/PDFs'],
    ['ToInvoiceCloud\\PDFs', null, '/ToInvoiceCloud/PDFs'],
    [' /Bills 2026 ', null, '/Bills 2026'],
    ['/', null, '/'],
  ])('%s is read as user and folder', (text, username, folder) => {
    expect(readFtpPath(text)).toEqual({ kind: 'place', username, folder });
  });

  test.each([
    '',
    '  ',
    'C:\\Invoices',
    '/C:/x',
    '/a/../b',
    '..\\other',
    '/a/./b',
    '/a|b',
    '/a\u0000b',
    '/ends.',
    `/${'x'.repeat(101)}`,
    '/x'.repeat(101),
  ])('%j is refused with a sentence', (text) => {
    expect(readFtpPath(text)).toMatchObject({ kind: 'refused', why: expect.stringMatching(/\.$/) });
  });

  test('whatever is accepted stays inside the user’s folder and reads the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ0.\\/ -_:|\u0000ñ'), maxLength: 40 }), (text) => {
        const read = readFtpPath(text);
        if (read.kind === 'refused') return;
        expect(read.folder).toMatch(/^\/(?!.*(\/\/|\\))/);
        expect(read.folder.split('/')).not.toContain('..');
        expect(readFtpPath(read.folder)).toEqual({ kind: 'place', username: null, folder: read.folder });
        expect(isSameFolder(read.folder, read.folder.toUpperCase().replaceAll('/', '\\'))).toBe(true);
        if (read.username !== null) {
          expect(read.username).toMatch(FTP_USERNAME);
          expect(readFtpPath(windowsPath(read.username, read.folder))).toEqual(read);
        }
      }),
    );
  });
});
