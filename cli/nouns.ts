import type { Command } from 'commander';
import { registerAuditCheckpoint } from './commands/audit-checkpoint.ts';
import { registerAuditExport } from './commands/audit-export.ts';
import { registerAuditVerify } from './commands/audit-verify.ts';
import { registerBackupCreate } from './commands/backup-create.ts';
import { registerBackupRestore } from './commands/backup-restore.ts';
import { registerBackupRestored } from './commands/backup-restored.ts';
import { registerBackupVerify } from './commands/backup-verify.ts';
import { registerBalanceRefresh } from './commands/balance-refresh.ts';
import { registerBifImport } from './commands/bif-import.ts';
import { registerBifValidate } from './commands/bif-validate.ts';
import { registerBillerCreate } from './commands/biller-create.ts';
import { registerBillerList } from './commands/biller-list.ts';
import { registerConfigApply } from './commands/config-apply.ts';
import { registerConfigCheck } from './commands/config-check.ts';
import { registerConfigDiff } from './commands/config-diff.ts';
import { registerConfigExport } from './commands/config-export.ts';
import { registerConfigGet } from './commands/config-get.ts';
import { registerConfigHistory } from './commands/config-history.ts';
import { registerConfigImportWorksheet } from './commands/config-import-worksheet.ts';
import { registerConfigReference } from './commands/config-reference.ts';
import { registerConfigRestore } from './commands/config-restore.ts';
import { registerConfigSet } from './commands/config-set.ts';
import { registerCredentialCreate } from './commands/credential-create.ts';
import { registerCredentialRevoke } from './commands/credential-revoke.ts';
import { registerDeliveriesList } from './commands/deliveries-list.ts';
import { registerDeliveriesPause } from './commands/deliveries-pause.ts';
import { registerDeliveriesReplay } from './commands/deliveries-replay.ts';
import { registerDeliveriesResume } from './commands/deliveries-resume.ts';
import { registerDeliveriesShow } from './commands/deliveries-show.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerKeysRotate } from './commands/keys-rotate.ts';
import { registerKeysShow } from './commands/keys-show.ts';
import { registerLanesList } from './commands/lanes-list.ts';
import { registerMaintenanceAdd } from './commands/maintenance-add.ts';
import { registerMaintenanceEnd } from './commands/maintenance-end.ts';
import { registerMaintenanceList } from './commands/maintenance-list.ts';
import { registerReconcile } from './commands/reconcile-run.ts';
import { registerServe } from './commands/serve.ts';
import { registerUserCreate } from './commands/user-create.ts';
import { registerUserDisable } from './commands/user-disable.ts';
import { registerUserResetFactors } from './commands/user-reset-factors.ts';

/** The one visible list of commands: noun, what it is about, its verbs. */
const NOUNS: readonly (readonly [string, string, readonly ((noun: Command) => void)[]])[] = [
  ['biller', 'billers of this installation', [registerBillerCreate, registerBillerList]],
  [
    'config',
    'a biller’s configuration: read, change, check, compare, restore',
    [
      registerConfigGet,
      registerConfigSet,
      registerConfigCheck,
      registerConfigHistory,
      registerConfigDiff,
      registerConfigRestore,
      registerConfigExport,
      registerConfigApply,
      registerConfigImportWorksheet,
    ],
  ],
  ['credential', 'bearer credentials of partners', [registerCredentialCreate, registerCredentialRevoke]],
  ['user', 'staff', [registerUserCreate, registerUserDisable, registerUserResetFactors]],
  ['bif', 'Biller Invoice Files', [registerBifValidate, registerBifImport]],
  ['balance', 'balances at the partner', [registerBalanceRefresh]],
  [
    'deliveries',
    'what is posted to partners (DataPump)',
    [
      registerDeliveriesList,
      registerDeliveriesShow,
      registerDeliveriesReplay,
      registerDeliveriesPause,
      registerDeliveriesResume,
    ],
  ],
  [
    'maintenance',
    'maintenance windows: when a biller’s pages show a message instead',
    [registerMaintenanceList, registerMaintenanceAdd, registerMaintenanceEnd],
  ],
  ['lanes', 'the lanes deliveries go through', [registerLanesList]],
  ['audit', 'the record of who did what', [registerAuditVerify, registerAuditCheckpoint, registerAuditExport]],
  [
    'backup',
    'backups of the embedded database and the stored files',
    [registerBackupCreate, registerBackupVerify, registerBackupRestore, registerBackupRestored],
  ],
  ['keys', 'the keys of sealed secrets', [registerKeysRotate, registerKeysShow]],
];

export function registerNouns(program: Command): void {
  registerDemo(program);
  registerServe(program);
  for (const [name, description, verbs] of NOUNS) {
    const noun = program.command(name).description(description);
    for (const register of verbs) register(noun);
  }
  registerReconcile(program);
  registerDoctor(program);
  registerConfigReference(program);
}
