/** The door of billers: the configuration document, its versions and rules, and partner connections made from it. */
export { type Actor, actorOf } from './actor.ts';
export type { Biller, BillerSummary } from './biller-store.ts';
export { compareConfigurations, type Difference } from './compare-configurations.ts';
export {
  AUTH_TYPES,
  type Configuration,
  type ConfigurationDraft,
  type ConfigurationView,
  configurationSchema,
  type InvoiceType,
  METHODS,
  type Method,
  SECTION_NAMES,
  type SectionName,
  type SettingValue,
  SOURCES,
  type Source,
} from './configuration.ts';
export { isSecretPath } from './configuration-paths.ts';
export type { ConnectionFrom } from './connection-for.ts';
export { createBiller, type NewBiller } from './create-biller.ts';
export { defaultConfiguration } from './default-configuration.ts';
export { redact } from './document-secrets.ts';
export type { ConfigurationExport } from './exchange/contract.ts';
export { exchangeKeyOf } from './exchange/exchange-key.ts';
export { exportConfiguration } from './exchange/export-configuration.ts';
export { type ApplyPlan, diffWithFile, planApply, sectionsOfFile } from './exchange/plan-apply.ts';
export {
  areBlockFlagsReadOnly,
  blockedFlagsFollowPartner,
  feeFor,
  feeOf,
  feesOf,
  invoiceTypeOf,
  isSettingOn,
  isSsoOnly,
  settingText,
} from './fees.ts';
export { type Billers, createBillers } from './load-biller.ts';
export {
  customerServiceOf,
  isChangeOffered,
  isVirtualSiteOn,
  type RegistrationOffer,
  type RegistrationWay,
  registrationOffer,
  type SourceOffer,
  sourceOffer,
} from './offers.ts';
export { checkBiller, getValue, type OperateDeps, requireBiller, setValues } from './operate-configuration.ts';
export { type Found, findBillers, readBillerZones, type Wanted } from './overview-reads.ts';
export type { Partner, PartnerConnection, PartnerOperation, Partners } from './partner.ts';
export { readPortalCss } from './portal/portal-css.ts';
export { readImageUrl } from './portal/portal-logo.ts';
export { compareVersions, type HistoryEntry, readDocument, readHistory } from './read-history.ts';
export { restoreVersion } from './restore-version.ts';
export { registerBillersRoutes } from './routes.ts';
export type { RuleFault } from './rules/rule.ts';
export { checkConfiguration } from './rules/rules.ts';
export {
  type BillersDeps,
  previewConfiguration,
  type Saved,
  type SaveRequest,
  saveConfiguration,
  saveConfigurationIn,
} from './save-configuration.ts';
export { dataKeyOf, openFor, rewrapDataKeys, sealFor } from './sealed-keys.ts';
export { type SettingContext, settingContext, settingFromText, settingToText } from './settings/setting-text.ts';
export { catalogueRow, settingName, settingsCatalogue } from './settings/settings-catalogue.ts';
export { settingsFromTexts } from './settings/settings-from-texts.ts';
export { type OperationFailure, settingsToLookAt, withSettings } from './settings/settings-to-look-at.ts';
export { applyWorksheet, previewWorksheet } from './worksheet/import-worksheet.ts';
