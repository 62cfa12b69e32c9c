import type { SectionWords } from '../field-words.ts';

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
      mustBe: 'must be 3 to 40 small letters, digits, dots, dashes or underscores.',
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
    pdfSettings: {
      label: 'PDF settings',
      means: 'Folders in which PDFs of bills are looked for.',
      dependsOn: 'Each belongs to an FTP user that exists.',
      affects: 'Payers: without it a dropped PDF is not linked to its bill.',
      isWhole: true,
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
