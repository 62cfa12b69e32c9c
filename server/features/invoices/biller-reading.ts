import type { BifContext, BifLayout, CustomizationRules } from '@causeway/formats/bif';
import type { Platform } from '../../platform/platform.ts';
import type { Biller, Billers } from '../billers/index.ts';
import { refuse } from './problems.ts';

/** What the use cases of this feature stand on. */
export type InvoicesDeps = Pick<Platform, 'database' | 'blobs' | 'jobs' | 'clock' | 'random' | 'crash' | 'log'> & {
  readonly billers: Pick<Billers, 'load'>;
};

/** How one biller's files are read: its layout, what the reader checks against, and its customizations. */
export interface BillerReading {
  readonly layout: BifLayout;
  readonly context: BifContext;
  readonly rules: CustomizationRules;
}

/** The biller, or the refusal "there is no biller". */
export async function loadBiller(deps: Pick<InvoicesDeps, 'billers'>, bid: number): Promise<Biller> {
  const biller = await deps.billers.load(bid);
  if (!biller) throw refuse('unknown-biller', { bid });
  return biller;
}

/** How the biller's files are read now; refuses an unknown biller. */
export async function billerReading(
  deps: Pick<InvoicesDeps, 'billers' | 'random'>,
  bid: number,
): Promise<BillerReading> {
  return readingOf(await loadBiller(deps, bid), deps.random);
}

export function readingOf(biller: Biller, random: Platform['random']): BillerReading {
  const { configuration } = biller;
  return {
    layout: configuration.integration.layout,
    rules: configuration.integration.customizations,
    context: {
      billerGuid: biller.guid,
      invoiceTypeIds: new Set(configuration.invoiceTypes.map((type) => type.id)),
      refuseWholeFile: configuration.invoicing.refuseWholeFileOnInvoiceFault,
      hashSeed: random.bytes(4).readUInt32LE(),
    },
  };
}

/** Setting 105, Batch Single Invoice Imports: a file of one invoice takes the synchronous way. Default 0. */
export function areSingleInvoicesSynchronous(biller: Biller): boolean {
  const setting = biller.configuration.advancedSettings['105'];
  if (setting?.kind === 'onOff') return setting.value;
  return setting?.kind === 'text' && setting.value === '1';
}

/** The day it is at the biller, which an UploadInvoice's content dates from. */
export function todayAt(biller: Biller, clock: Platform['clock']): string {
  return clock.now().toZonedDateTimeISO(biller.configuration.profile.timeZone).toPlainDate().toString();
}
