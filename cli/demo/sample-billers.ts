/** The three billers of the demo, the last one on the other of IMT's systems. Their names are invented. */
export interface SampleBiller {
  readonly bid: number;
  readonly name: string;
  readonly slug: string;
  readonly guid: string;
  readonly accentColour: string;
  readonly system: 'mips-apps' | 'spectrum';
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
    system: 'mips-apps',
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
    system: 'mips-apps',
    instances: ['3403'],
    invoiceTypes: [{ id: '252', name: 'All policies', environment: null }],
    bills: 1000,
    firstPolicy: 71_000_000,
    fees: { CC: { flatCents: 0, basisPoints: 250 }, ACH: { flatCents: 100, basisPoints: 0 } },
    arePartialPaymentsAllowed: false,
  },
  {
    bid: 4410,
    name: 'Bluff Creek Mutual',
    slug: 'bluff-creek',
    guid: '4d0b7c1e-9a53-4c0e-8d11-2f6a7b0e4410',
    accentColour: '#2d6a3e',
    system: 'spectrum',
    instances: ['5501'],
    invoiceTypes: [{ id: '301', name: 'Policies', environment: null }],
    bills: 250,
    firstPolicy: 55_000_000,
    fees: { CC: { flatCents: 300, basisPoints: 0 }, ACH: { flatCents: 0, basisPoints: 0 } },
    arePartialPaymentsAllowed: true,
  },
];

export const SANDBOX_USER = 'causeway';
export const SANDBOX_PASSWORD = 'sandbox-password';
export const SANDBOX_PRIVATE_KEY = 'sandbox-private-key';
export const INVOICE_FORMAT_GUID = 'a7da43f3-9d20-45c9-8dc5-be5ae931a8a3';
