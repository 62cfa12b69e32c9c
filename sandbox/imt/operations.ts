import type { Journal } from '../journal.ts';
import { seededRandom, seedOf } from '../seeded-random.ts';
import { type Answer, documentAnswer, errorAnswer, JSON_API } from './answers.ts';
import { billPdf } from './bill-pdf.ts';
import type { Book } from './book.ts';
import type { Effect } from './faults.ts';
import { dueEntry } from './payments-due.ts';
import type { Instance, Policy } from './policy.ts';
import type { JournalRecord, LedgerPayment, SettingChange } from './records.ts';

/** What an operation works on. `now` is the partner's time, skew included. */
export interface Work {
  book: Book;
  journal: Journal<JournalRecord>;
  instance: Instance;
  username: string;
  now: number;
  effects: readonly Effect[];
}

/** First to the journal, then into the book: what was answered is never forgotten by a crash. */
export function commit(work: Pick<Work, 'book' | 'journal'>, record: JournalRecord): void {
  work.journal.append(record);
  work.book.apply(record);
}

/** `GET payments-due/?filter[policy_number]=`: an unknown policy is an empty list. */
export function readBalance(work: Work, policyNumber: string): Answer {
  const policy = findPolicy(work, policyNumber);
  const shaping = work.effects.some((effect) => SHAPES_BALANCE.has(effect.kind));
  if (policy && !shaping) {
    policy.rendered ??= JSON.stringify({ data: [dueEntry(policy)] });
    return { status: 200, type: JSON_API, body: policy.rendered };
  }
  let entries = policy ? [dueEntry(policy)] : [];
  for (const effect of work.effects) entries = shapeEntries(entries, effect);
  return documentAnswer(200, { data: entries });
}

const SHAPES_BALANCE = new Set(['balance-rows', 'drop-field', 'rename-field', 'set-field']);

function shapeEntries(entries: ReturnType<typeof dueEntry>[], effect: Effect): ReturnType<typeof dueEntry>[] {
  if (effect.kind === 'balance-rows') {
    if (effect.rows === 'none') return [];
    if (effect.rows === 'other') {
      return entries.map((entry) => ({ ...entry, attributes: { ...entry.attributes, policy_number: '99900001' } }));
    }
    const halves = ['100.00', '28.40'];
    return entries.flatMap((entry) =>
      halves.map((due, at) => ({
        ...entry,
        id: `${entry.id}${at}`,
        attributes: { ...entry.attributes, current_due: due, total_unpaid: due },
      })),
    );
  }
  for (const entry of entries) {
    if (effect.kind === 'set-field') entry.attributes[effect.field] = effect.value;
    if (effect.kind === 'rename-field') entry.attributes[effect.to] = entry.attributes[effect.field];
    if (effect.kind === 'rename-field' || effect.kind === 'drop-field') delete entry.attributes[effect.field];
  }
  return entries;
}

/** `POST payments/`: books, then answers 201. Every refusal names the attribute at fault. */
export function bookPayment(work: Work, body: unknown): Answer {
  const { settings, id: instance } = work.instance;
  const read = readPayment(body);
  if ('status' in read) return read;
  const { attributes, policyNumber, transactionId } = read;
  const policy = findPolicy(work, policyNumber);
  if (!policy) return errorAnswer(404, `Policy ${policyNumber} does not exist`, '/data/id');
  const first = work.book.firstPayment(instance, transactionId);
  if (settings.deduplicate && first) return paymentAnswer(settings.echo, first.policyNumber, first.attributes);
  if (settings.strictIds && policy.paymentsCount > 0) {
    return errorAnswer(409, `A payments resource with id ${policyNumber} exists already`, '/data/id');
  }
  const delay = work.effects.find((effect) => effect.kind === 'delayed-ledger')?.ms;
  const delayMs = delay ?? (settings.mode === 'delayed' ? settings.delayMs : 0);
  const isPending = settings.mode === 'pending' || work.effects.some((effect) => effect.kind === 'as-pending');
  const times = work.effects.some((effect) => effect.kind === 'book-twice') ? 2 : 1;
  for (let time = 0; time < times; time += 1) {
    const payment: LedgerPayment = {
      n: work.book.payments.length + 1,
      instance,
      policyNumber,
      transactionId,
      method: read.method,
      billAmountCents: read.billAmountCents,
      totalPaidCents: read.totalPaidCents,
      bookedAt: work.now,
      showsAt: work.now + delayMs,
      effect: isPending ? 'pending' : 'due',
      username: work.username,
      attributes,
    };
    commit(work, { kind: 'payment', payment });
  }
  return paymentAnswer(settings.echo, policyNumber, attributes);
}

