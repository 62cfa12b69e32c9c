/** A field of the configuration that is kept and obeyed, but whose pages, calls or messages do not exist yet. */
export interface NotServedYet {
  /** A section, or a field in it; `*` stands for any invoice type. */
  readonly path: string;
  /** For the person at the screen: what is missing, and what the field already does. */
  readonly sentence: string;
}

/**
 * What payers cannot meet yet, whatever a screen says. The rule behind each is real and tested (what is off is refused);
 * the surface comes later. Screens say it beside the field; docs/assumptions.md lists the same.
 */
export const NOT_SERVED_YET: readonly NotServedYet[] = [
  {
    path: 'products.customerPortal',
    sentence: 'There are no Customer Portal pages yet. Off: a payment from it is refused.',
  },
  {
    path: 'products.autoPay',
    sentence: 'No page enrolls payers yet. Off: AutoPay payments and AutoPay changes are refused and not posted.',
  },
  {
    path: 'products.paperless',
    sentence: 'No page enrolls payers yet. Off: paperless changes are refused and not posted.',
  },
  {
    path: 'products.payByText',
    sentence: 'The text channel does not exist yet. Off: a payment by text is refused.',
  },
  {
    path: 'products.scheduledPayments',
    sentence: 'No page schedules payments yet. Off: a scheduled payment is refused.',
  },
  {
    path: 'products.recurringScheduledPayments',
    sentence: 'No page sets up recurring payments yet. Off: a recurring payment is refused.',
  },
  {
    path: 'products.obd',
    sentence: 'Bank remittances are not read yet. Off: a payment from one is refused.',
  },
  {
    path: 'products.cloudIvrConnect',
    sentence: 'There is no phone channel yet. Off: a payment by phone is refused.',
  },
  {
    path: 'products.cloudPay',
    sentence: 'CloudPay does not exist yet. It is on record only.',
  },
  {
    path: 'products.agentConnect',
    sentence: 'AgentConnect pages do not exist yet. Off: a payment taken by staff (CSR) is refused.',
  },
  {
    path: 'products.ssoConnect',
    sentence: 'SSO Connect calls and arrivals do not exist yet. Off: they will be refused.',
  },
  {
    path: 'profile.isMultiUser',
    sentence: 'Nobody can register yet. Off: a second login of an account will be refused.',
  },
  {
    path: 'invoiceTypes.*.authType',
    sentence: 'Nobody can register yet. It decides what will be asked of who registers.',
  },
  {
    path: 'invoiceTypes.*.registration',
    sentence: 'Nobody can register yet. Each way that is off will be refused.',
  },
  {
    path: 'obd.isOn',
    sentence: 'Bank remittances are not read yet. Off: a payment from one is refused.',
  },
  {
    path: 'obd.matchBy',
    sentence: 'Bank remittances are not read yet. It decides which account one will belong to.',
  },
  {
    path: 'ivr.invoiceTypeIds',
    sentence: 'There is no phone channel yet. A payment by phone for another invoice type is refused.',
  },
  ...(['FirstNotifyRequestedDate', 'SecondNotifyRequestedDate', 'ThirdNotifyRequestedDate'] as const).map((name) => ({
    path: `integration.customizations.${name}`,
    sentence: 'Notices of bills are not sent yet. The date is worked out and kept with each bill.',
  })),
  {
    path: 'integration.customizations.AutoPayCollectionDate',
    sentence: 'AutoPay does not collect yet. The date is worked out and kept with each bill.',
  },
  {
    path: 'integration.customizations.RegistrationValue',
    sentence: 'Nobody can register yet. The value is worked out and kept with each bill.',
  },
  {
    path: 'advancedSettings.23',
    sentence: 'Nobody signs out of the payer pages yet, so nobody is sent to this address.',
  },
  {
    path: 'advancedSettings.36',
    sentence: 'Nobody signs out of the payer pages yet, so nobody is sent to this address.',
  },
  {
    path: 'ftp',
    sentence: 'The SFTP server is not part of this version: logins and folders are on record, and no file is fetched.',
  },
];
