import type { FieldWords, SectionWords } from '../field-words.ts';

/** What PDF and zip settings have in common. */
function settingFields(list: string, name: string): Readonly<Record<string, FieldWords>> {
  const of = `${name} {1}`;
  return {
    [`${list}.*.username`]: {
      of,
      label: 'FTP username',
      means: 'Whose folder it is.',
      dependsOn: 'One of the FTP users above.',
      affects: 'Which folder is looked into.',
      mustBe: 'must be one of the FTP users.',
    },
    [`${list}.*.path`]: {
      of,
      label: 'Path',
      means: 'The folder inside the user’s own, such as /ToInvoiceCloud/PDFs. The server makes it.',
      dependsOn: 'A PDF setting and a zip file setting on the same path are the recommended pair.',
      affects: 'Where the partner has to drop its files.',
    },
    [`${list}.*.isBackupOn`]: {
      of,
      label: 'Backup',
      means: 'The original is kept under a dated folder for some days.',
      affects: 'Staff, who can look a file up again.',
    },
    [`${list}.*.isActive`]: {
      of,
      label: 'Active',
      means: 'Off: the setting is kept, and the folder is not looked into.',
      affects: 'Payers: PDFs in it are not linked meanwhile.',
    },
  };
}

export const ftpWords: SectionWords = {
  intro: 'Who may drop files by SFTP, and what is done with the PDFs and zip files that are found.',
  fields: {
    'users.order': {
      label: 'Order of the FTP users',
      means: 'The order in which they are listed.',
      affects: 'Staff only.',
    },
    'users.*.username': {
      of: 'FTP user {1}',
      label: 'Username',
      means: 'The name the partner signs in with.',
      dependsOn: 'PDF and zip settings name it.',
      affects: 'The partner.',
      mustBe: 'must be 3 to 40 small letters, digits, dots, dashes or underscores, a letter or digit first.',
    },
    'users.*.password': {
      of: 'FTP user {1}',
      label: 'Password',
      means: 'Sealed when it is saved, and never shown again.',
      affects: 'The partner: the old one stops at once.',
      isWhole: true,
    },
    'users.*.publicKeys': {
      of: 'FTP user {1}',
      label: 'Public keys',
      means: 'Keys the partner may sign in with in place of a password.',
      affects: 'The partner.',
      isWhole: true,
    },
    ...settingFields('pdfSettings', 'PDF setting'),
    'pdfSettings.*.moveAction': {
      of: 'PDF setting {1}',
      label: 'Move action',
      means: 'What becomes of a PDF whose invoice is not found.',
      dependsOn: 'Pending ones are tried again with each import of this biller’s invoices.',
      affects: 'Staff, who see what is pending; payers, whose PDF comes late.',
    },
    pdfSettings: {
      label: 'PDF settings',
      means: 'Folders in which PDFs of bills are looked for.',
      dependsOn: 'Each belongs to an FTP user that exists.',
      affects: 'Payers: without it a dropped PDF is not linked to its bill.',
      isWhole: true,
    },
    ...settingFields('zipSettings', 'Zip file setting'),
    'zipSettings.*.areZipFilesDeleted': {
      of: 'Zip file setting {1}',
      label: 'Delete zip files',
      means: 'A zip file that was unpacked is deleted from the folder.',
      dependsOn: 'Backup keeps the original all the same.',
      affects: 'The partner, who no longer sees it there.',
    },
    zipSettings: {
      label: 'Zip file settings',
      means: 'Folders in which zip files are unpacked.',
      dependsOn: 'A PDF setting on the same path, so that what is unpacked is linked.',
      affects: 'Payers: without it the PDFs inside a zip file are not found.',
      isWhole: true,
    },
  },
};
