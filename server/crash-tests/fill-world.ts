import { imtLayout, printBif } from '@causeway/formats/bif';
import { generatePolicies, type PolicyInput } from '@causeway/sandbox/imt';
import { sql } from 'kysely';
import { createBiller, defaultConfiguration, settingsFromTexts } from '../features/billers/index.ts';
import { importInvoiceFile, receiveInvoiceFile } from '../features/invoices/index.ts';
import type { World } from './world.ts';

const FORMAT_GUID = 'a7da43f3-9d20-45c9-8dc5-be5ae931a8a3';
const BY = { kind: 'program', name: 'the crash tests' } as const;
/** Enough for every payment of a run, none of which is near it. */
const DUE_CENTS = 500_000_00;

/** A biller of the crash tests. The first has two environments and holds every doubt; the second closes them by evidence. */
export interface TestBiller {
  readonly bid: number;
  readonly slug: string;
  readonly guid: string;
  readonly instances: readonly string[];
  readonly firstPolicy: number;
  readonly trustLevel: 0 | 1;
}

export const TEST_BILLERS: readonly TestBiller[] = [
  {
    bid: 2984,
    slug: 'prairie-pine',
    guid: '6f1a9a52-3a0e-4a53-9d0c-7b1f5f1c2984',
    instances: ['3401', '3402'],
    firstPolicy: 40_000_000,
    trustLevel: 0,
  },
  {
    bid: 3120,
    slug: 'cedar-valley',
    guid: '0c7c1d0e-5b8a-4a86-8f2b-93a0b6a93120',
    instances: ['3403'],
    firstPolicy: 41_000_000,
    trustLevel: 1,
  },
];

/** An account that can pay, and what finds it. */
export interface TestAccount {
  readonly biller: TestBiller;
  readonly accountNumber: string;
  readonly lastName: string;
}

/** Accounts that are paid again and again, and others that are paid once: only of these the partner's figures are proof. */
export interface TestAccounts {
  readonly often: readonly TestAccount[];
  readonly once: readonly TestAccount[];
}

/** Makes the billers, their policies at the partner and their bills here; the first biller's are paid often. */
export async function fillWorld(world: World, counts: { often: number; once: number }): Promise<TestAccounts> {
  const lists: TestAccount[][] = [];
  for (const [n, biller] of TEST_BILLERS.entries()) {
    await addBiller(world, biller);
    const policies = policiesOf(biller, n === 0 ? counts.often : counts.once);
    for (const [at, instance] of biller.instances.entries())
      await world.imt.load(
        instance,
        policies.filter((_, n) => n % biller.instances.length === at),
      );
    await importBills(world, biller, policies);
    lists.push(
      policies.map((policy) => ({ biller, accountNumber: policy.policyNumber, lastName: policy.lastName ?? '' })),
    );
  }
  const [often = [], once = []] = lists;
  return { often, once };
}

export function policiesOf(biller: TestBiller, count: number): PolicyInput[] {
  const made = [...generatePolicies({ count, start: biller.firstPolicy, seed: biller.bid })];
  return made.map((policy) => ({ ...policy, currentDueCents: DUE_CENTS, totalUnpaidCents: DUE_CENTS }));
}

/** The bills of a day as a file of the biller. */
export function billsFile(biller: TestBiller, from: { policies: readonly PolicyInput[]; daysAgo: number }): string {
  const today = Temporal.Now.plainDateISO();
  const billed = today.subtract({ days: from.daysAgo });
  const invoices = from.policies.map((policy, n) => ({
    invoiceFormatGuid: FORMAT_GUID,
    invoiceNumber: `${policy.policyNumber}-${billed}`,
    invoiceDate: billed.toString(),
    dueDate: billed.add({ days: 30 }).toString(),
    totalCents: policy.currentDueCents,
    balanceForward: true,
    invoiceTypeId: String(252 + (n % biller.instances.length)),
    accountNumber: policy.policyNumber,
    customerName: `${policy.firstName} ${policy.lastName}`,
    details: [{ description: 'Insurance' }],
    extras: {},
  }));
  const head = { billerGuid: biller.guid, reference: `DAY-${from.daysAgo}`, creationDate: today.toString() };
  return printBif(head, invoices, imtLayout);
}

