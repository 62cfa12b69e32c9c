import fs from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { type FeatureDeps, introduce } from './introduce.ts';
import { openPlatform } from './open-platform.ts';
import { type Config, type Environment, readConfig } from './platform/config.ts';
import { QUEUES } from './worker.ts';

/**
 * What the demo chose (ports, processor, inbox) is kept beside its data, so that operator commands on the same folder
 * find the same installation. The product itself never reads this file.
 */
export const DEMO_ENVIRONMENT_FILE = 'demo.env';

/** The environment, completed by what a demo in the same data folder chose. What is set by hand wins. */
export function withDemoEnvironment(environment: Environment): Environment {
  const file = path.join(path.resolve(environment.CAUSEWAY_DATA ?? '.causeway'), DEMO_ENVIRONMENT_FILE);
  if (environment.DATABASE_URL || !fs.existsSync(file)) return environment;
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  return { ...parseEnv(fs.readFileSync(file, 'utf8')), ...set };
}

/** The configuration of an operator command: no role, and quiet unless a log level was asked for. */
export function operatorConfig(environment: Environment): Config {
  const read = readConfig(withDemoEnvironment(environment), 'optional');
  return { ...read, roles: [], logLevel: environment.CAUSEWAY_LOG_LEVEL ? read.logLevel : 'error' };
}

/**
 * Opens the installation for one operator command: the database of `DATABASE_URL`, or the embedded one (adopting it when
 * it runs), with every feature's use cases, and no HTTP and no lanes. Close it at the end of the command.
 */
export async function openOperator(
  environment: Environment,
): Promise<{ deps: FeatureDeps; config: Config; close: () => Promise<void> }> {
  const config = operatorConfig(environment);
  const { platform, close } = await openPlatform({ config, queues: QUEUES });
  const introduced = introduce(platform);
  return {
    deps: introduced.deps,
    config,
    close: async () => {
      await introduced.close();
      await close();
    },
  };
}

export { backUpInstallation, finishRestore, type Restored, restoreInstallation } from './back-up-installation.ts';
export { readAccountState, refreshBalance } from './features/balances/index.ts';
export {
  type ApplyPlan,
  applyWorksheet,
  checkBiller,
  checkConfiguration,
  compareVersions,
  createBiller,
  type Difference,
  defaultConfiguration,
  diffWithFile,
  exchangeKeyOf,
  exportConfiguration,
  getValue,
  isSecretPath,
  planApply,
  previewWorksheet,
  type RuleFault,
  readHistory,
  requireBiller,
  restoreVersion,
  rewrapDataKeys,
  type Saved,
  SECTION_NAMES,
  sectionsOfFile,
  settingsFromTexts,
  settingsToLookAt,
  setValues,
  withSettings,
} from './features/billers/index.ts';
export {
  pauseLane,
  readDeliveries,
  readDelivery,
  readLanes,
  reconcile,
  replayDeliveries,
  resumeLane,
} from './features/deliveries/index.ts';
export { billPdf } from './features/documents/index.ts';
export {
  acceptInvitation,
  createCredential,
  createPasswords,
  createStaffUser,
  disableByEmail,
  resetFactorsByEmail,
  revokeCredential,
  rewrapStaffKey,
} from './features/identities/index.ts';
export {
  billerReading,
  faultsOfInvoiceFile,
  importInvoiceFile,
  readInvoiceFile,
  receiveInvoiceFile,
} from './features/invoices/index.ts';
export { newestInvoice } from './features/invoices/newest-invoice.ts';
export {
  createWindow as createMaintenanceWindow,
  endWindow as endMaintenanceWindow,
  listWindows as listMaintenanceWindows,
  parseDraft as parseMaintenanceDraft,
  windowView as maintenanceWindowView,
} from './features/maintenance/index.ts';
export { readHealth } from './features/operations/index.ts';
export { exportAudit, verifyAudits } from './features/overview/index.ts';
export type { FeatureDeps } from './introduce.ts';
export {
  auditCheckpointSchema,
  isCheckpointWhole,
  isOwnCheckpoint,
  makeCheckpoint,
} from './platform/audit-checkpoint.ts';
export { verifyBackup } from './platform/backup/verify-backup.ts';
export { ConfigFault, configReference, readConfig } from './platform/config.ts';
export { isDatabaseAway } from './platform/database.ts';
export { createInbox } from './platform/mail.ts';
export { Problem } from './platform/problems.ts';
export { CannotListen, hearStop, type Running, runUntilStopped, start } from './start.ts';
export { VERSION } from './version.ts';
