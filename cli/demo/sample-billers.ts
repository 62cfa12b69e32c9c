/** The two billers of the demo. Their names are invented. */
export interface SampleBiller {
  readonly bid: number;
  readonly name: string;
  readonly slug: string;
  readonly guid: string;
  readonly accentColour: string;
  /** The sandbox's instances: one, or two under MULTIENVIRONMENT. */
  readonly instances: readonly [string] | readonly [string, string];
  readonly invoiceTypes: readonly { id: string; name: string; environment: 1 | 2 | null }[];
  readonly bills: number;
  readonly firstPolicy: number;
  readonly fees: { CC: { flatCents: number; basisPoints: number }; ACH: { flatCents: number; basisPoints: number } };
  readonly arePartialPaymentsAllowed: boolean;
}

export const SAMPLE_BILLERS: readonly SampleBiller[] = [
  {
    bid: 2984,
    name: 'Prairie Pine Mutual',
    slug: 'prairie-pine',
    guid: '6f1a9a52-3a0e-4a53-9d0c-7b1f5f1c2984',
    accentColour: '#1f5a8c',
    instances: ['3401', '3402'],
    invoiceTypes: [
      { id: '252', name: 'Farm and home', environment: 1 },
      { id: '253', name: 'Auto', environment: 2 },
    ],
    bills: 4000,
    firstPolicy: 20_240_000,
    fees: { CC: { flatCents: 250, basisPoints: 0 }, ACH: { flatCents: 0, basisPoints: 0 } },
    arePartialPaymentsAllowed: true,
  },
  {
    bid: 3120,
    name: 'Cedar Valley Insurance',
    slug: 'cedar-valley',
    guid: '0c7c1d0e-5b8a-4a86-8f2b-93a0b6a93120',
    accentColour: '#7a3e12',
    instances: ['3403'],
    invoiceTypes: [{ id: '252', name: 'All policies', environment: null }],
    bills: 1000,
    firstPolicy: 71_000_000,
    fees: { CC: { flatCents: 0, basisPoints: 250 }, ACH: { flatCents: 100, basisPoints: 0 } },
    arePartialPaymentsAllowed: false,
  },
];

export const SANDBOX_USER = 'causeway';
export const SANDBOX_PASSWORD = 'sandbox-password';
export const INVOICE_FORMAT_GUID = 'a7da43f3-9d20-45c9-8dc5-be5ae931a8a3';
