import type { Command } from 'commander';
import { registerAuditVerify } from './commands/audit-verify.ts';
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
import { registerConfigReference } from './commands/config-reference.ts';
import { registerConfigRestore } from './commands/config-restore.ts';
import { registerConfigSet } from './commands/config-set.ts';
import { registerCredentialCreate } from './commands/credential-create.ts';
import { registerDemo } from './commands/demo.ts';
import { registerKeysRotate } from './commands/keys-rotate.ts';
import { registerServe } from './commands/serve.ts';
import { registerUserCreate } from './commands/user-create.ts';

/** The one visible list of commands: noun, verb, file. */
export function registerNouns(program: Command): void {
  registerDemo(program);
  registerServe(program);
  registerConfigReference(program);
  registerAuditVerify(program.command('audit').description('the record of who did what'));
  registerKeysRotate(program.command('keys').description('the keys of sealed secrets'));
  registerBalanceRefresh(program.command('balance').description('what the partner says is due'));
  const bif = program.command('bif').description('Biller Invoice Files');
  registerBifValidate(bif);
  registerBifImport(bif);
  const biller = program.command('biller').description('billers');
  registerBillerCreate(biller);
  registerBillerList(biller);
  const config = program.command('config').description('a biller’s configuration in versions');
  registerConfigGet(config);
  registerConfigSet(config);
  registerConfigCheck(config);
  registerConfigHistory(config);
  registerConfigDiff(config);
  registerConfigRestore(config);
  registerConfigExport(config);
  registerConfigApply(config);
  registerCredentialCreate(program.command('credential').description('bearer credentials of partners'));
  registerUserCreate(program.command('user').description('staff users'));
}