function paymentAnswer(echo: boolean, policyNumber: string, attributes: Record<string, unknown>): Answer {
  return documentAnswer(201, { data: { type: 'payments', id: policyNumber, ...(echo ? { attributes } : {}) } });
}

interface ReadPayment {
  policyNumber: string;
  transactionId: string;
  method: 'CC' | 'ACH';
  billAmountCents: number;
  totalPaidCents: number;
  attributes: Record<string, unknown>;
}

const TEXT_ATTRIBUTES = 'first_name last_name address_1 address_2 city state zip_code phone email sort'.split(' ');

function readPayment(body: unknown): ReadPayment | Answer {
  const data = readResource(body, 'payments');
  if ('status' in data) return data;
  const { id, attributes } = data;
  const wrong = (name: string, detail: string): Answer => errorAnswer(422, detail, `/data/attributes/${name}`);
  for (const name of ['id', 'entity_identifier']) {
    if (attributes[name] !== id) return wrong(name, `${name} must be the id of the resource, ${id}`);
  }
  const method = attributes.payment_method;
  if (method !== 'CC' && method !== 'ACH') return wrong('payment_method', 'payment_method must be CC or ACH');
  const transactionId = attributes.transaction_id;
  if (typeof transactionId !== 'string' || !/^.{1,60}$/.test(transactionId)) {
    return wrong('transaction_id', 'transaction_id must be text of 1 to 60 characters');
  }
  const billAmountCents = centsOf(attributes.bill_amount_paid);
  if (billAmountCents === null || billAmountCents <= 0) return wrong('bill_amount_paid', 'not an amount over 0.00');
  const totalPaidCents = centsOf(attributes.total_paid);
  if (totalPaidCents === null || totalPaidCents < billAmountCents) {
    return wrong('total_paid', 'total_paid must be an amount no less than bill_amount_paid');
  }
  if (centsOf(attributes.site_fee) !== 0) return wrong('site_fee', 'site_fee must be 0.00');
  const approval = attributes.approval_code;
  if (typeof approval !== 'string' || approval.length > 8) return wrong('approval_code', 'at most 8 characters');
  for (const name of ['interest_paid', 'raw_payment']) {
    if (Number(attributes[name]) !== 0) return wrong(name, `${name} must be 0`);
  }
  for (const name of TEXT_ATTRIBUTES) {
    if (typeof attributes[name] !== 'string') return wrong(name, `${name} must be text`);
  }
  return { policyNumber: id, transactionId, method, billAmountCents, totalPaidCents, attributes };
}

/** `PATCH settings/{policy}/`: paperless, autopay, or both. */
export function changeSettings(work: Work, policyNumber: string, body: unknown): Answer {
  const data = readResource(body, 'policy-settings');
  if ('status' in data) return data;
  const { id, attributes } = data;
  const wrong = (name: string, detail: string): Answer => errorAnswer(422, detail, `/data/attributes/${name}`);
  if (id !== policyNumber) return errorAnswer(422, `The id must be ${policyNumber}, as in the path`, '/data/id');
  for (const name of ['id', 'policy']) {
    if (attributes[name] !== id) return wrong(name, `${name} must be the id of the resource, ${id}`);
  }
  const { paperless, bill_mode: billMode } = attributes;
  if (paperless === undefined && billMode === undefined) return wrong('paperless', 'nothing to change');
  if (paperless !== undefined && typeof paperless !== 'boolean') return wrong('paperless', 'must be true or false');
  if (billMode !== undefined && billMode !== 'autopay' && billMode !== 'direct') {
    return wrong('bill_mode', 'bill_mode must be autopay or direct');
  }
  if (!findPolicy(work, policyNumber)) return errorAnswer(404, `Policy ${policyNumber} does not exist`);
  const change: SettingChange = {
    n: work.book.settingChanges.length + 1,
    instance: work.instance.id,
    policyNumber,
    at: work.now,
    ...(paperless === undefined ? {} : { paperless }),
    ...(billMode === undefined ? {} : { billMode }),
  };
  commit(work, { kind: 'setting', change });
  return documentAnswer(200, { data: { type: 'policy-settings', id, attributes } });
}

