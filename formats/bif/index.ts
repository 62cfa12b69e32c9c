/** The door of the BIF format: read, validate, print, customize. Pure: bytes in, values out. */
export {
  type BankingCalendar,
  federalReserveHolidays,
  isBankingDay,
  shiftBankingDays,
  shiftDays,
} from './banking-days.ts';
export type { BifBatch, BifInvoice, BifValue, BifValues } from './batch.ts';
export { CopyRenderer, copyColumns, renderCopyRows } from './copy-rows.ts';
export {
  type BifFeature,
  bifCustomizationsSchema,
  bifFeatureNames,
  bifFeatures,
  type CustomizationRule,
  type CustomizationRules,
  customizationRuleSchema,
  imtCustomizations,
  templateFields,
} from './customization-rules.ts';
export {
  applyCustomizations,
  type CustomizableInvoice,
  type CustomizationEffect,
  type CustomizationResult,
  type DerivedFields,
} from './customizations.ts';
export type { BifSource } from './cut-blocks.ts';
export { type BifFault, type BifFaultCode, type BifFaultCounts, bifFaultCodes, FAULTS_KEPT_MAX } from './faults.ts';
export { type BifField, type BifFieldKind, type BifRecord, bifRecords } from './fields.ts';
export {
  type BifLayout,
  type BifLayoutFault,
  bifFieldCatalogue,
  bifLayoutFaults,
  bifLayoutSchema,
  imtLayout,
} from './layout.ts';
export { AMOUNT_CENTS_MAX, parseMoney, printMoney, printPlainMoney } from './money.ts';
export { type BifFileHeader, type BifPrintable, printBif } from './print-bif.ts';
export {
  type BifContext,
  type BifHeaderFacts,
  type BifReading,
  type BifSummary,
  readBif,
  readBifInvoices,
} from './read-bif.ts';
export { type BifFieldReading, type BifFieldValues, readBifFields } from './read-fields.ts';
export { type RefusedBifOptions, refusedBif } from './refused-bif.ts';
export { readBifText } from './text-encoding.ts';
export {
  type BifReport,
  bifReportSchema,
  faultsAsCsv,
  reportOf,
  type ValidatedBif,
  validateBif,
} from './validate-bif.ts';
export { parseCustomizationRule, printCustomizationRule } from './write-rule.ts';
