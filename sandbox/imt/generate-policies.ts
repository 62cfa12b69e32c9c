import { seededRandom } from '../seeded-random.ts';
import { decimal } from './payments-due.ts';
import { type PolicyInput, type PolicyRun, policyRun } from './records.ts';

/** Invoices read from one BIF text. */
const INVOICES_MAX = 1_000_000;

const FIRST_NAMES = 'JESSICA MARCUS ELENA DWAYNE PRIYA OMAR HANNAH LUIS GRACE TOMASZ AISHA WALTER'.split(' ');
const LAST_NAMES = 'SMITH JOHNSON GARCIA NGUYEN OLSON PATEL KOWALSKI BROWN MARTINEZ LARSEN CLARK SCHMIDT'.split(' ');
const TOWNS = [
  ['WEST DES MOINES', '50265-0000'],
  ['CEDAR RAPIDS', '52401-0000'],
  ['SIOUX CITY', '51101-0000'],
  ['AMES', '50010-0000'],
  ['DUBUQUE', '52001-0000'],
] as const;

/** Made-up policies, the same for the same run. Balances lie between $20.00 and $2,499.99. */
export function* generatePolicies(run: PolicyRun): Generator<PolicyInput> {
  const { count, start, seed } = policyRun.parse(run);
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let at = 0; at < count; at += 1) {
    const [city, zipCode] = pick(TOWNS);
    const firstName = pick(FIRST_NAMES);
    const lastName = pick(LAST_NAMES);
    const day = String(1 + Math.floor(random() * 28)).padStart(2, '0');
    yield {
      policyNumber: String(start + at),
      currentDueCents: 2_000 + Math.floor(random() * 248_000),
      firstName,
      lastName,
      city,
      state: 'IA',
      zipCode,
      addressOne: `${100 + Math.floor(random() * 9_800)} ${pick(LAST_NAMES)} STREET`,
      email: `${firstName}.${lastName}.${start + at}@example.com`.toLowerCase(),
      billDate: `2026-11-${day}`,
      dueDate: `2026-12-${day}`,
      partialPayment: random() < 0.25,
    };
  }
}

/** What a BIF needs that a policy does not have. Dates are YYYY-MM-DD. */
export interface BifHead {
  billerGuid: string;
  invoiceFormatGuid: string;
  invoiceTypeId: string;
  fileDate: string;
  fileReference?: string;
}

/** The policies as a BIF in IMT's layout (file header, then invoice, customer and detail of each), LF at each line's end. */
export function printBif(policies: readonly PolicyInput[], head: BifHead): string {
  const totalCents = policies.reduce((sum, policy) => sum + policy.currentDueCents, 0);
  const reference = head.fileReference ?? 'SANDBOX';
  const lines = [
    `FH|${head.billerGuid}|${reference}|${usDate(head.fileDate)}|${policies.length}|${decimal(totalCents)}`,
  ];
  for (const policy of policies) {
    const billDate = policy.billDate ?? head.fileDate;
    const invoice = [`${policy.policyNumber}-${billDate}`, usDate(billDate), usDate(policy.dueDate ?? billDate)];
    lines.push(
      `IH|R|${head.invoiceFormatGuid}|${invoice.join('|')}|${decimal(policy.currentDueCents)}|1|${head.invoiceTypeId}`,
      `CR|${policy.policyNumber}|${policy.firstName ?? 'ALEX'} ${policy.lastName ?? 'EXAMPLE'}`,
      'ID|Insurance',
    );
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Policies of a BIF in IMT's layout, so that partner and file agree. Only what a policy needs is read: this is no
 * validator. Several invoices of one account add up. Throws with the line's number where a line cannot be read.
 */
export function readPoliciesFromBif(text: string): PolicyInput[] {
  const policies = new Map<string, PolicyInput>();
  let invoice: { dueCents: number; billDate: string; dueDate: string } | null = null;
  let count = 0;
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const fields = line.split('|');
    if (fields[0] === 'IH') {
      invoice = { billDate: isoDate(fields[4], at), dueDate: isoDate(fields[5], at), dueCents: centsOf(fields[6], at) };
      count += 1;
      if (count > INVOICES_MAX) throw new Error(`A BIF may bring at most ${INVOICES_MAX} invoices here`);
    } else if (fields[0] === 'CR') {
      const account = fields[1]?.trim() ?? '';
      if (!invoice || account === '') throw new Error(`Line ${at + 1}: a customer record without invoice or account`);
      const known = policies.get(account);
      const words = (fields[2] ?? '').trim().split(/\s+/);
      policies.set(account, {
        policyNumber: account,
        currentDueCents: (known?.currentDueCents ?? 0) + invoice.dueCents,
        billDate: invoice.billDate,
        dueDate: invoice.dueDate,
        firstName: words.length > 1 ? (words[0] ?? '') : '',
        lastName: words.length > 1 ? words.slice(1).join(' ') : (words[0] ?? ''),
      });
    }
  }
  return [...policies.values()];
}

function usDate(iso: string): string {
  const [year, month, day] = iso.split('-');
  return `${month}/${day}/${year}`;
}

function isoDate(us: string | undefined, at: number): string {
  const match = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(us?.trim() ?? '');
  if (!match) throw new Error(`Line ${at + 1}: "${us ?? ''}" is no mm/dd/yyyy date`);
  return `${match[3]}-${match[1]}-${match[2]}`;
}

function centsOf(money: string | undefined, at: number): number {
  const match = /^(-|\()?\$?(\d[\d,]*)(?:\.(\d{1,2}))?\)?$/.exec(money?.trim() ?? '');
  if (!match) throw new Error(`Line ${at + 1}: "${money ?? ''}" is no amount`);
  const cents = Number((match[2] ?? '').replaceAll(',', '')) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] ? -cents : cents;
}
