import type { FieldWords, SectionWords } from '../field-words.ts';

/** The three settings of one operation of the partner: where it goes, as whom, with which secret. */
function endpoint(of: {
  url: number;
  does: string;
  neededWhere: string;
  affects: string;
  /** A partner may want a private key besides the password. */
  isKeyed?: true;
}): Readonly<Record<string, FieldWords>> {
  const [username, password] = [of.url + 1, of.url + 2];
  return {
    [of.url]: {
      label: `Setting ${of.url}`,
      means: `The partner’s address where ${of.does}. Where setting 81 is on, one address for each environment.`,
      dependsOn: `${of.neededWhere}; goes with ${username} and ${password}. An address on another host clears the secret in ${password}, so that nobody can have it sent elsewhere.`,
      affects: of.affects,
    },
    [username]: {
      label: `Setting ${username}`,
      means: `The name the partner knows us by where ${of.does}.`,
      dependsOn: `Goes with ${of.url} and ${password}.`,
      affects: of.affects,
    },
    [password]: {
      label: `Setting ${password}`,
      means: `The password to the name in ${username}. Sealed when it is saved; only its fingerprint is shown.`,
      dependsOn: `Goes with ${of.url} and ${username}. Cleared when ${of.url} or 88 leads to another host.${of.isKeyed ? ' IMT Spectrum wants a private key beside it.' : ''}`,
      affects: of.affects,
    },
  };
}

const settings: Readonly<Record<string, FieldWords>> = {
  3: {
    label: 'Setting 3',
    means: 'The partner’s page where payers sign on. Set, this biller’s payers sign on there only.',
    dependsOn:
      'Goes with 23 and 36; every invoice type then has the Auth Type “Email Address with Password” and no registration.',
    affects: 'Payers: the Virtual Site sends them there in place of taking a payment.',
  },
  ...endpoint({
    url: 8,
    does: 'balances are asked for (Data Refresh)',
    neededWhere: 'Needed where Real Time Data Refresh is on',
    affects: 'Payers and staff: what is due, from the next refresh on.',
    isKeyed: true,
  }),
  ...endpoint({
    url: 11,
    does: 'DataPump posts payments',
    neededWhere: 'Needed where DataPump Management posts payments',
    affects: 'Payments taken from the save on; a delivery that exists already goes where it was to go.',
    isKeyed: true,
  }),
  ...endpoint({
    url: 14,
    does: 'DataPump posts paperless changes',
    neededWhere: 'Needed where DataPump Management posts paperless changes; not at IMT Spectrum',
    affects: 'Paperless changes made from the save on.',
  }),
  ...endpoint({
    url: 17,
    does: 'DataPump posts AutoPay changes',
    neededWhere: 'Needed where DataPump Management posts AutoPay changes; not at IMT Spectrum',
    affects: 'AutoPay changes made from the save on.',
  }),
  ...endpoint({
    url: 20,
    does: 'the PDF of a bill is fetched from',
    neededWhere: 'Not set: no PDF is fetched from the partner; not at IMT Spectrum',
    affects: 'Payers who open a bill as a PDF.',
  }),
  23: {
    label: 'Setting 23',
    means: 'The partner’s page that signs a payer out there as well.',
    dependsOn: 'Goes with 3 and 36.',
    affects: 'Payers who signed on at the partner.',
  },
  32: {
    label: 'Setting 32',
    means: 'On: staff only read whether ACH and CC are blocked for an account. Off: staff set it.',
    dependsOn: 'Must be on where 131 lets the partner set the blocks: what staff set, the next refresh would undo.',
    affects: 'Staff on the page of an account.',
  },
  36: {
    label: 'Setting 36',
    means: 'The partner’s page to which a payer returns.',
    dependsOn: 'Goes with 3 and 23.',
    affects: 'Payers who signed on at the partner.',
  },
  81: {
    label: 'Setting 81',
    means: 'MULTIENVIRONMENT: the partner runs two systems for this biller. Not set: one.',
    dependsOn: 'With it 8, 11 and 20 hold two addresses, and each invoice type names its environment.',
    affects: 'Every balance, post and PDF of an invoice type whose environment is the other one.',
  },
  88: {
    label: 'Setting 88',
    means: 'The partner’s address where a session is opened before anything is asked or posted.',
    dependsOn:
      'Only for a partner with a sign-in of its own, such as IMT Computer Services. An address on another host clears the secrets in 10, 13, 16, 19 and 22, since all logins go there.',
    affects: 'Everything that is asked of the partner or posted to it.',
  },
  105: {
    label: 'Setting 105',
    means:
      '1: a file of one invoice is taken at once, as a single invoice of the web service is. 0: it is imported like any file.',
    dependsOn: 'IMT no longer uses it: it sends single invoices to the web service. Not at IMT Spectrum.',
    affects: 'Who uploads files of one invoice.',
  },
  131: {
    label: 'Setting 131',
    means: 'JSON. With UpdateBlockedFlags true, the partner’s answer to a refresh blocks ACH or CC of an account.',
    dependsOn: 'With true, 32 must be on.',
    affects: 'Payers: a blocked method is not offered.',
  },
  '*': {
    label: 'Setting {1}',
    means: 'A number that Causeway does not know. It is kept as text and changes nothing.',
    affects: 'Nobody here.',
  },
};

export const advancedSettingsWords: SectionWords = {
  intro:
    'Numbered values, as the partner’s documents name them: where it is reached, as whom, and a few switches. Secrets are sealed when they are saved and never shown again; only a fingerprint is.',
  // A setting is told as one, whatever parts it holds.
  fields: Object.fromEntries(
    Object.entries(settings).map(([number, words]): [string, FieldWords] => [number, { ...words, isWhole: true }]),
  ),
};
