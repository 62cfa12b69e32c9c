import type { Command } from 'commander';
import { registerAuditVerify } from './commands/audit-verify.ts';
import { registerBalanceRefresh } from './commands/balance-refresh.ts';
import { registerConfigReference } from './commands/config-reference.ts';
import { registerDemo } from './commands/demo.ts';
import { registerKeysRotate } from './commands/keys-rotate.ts';
import { registerServe } from './commands/serve.ts';

/** The one visible list of commands: noun, verb, file. */
export function registerNouns(program: Command): void {
  registerDemo(program);
  registerServe(program);
  registerConfigReference(program);
  registerAuditVerify(program.command('audit').description('the record of who did what'));
  registerKeysRotate(program.command('keys').description('the keys of sealed secrets'));
  registerBalanceRefresh(program.command('balance').description('what the partner says is due'));
}