async function importBills(world: World, biller: TestBiller, policies: readonly PolicyInput[]): Promise<void> {
  const { deps } = world;
  const source = Buffer.from(billsFile(biller, { policies, daysAgo: 3 }));
  const file = await receiveInvoiceFile(deps, { bid: biller.bid, name: 'first.bif', way: 'cli', by: BY, source });
  await importInvoiceFile(deps, { bid: biller.bid, fileId: file.id });
  const { rows } = await deps.database.withBiller(biller.bid, (tx) =>
    sql<{ state: string; message: string | null }>`select f.state, (select x.message from invoice_file_fault x
      where x.bid = f.bid and x.file_id = f.id limit 1) as message from invoice_file f where f.id = ${file.id}`.execute(
      tx,
    ),
  );
  if (rows[0]?.state !== 'loaded')
    throw new Error(`the bills were not loaded: ${rows[0]?.state} ${rows[0]?.message ?? ''}`);
}

async function addBiller(world: World, biller: TestBiller): Promise<void> {
  const base = defaultConfiguration({
    name: biller.slug,
    integrationPartner: 'IMT Computer Services',
    invoiceFormatGuid: FORMAT_GUID,
  });
  const [type] = base.invoiceTypes;
  if (!type) throw new Error('the default configuration has an invoice type');
  const { instances } = biller;
  const origin = world.imtOrigin;
  const each = (path: string) => instances.map((instance) => `${origin}/${instance}/api/${path}`).join('|');
  const first = (path: string) => `${origin}/${instances[0]}/api/${path}`;
  const user = 'causeway';
  const password = 'sandbox-password';
  const both = { CC: true, ACH: true };
  await createBiller(world.deps, {
    bid: biller.bid,
    name: biller.slug,
    slug: biller.slug,
    guid: biller.guid,
    by: BY,
    configuration: {
      ...base,
      invoiceTypes: instances.map((instance, n) => ({
        ...type,
        id: String(252 + n),
        name: `Instance ${instance}`,
        environment: instances.length === 1 ? null : n === 0 ? 1 : 2,
        arePartialPaymentsAllowed: true,
      })),
      products: { ...base.products, agentConnect: true },
      cards: { ...base.cards, fees: { CC: { flatCents: 250, basisPoints: 0 }, ACH: { flatCents: 0, basisPoints: 0 } } },
      invoicing: {
        ...base.invoicing,
        realTimeDataRefresh: true,
        suppressStaleBalances: true,
        balanceMaxAgeSeconds: 300,
      },
      advancedSettings: settingsFromTexts({
        ...{ 8: each(''), 9: user, 10: password, 11: each(''), 12: user, 13: password },
        ...{ 14: first(''), 15: user, 16: password, 17: first(''), 18: user, 19: password },
        ...{ 20: each(''), 21: user, 22: password, 32: '1', 88: each('sessions/'), 105: '0' },
        ...(instances.length === 2 && { 81: 'MULTIENVIRONMENT' }),
      }),
      dataPump: {
        ...base.dataPump,
        payments: { ...base.dataPump.payments, 'Virtual Site': both, CSR: both },
      },
    },
  });
  if (biller.trustLevel === 0) return;
  await world.deps.database.withSystem((tx) =>
    tx
      .insertInto('partner_trust')
      .values({
        bid: biller.bid,
        partner: 'IMT Computer Services',
        level: biller.trustLevel,
        changed_by: 'the crash tests',
        changed_at: world.deps.clock.now(),
        reason: 'doubts are closed by evidence here',
      })
      .execute(),
  );
}
