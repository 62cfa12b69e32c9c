import { type BifValues, bifFeatureNames, bifFeatures } from '@causeway/formats/bif';
import type { Biller } from '../billers/index.ts';
import type { InvoiceView } from './contract.ts';
import { compileDerivation } from './derive-fields.ts';

/**
 * An invoice as it stands once the partner has told another due date: the dates that the biller's customizations reckon
 * from it move along, where Apply Global BIF Customizations says so (bif.md). Nothing is stored: the next file decides.
 */
export function atDueDate(biller: Biller, invoice: InvoiceView, dueDate: string): InvoiceView {
  const { integration, invoicing } = biller.configuration;
  if (dueDate === invoice.dueDate || !invoicing.applyGlobalBifCustomizations) return invoice;
  const moved = { ...invoice, dueDate };
  const derived = compileDerivation(integration.customizations, integration.layout).of({
    ...moved,
    customerName: '',
    // They were read by the same layout when they were stored.
    extras: moved.extras as BifValues,
  });
  const dates = bifFeatureNames.flatMap((name) => {
    const { key, kind } = bifFeatures[name];
    return kind === 'date' && derived[key] !== undefined ? [[key, derived[key]] as const] : [];
  });
  return { ...moved, derived: { ...invoice.derived, ...Object.fromEntries(dates) } };
}