/** `GET bills/{policy}/`, in the form the instance, or a fault, asks for. `fileUrl` is where the plain PDF lies. */
export async function readBill(work: Work, policyNumber: string, fileUrl: string): Promise<Answer> {
  const policy = findPolicy(work, policyNumber);
  if (!policy) return errorAnswer(404, `There is no bill for policy ${policyNumber}`);
  const big = work.effects.find((effect) => effect.kind === 'big-pdf');
  if (big) return bigPdf(big.bytes);
  const forced = work.effects.find((effect) => effect.kind === 'bill-format')?.format;
  const format = forced ?? work.instance.settings.billFormat;
  if (format === 'html-as-pdf') return { status: 200, type: 'application/pdf', body: '<!doctype html><h1>Log in</h1>' };
  if (format === 'url') return billDocument(policyNumber, { url: fileUrl, content_type: 'application/pdf' });
  const pdf = await billPdf(policy);
  if (format === 'base64') {
    return billDocument(policyNumber, { pdf: pdf.toString('base64'), content_type: 'application/pdf' });
  }
  return { status: 200, type: 'application/pdf', body: pdf };
}

function billDocument(id: string, attributes: Record<string, unknown>): Answer {
  return documentAnswer(200, { data: { type: 'bills', id, attributes } });
}

const PADDING = Buffer.alloc(1 << 16, '% padding of the sandbox\n');

function bigPdf(bytes: number): Answer {
  const head = bytes === 0 ? '' : '%PDF-1.4\n';
  const answer: Answer = { status: 200, type: 'application/pdf', body: head };
  return bytes === 0 ? answer : { ...answer, transport: { kind: 'repeat', chunk: PADDING, bytes } };
}

function findPolicy(work: Work, policyNumber: string): Policy | undefined {
  const policy = work.book.policy(work.instance, policyNumber, work.now);
  const isMakable = work.instance.settings.makeUnknown && /^[A-Za-z0-9._-]{1,40}$/.test(policyNumber);
  if (policy || !isMakable || policyNumber === '99900020') return policy;
  const currentDueCents = 2_000 + Math.floor(seededRandom(seedOf(policyNumber))() * 248_000);
  const policies = [{ policyNumber, currentDueCents }];
  commit(work, { kind: 'policies', instance: work.instance.id, at: work.now, policies });
  return work.book.policy(work.instance, policyNumber, work.now);
}

/** `{data: {type, id, attributes}}` of the type asked for, or the refusal. */
export function readResource(
  body: unknown,
  type: string,
): { id: string; attributes: Record<string, unknown> } | Answer {
  const data = isRecord(body) ? body.data : undefined;
  if (!isRecord(data)) return errorAnswer(400, 'The body is no JSON:API document', '/data');
  if (data.type !== type) return errorAnswer(422, `The type must be ${type}`, '/data/type');
  if (typeof data.id !== 'string' || data.id === '') return errorAnswer(422, 'The id must be text', '/data/id');
  if (!isRecord(data.attributes)) return errorAnswer(422, 'There are no attributes', '/data/attributes');
  return { id: data.id, attributes: data.attributes };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function centsOf(value: unknown): number | null {
  const match = typeof value === 'string' ? /^(\d{1,9})\.(\d{2})$/.exec(value) : null;
  return match ? Number(match[1]) * 100 + Number(match[2]) : null;
}
