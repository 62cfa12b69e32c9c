import {
  applyCustomizations,
  type BifBatch,
  type BifLayout,
  bifFeatureNames,
  type CustomizationEffect,
  type CustomizationRules,
  isBankingDay,
  printCustomizationRule,
  readBif,
} from '@causeway/formats/bif';
import { type InvoicesDeps, loadBiller, readingOf } from './biller-reading.ts';
import type { CustomizationPreview, FaultView } from './contract.ts';
import { findInvoiceFile } from './invoice-file-store.ts';
import { refuse } from './problems.ts';

/** How far a file is counted: bytes of it, and time spent on it. A larger one is counted in part, and the answer says so. */
const COUNTED_BYTES_MAX = 256 * 1024 ** 2;
const COUNTED_MS_MAX = 15_000;
const FAULTS_MAX = 100;
const DAYS_KEPT_MAX = 5000;
/** Previews at once in this process: each keeps a processor busy for as long as it counts. */
const AT_ONCE_MAX = 2;
let underWay = 0;

/** What to try the rules on: an upload of the biller, or bytes that are stored nowhere. */
export type PreviewSource = { readonly fileId: string } | { readonly bytes: AsyncIterable<Uint8Array> };

export interface PreviewRequest {
  readonly bid: number;
  readonly source: PreviewSource;
  /** Invoices shown one by one. */
  readonly count: number;
  /** Rules and layout that are not saved; left out, the biller's own. */
  readonly rules?: CustomizationRules | undefined;
  readonly layout?: BifLayout | undefined;
  /** True once nobody waits for the answer any more. */
  readonly isGone?: () => boolean;
}

/**
 * What layout and rules make of a file: of the first `count` right invoices each field that changes, before, after and the
 * rule; of the whole file, how many invoices each rule changes and to what dates. Streamed and bounded; stores nothing.
 */
export async function previewCustomizations(
  deps: InvoicesDeps & { readonly clock: { monotonicMs(): number } },
  from: PreviewRequest,
): Promise<CustomizationPreview> {
  const saved = readingOf(await loadBiller(deps, from.bid), deps.random);
  if (underWay >= AT_ONCE_MAX) throw refuse('preview-busy');
  underWay += 1;
  try {
    return await preview(deps, from, saved);
  } finally {
    underWay -= 1;
  }
}

async function preview(
  deps: Parameters<typeof previewCustomizations>[0],
  from: PreviewRequest,
  saved: ReturnType<typeof readingOf>,
): Promise<CustomizationPreview> {
  const rules = from.rules ?? saved.rules;
  const bytes = 'fileId' in from.source ? await openUpload(deps, from.bid, from.source.fileId) : from.source.bytes;
  const faults: FaultView[] = [];
  let faultCount = 0;
  const onFault = (fault: FaultView) => {
    faultCount += 1;
    if (faults.length < FAULTS_MAX) faults.push(fault);
  };
  const until = deps.clock.monotonicMs() + COUNTED_MS_MAX;
  const limit = { isReached: false };
  const isOver = () => deps.clock.monotonicMs() > until || (from.isGone?.() ?? false);
  const reading = readBif(upTo(bytes, limit, isOver), from.layout ?? saved.layout, { ...saved.context, onFault });
  const tally = new Tally(rules, from.count);
  for await (const batch of reading.batches) tally.take(batch);
  // The bytes end where the limit is: what is wrong with that end is no fault of the file.
  const cutFaults = limit.isReached ? faults.filter((fault) => fault.scope === 'file') : [];
  return {
    ...tally.told(),
    isWhole: !limit.isReached,
    faults: faults.filter((fault) => !cutFaults.includes(fault)),
    faultCount: faultCount - cutFaults.length,
  };
}

/** Counts what the rules do to each invoice, and keeps the first ones. */
class Tally {
  readonly #rules: CustomizationRules;
  readonly #count: number;
  readonly #invoices: CustomizationPreview['invoices'] = [];
  readonly #features = new Map(
    bifFeatureNames.map((feature) => [
      feature,
      { sent: 0, set: 0, changed: 0, least: null as string | null, most: null as string | null },
    ]),
  );
  readonly #days = new Map<string, boolean>();
  /** The days around a file's dates are asked about again and again, and reckoning holidays is dear. */
  readonly #bankingDay = (day: string): boolean => {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const isOne = isBankingDay(day);
    if (this.#days.size < DAYS_KEPT_MAX) this.#days.set(day, isOne);
    return isOne;
  };
  #counted = 0;

  constructor(rules: CustomizationRules, count: number) {
    this.#rules = rules;
    this.#count = count;
  }

  take(batch: BifBatch): void {
    for (let index = 0; index < batch.count; index++) {
      const invoice = batch.invoice(index);
      const { effects } = applyCustomizations(invoice, this.#rules, { bankingDay: this.#bankingDay });
      this.#counted += 1;
      for (const effect of effects) this.#note(effect);
      if (this.#invoices.length < this.#count)
        this.#invoices.push({ line: invoice.line, invoiceNumber: invoice.invoiceNumber, changes: changesOf(effects) });
    }
  }

  told(): Pick<CustomizationPreview, 'invoices' | 'invoiceCount' | 'features'> {
    return {
      invoices: this.#invoices,
      invoiceCount: this.#counted,
      features: [...this.#features].map(([feature, counts]) => ({
        feature,
        rule: printCustomizationRule(this.#rules[feature]),
        ...counts,
      })),
    };
  }

  #note({ feature, sent, value }: CustomizationEffect): void {
    const counts = this.#features.get(feature);
    if (!counts) return;
    if (sent !== null) counts.sent += 1;
    if (sent !== value) counts.changed += 1;
    if (value === null) return;
    counts.set += 1;
    if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return;
    if (counts.least === null || value < counts.least) counts.least = value;
    if (counts.most === null || value > counts.most) counts.most = value;
  }
}

function changesOf(effects: readonly CustomizationEffect[]) {
  return effects
    .filter(({ sent, value }) => sent !== value)
    .map(({ feature, sent, value, rule }) => ({ feature, before: sent, after: value, rule }));
}

async function openUpload(deps: InvoicesDeps, bid: number, id: string): Promise<AsyncIterable<Uint8Array>> {
  const file = await deps.database.withBiller(bid, (tx) => findInvoiceFile(tx, bid, id));
  if (!file) throw refuse('unknown-invoice-file');
  return await deps.blobs.openRead(file.sha256);
}

/** The source as far as it is counted; the rest is not even read, and a stream is closed. */
async function* upTo(
  source: AsyncIterable<Uint8Array>,
  limit: { isReached: boolean },
  isOver: () => boolean,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    if (bytes >= COUNTED_BYTES_MAX || isOver()) {
      limit.isReached = true;
      return;
    }
    yield chunk;
    bytes += chunk.byteLength;
  }
}
