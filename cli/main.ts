#!/usr/bin/env node
import { Command } from 'commander';
import { EXIT } from './answer.ts';
import { registerBifValidate } from './commands/bif-validate.ts';

const program = new Command('causeway')
  .description('Bills in, balances live, payments taken once and posted once.')
  .option('--no-input', 'never ask; fail instead')
  .showHelpAfterError('(add --help for what this command takes)')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();
// It checks 1 GB in under 256 MB, without a server or a database; the server's modules alone would take a third of that.
if (process.argv[2] === 'bif' && process.argv[3] === 'validate') {
  registerBifValidate(program.command('bif').description('Biller Invoice Files'));
} else {
  const [{ VERSION }, { registerNouns }] = await Promise.all([
    import('@causeway/server/operator'),
    import('./nouns.ts'),
  ]);
  program.version(VERSION);
  registerNouns(program);
}

try {
  await program.parseAsync();
} catch (cause) {
  const code = cause instanceof Error && 'exitCode' in cause ? cause.exitCode : undefined;
  if (code === undefined) throw cause;
  process.exitCode = code === 0 ? EXIT.done : EXIT.wrongUsage;
}
