import type { SectionWords } from '../field-words.ts';

export const productsWords: SectionWords = {
  intro:
    'What this biller has bought. Switching a product off takes its pages and its work away at once; what payers set up is kept.',
  fields: {
    virtualSite: {
      label: 'Virtual Site',
      means: 'The public page where a payer finds a bill and pays it without a login.',
      dependsOn:
        'The address is the biller’s slug (Profile). Where payers sign on at the partner only (setting 3), it shows the way there.',
      affects: 'Payers without a login: off, its pages say so.',
    },
    customerPortal: {
      label: 'Customer Portal',
      means: 'Payers sign in, see all their bills, and look after AutoPay and Paperless.',
      dependsOn: 'Auth Type and registration options of the invoice types.',
      affects: 'Payers with a login.',
    },
    autoPay: {
      label: 'AutoPay',
      means: 'Bills are paid by themselves on the day the payer chose.',
      dependsOn: 'Changes reach the partner where DataPump posts AutoPay changes.',
      affects: 'Payers with AutoPay: off, nothing is collected by itself.',
    },
    paperless: {
      label: 'Paperless',
      means: 'Payers may choose emails in place of printed bills.',
      dependsOn: 'Changes reach the partner where DataPump posts paperless changes.',
      affects: 'Payers, and who prints the bills.',
    },
    payByText: {
      label: 'Pay by Text',
      means: 'A payer answers a text message to pay.',
      dependsOn: 'The payer’s consent and phone number.',
      affects: 'Payers who agreed to texts.',
    },
    scheduledPayments: {
      label: 'Scheduled Payments',
      means: 'A payer sets one payment for a later day.',
      affects: 'Payers with a login.',
    },
    recurringScheduledPayments: {
      label: 'Recurring Scheduled Payments',
      means: 'A payer sets the same payment for every month.',
      affects: 'Payers with a login.',
    },
    obd: {
      label: 'OBD',
      means: 'Online Bank Direct: payments that payers push from their own bank.',
      dependsOn: 'How they are matched is set under OBD.',
      affects: 'Payers who pay at their bank.',
    },
    cloudIvrConnect: {
      label: 'Cloud IVR Connect',
      means: 'Pay by phone, by talking to a machine.',
      dependsOn: 'Which invoice types are offered is set under Cloud IVR Connect Invoice Types.',
      affects: 'Payers who call.',
    },
    cloudPay: {
      label: 'CloudPay',
      means: 'The partner’s own pages show a payment form of ours.',
      dependsOn: 'The partner codes it.',
      affects: 'Payers on the partner’s pages.',
    },
    agentConnect: {
      label: 'AgentConnect',
      means: 'Insurance agents pay for their customers.',
      dependsOn: 'The partner codes it.',
      affects: 'Agents and their customers.',
    },
    ssoConnect: {
      label: 'SSO Connect',
      means: 'The partner signs its own users on to the biller’s pages.',
      dependsOn: 'An API credential of the partner; settings 3, 23 and 36 where payers sign on there only.',
      affects: 'Payers who come from the partner’s portal.',
    },
  },
};
