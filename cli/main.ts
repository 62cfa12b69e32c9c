#!/usr/bin/env node
import { VERSION } from '@causeway/server/operator';
import { Command } from 'commander';
import { registerNouns } from './nouns.ts';
import { EXIT } from './operator.ts';

const program = new Command('causeway')
  .description('Bills in, balances live, payments taken once and posted once.')
  .version(VERSION)
  .option('--no-input', 'never ask; fail instead')
  .showHelpAfterError('(add --help for what this command takes)')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();
registerNouns(program);

try {
  await program.parseAsync();
} catch (cause) {
  const code = cause instanceof Error && 'exitCode' in cause ? cause.exitCode : undefined;
  if (code === undefined) throw cause;
  process.exitCode = code === 0 ? EXIT.done : EXIT.wrongUsage;
}
