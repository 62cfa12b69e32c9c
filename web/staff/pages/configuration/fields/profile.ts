import type { SectionWords } from '../field-words.ts';

export const profileWords: SectionWords = {
  intro:
    'Who the biller is, which partner its balances and payments go to, and how its pages greet payers. Payers see the brand and the Virtual Site text at once after a save.',
  fields: {
    integrationPartner: {
      label: 'Integration Partner ID',
      means: 'The system that holds the policies: balances are asked of it, and payments are posted to it.',
      dependsOn:
        'Which Advanced Settings exist, how 10 and 13 are written, and which non-payment changes can be posted. A change of partner usually changes Advanced Settings in the same save.',
      affects: 'Payers (balances shown), and every delivery that begins after the save.',
      mustBe: 'must be at most 60 characters.',
    },
    timeZone: {
      label: 'Time zone',
      means:
        'The biller’s own clock: a due date and a day of reconciliation begin and end by it, and payers read times in it.',
      dependsOn: 'Maintenance windows are entered in Central Time whatever is chosen here.',
      affects: 'Payers near midnight, and what counts as one day in Reconciliation.',
      mustBe: 'must be a time zone such as America/Chicago.',
    },
    contacts: {
      label: 'Contacts',
      means:
        'People to call at the biller or its partner. Those whose role is “Customer Service” are told to payers, three at most.',
      affects: 'Staff, and payers who look for help: they see name, phone and email of Customer Service.',
      mustBe: 'can hold at most 50 people.',
    },
    'contacts.*.role': {
      label: 'Role',
      means:
        'What the person is asked about, such as “billing manager”. With “Customer Service” payers are told to call them.',
      affects: 'Payers where the role is “Customer Service”; else staff only.',
      mustBe: 'must be at most 60 characters.',
    },
    'contacts.*.name': {
      label: 'Name',
      means: 'The contact’s name.',
      affects: 'Payers where the role is “Customer Service”; else staff only.',
      mustBe: 'must be at most 120 characters.',
    },
    'contacts.*.email': {
      label: 'Email',
      means: 'Where the contact is written to, by people. Nothing is sent there by itself.',
      affects: 'Payers where the role is “Customer Service”; else staff only.',
      mustBe: 'must be an email address such as ann@example.com, or empty.',
    },
    'contacts.*.phone': {
      label: 'Phone',
      means: 'Where the contact is called.',
      affects: 'Payers where the role is “Customer Service”; else staff only.',
      mustBe: 'must be at most 40 characters.',
    },
    isMultiUser: {
      label: 'Multi-user',
      means: 'Several people may sign in for one account, each with a login of their own.',
      dependsOn: 'The partner’s own sign-on says who they are where SSO Connect is on.',
      affects: 'Payers of the Customer Portal.',
    },
    'virtualSiteVerbiage.en': {
      label: 'Virtual Site verbiage, English',
      means: 'The text above the search for a bill. Plain text: it is shown as it is written here.',
      affects: 'Every payer who opens the Virtual Site in English.',
      mustBe: 'must be at most 4,000 characters.',
    },
    'virtualSiteVerbiage.es': {
      label: 'Virtual Site verbiage, Spanish',
      means: 'The same text for payers who read Spanish.',
      affects: 'Every payer who opens the Virtual Site in Spanish.',
      mustBe: 'must be at most 4,000 characters.',
    },
    'brand.displayName': {
      label: 'Display name',
      means: 'The biller’s name as payers read it, on pages and receipts.',
      affects: 'Payers, from the next page and the next email on.',
      mustBe: 'must be 1 to 120 characters.',
    },
    'brand.accentColour': {
      label: 'Accent colour',
      means: 'The colour of buttons and links on payer pages.',
      dependsOn: 'Where it can’t be read on white or on dark, the pages darken or lighten it until it can (4.5 : 1).',
      affects: 'Payers.',
      mustBe: 'must be a colour such as #1f5a8c.',
    },
    'brand.logo': {
      label: 'Logo',
      means: 'Stands on top of every payer page. PNG, SVG or WebP, at most 150 kB.',
      dependsOn: 'Without a logo the display name stands there.',
      affects: 'Payers.',
      mustBe: 'must be a PNG, SVG or WebP image of at most 150 kB.',
    },
  },
};
