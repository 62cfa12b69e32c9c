import { imtLayout, printBif } from '@causeway/formats/bif';
import { connectImtControls, generatePolicies, type PolicyInput } from '@causeway/sandbox/imt';
import { createBiller, defaultConfiguration, type FeatureDeps, settingsFromTexts } from '@causeway/server/operator';
import {
  INVOICE_FORMAT_GUID,
  SANDBOX_PASSWORD,
  SANDBOX_PRIVATE_KEY,
  SANDBOX_USER,
  type SampleBiller,
} from './sample-billers.ts';

const BATCH = 500;
const BY = { kind: 'program', name: 'the demo' } as const;

/** Makes a sample biller, unless it is there already. Its endpoints are the sandbox's. */
export async function ensureBiller(deps: FeatureDeps, sample: SampleBiller, imtOrigin: string): Promise<void> {
  if (await deps.billers.load(sample.bid)) return;
  const base = defaultConfiguration({
    name: sample.name,
    integrationPartner: sample.system === 'spectrum' ? 'IMT Spectrum' : 'IMT Computer Services',
    invoiceFormatGuid: INVOICE_FORMAT_GUID,
  });
  const [type] = base.invoiceTypes;
  if (!type) throw new Error('the default configuration has an invoice type');
  await createBiller(deps, {
    bid: sample.bid,
    name: sample.name,
    slug: sample.slug,
    guid: sample.guid,
    by: BY,
    configuration: {
      ...base,
      profile: {
        ...base.profile,
        contacts: [
          { role: 'Customer Service', name: sample.name, email: `help@${sample.slug}.example`, phone: '515-555-0142' },
        ],
        brand: { ...base.profile.brand, accentColour: sample.accentColour },
      },
      invoiceTypes: sample.invoiceTypes.map((wanted) => ({
        ...type,
        ...wanted,
        invoiceFormatGuid: INVOICE_FORMAT_GUID,
        arePartialPaymentsAllowed: sample.arePartialPaymentsAllowed,
      })),
      cards: { ...base.cards, fees: sample.fees },
      invoicing: {
        ...base.invoicing,
        realTimeDataRefresh: true,
        suppressStaleBalances: true,
        balanceMaxAgeSeconds: 30,
      },
      advancedSettings:
        sample.system === 'spectrum' ? spectrumSettings(sample, imtOrigin) : mipsAppsSettings(sample, imtOrigin),
      dataPump: {
        ...base.dataPump,
        payments: { ...base.dataPump.payments, 'Virtual Site': { CC: true, ACH: true }, CSR: { CC: true, ACH: true } },
        nonPayment:
          sample.system === 'spectrum' ? { paperless: false, autopay: false } : { paperless: true, autopay: true },
      },
    },
  });
}

const ALIKE = { 32: '1', 131: '{"RTDRConfig":{"UpdateBlockedFlags":true}}' } as const;

function mipsAppsSettings(sample: SampleBiller, imtOrigin: string): ReturnType<typeof settingsFromTexts> {
  const each = (path: string) => sample.instances.map((instance) => `${imtOrigin}/${instance}/api/${path}`).join('|');
  const first = (path: string) => `${imtOrigin}/${sample.instances[0]}/api/${path}`;
  return settingsFromTexts({
    8: each(''),
    9: SANDBOX_USER,
    10: SANDBOX_PASSWORD,
    11: each(''),
    12: SANDBOX_USER,
    13: SANDBOX_PASSWORD,
    14: first(''),
    15: SANDBOX_USER,
    16: SANDBOX_PASSWORD,
    17: first(''),
    18: SANDBOX_USER,
    19: SANDBOX_PASSWORD,
    20: each(''),
    21: SANDBOX_USER,
    22: SANDBOX_PASSWORD,
    ...(sample.instances.length === 2 && { 81: 'MULTIENVIRONMENT' }),
    88: each('sessions/'),
    105: '0',
    ...ALIKE,
  });
}

/** One address and one login for everything; the private key stands before the password. */
function spectrumSettings(sample: SampleBiller, imtOrigin: string): ReturnType<typeof settingsFromTexts> {
  const url = `${imtOrigin}/${sample.instances[0]}/api`;
  const keyAndPassword = `${SANDBOX_PRIVATE_KEY}|${SANDBOX_PASSWORD}`;
  return settingsFromTexts(
    { 8: url, 9: SANDBOX_USER, 10: keyAndPassword, 11: url, 12: SANDBOX_USER, 13: keyAndPassword, ...ALIKE },
    { hasPrivateKey: true },
  );
}

/** The policies of a sample biller, with bills of this month: the partner and the BIF are made from the same ones. */
export function samplePolicies(
  sample: SampleBiller,
  today: string,
): { instance: string; typeId: string; policies: PolicyInput[] }[] {
  const types = sample.invoiceTypes.length;
  const made = [...generatePolicies({ count: sample.bills, start: sample.firstPolicy, seed: sample.bid })];
  return sample.invoiceTypes.map((type, at) => ({
    instance: sample.instances[at] ?? sample.instances[0],
    typeId: type.id,
    policies: made.filter((_, n) => n % types === at).map((policy, n) => ({ ...policy, ...datesFor(today, n) })),
  }));
}

/** Puts the policies into the sandbox, unless they are there: loading again would undo what was paid. */
export async function ensurePolicies(controlUrl: string, sample: SampleBiller, today: string): Promise<void> {
  const controls = connectImtControls(controlUrl);
  for (const part of samplePolicies(sample, today)) {
    const last = part.policies.at(-1)?.policyNumber ?? '';
    const isThere = await controls.policy(part.instance, last).then(
      () => true,
      () => false,
    );
    if (isThere) continue;
    for (let at = 0; at < part.policies.length; at += BATCH)
      await controls.load(part.instance, part.policies.slice(at, at + BATCH));
  }
}

/** The sample biller's bills as a BIF, as its system would send it. */
export function sampleBif(sample: SampleBiller, today: string): string {
  const invoices = samplePolicies(sample, today).flatMap((part) =>
    part.policies.map((policy) => ({
      invoiceFormatGuid: INVOICE_FORMAT_GUID,
      invoiceNumber: `${policy.policyNumber}-${policy.billDate}`,
      invoiceDate: policy.billDate ?? today,
      dueDate: policy.dueDate ?? today,
      totalCents: policy.currentDueCents,
      balanceForward: true,
      invoiceTypeId: part.typeId,
      accountNumber: policy.policyNumber,
      customerName: `${policy.firstName} ${policy.lastName}`,
      details: [{ description: 'Insurance' }],
      extras: {},
    })),
  );
  return printBif({ billerGuid: sample.guid, reference: 'DEMO', creationDate: today }, invoices, imtLayout);
}

function datesFor(today: string, n: number): { billDate: string; dueDate: string } {
  const billed = Temporal.PlainDate.from(today).subtract({ days: 1 + (n % 20) });
  return { billDate: billed.toString(), dueDate: billed.add({ days: 30 }).toString() };
}
