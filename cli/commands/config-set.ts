import { isSecretPath, setValues } from '@causeway/server/operator';
import type { Command } from 'commander';
import { OPERATOR } from '../actor.ts';
import { bidOf, collected } from '../arguments.ts';
import { savedLines } from '../configuration-lines.ts';
import { answer, EXIT, readSecret, say, withOperator } from '../operator.ts';

interface Options {
  reason: string;
  also: readonly string[];
  secret: readonly string[];
  json?: boolean;
}

type Value = { readonly path: string; readonly text: string };

/** `causeway config set BID PATH [VALUE]`: values by path, all in one version. A secret's value is read from stdin. */
export function registerConfigSet(config: Command): void {
  config
    .command('set')
    .description('set a value; a secret’s value is read from stdin, one line for each secret')
    .argument('<bid>', 'the biller', bidOf)
    .argument('<path>', 'such as advancedSettings.8 or invoicing.realTimeDataRefresh')
    .argument('[value]', 'the value; none for a secret')
    .option('--also <path=value>', 'another value in the same version (may be repeated)', collected, [])
    .option('--secret <path>', 'another secret in the same version, read from stdin (may be repeated)', collected, [])
    .option('--reason <text>', 'why, for the history', 'set by command')
    .option('--json', 'answer as JSON')
    .action(async (bid: number, path: string, value: string | undefined, options: Options) => {
      const plain = [...(value === undefined ? [] : [{ path, text: value }]), ...options.also.map(pathAndValue)];
      const secretPaths = [...(value === undefined ? [path] : []), ...options.secret];
      const wrong = wrongUsage(plain, secretPaths);
      if (wrong !== undefined) {
        say(wrong);
        process.exitCode = EXIT.wrongUsage;
        return;
      }
      const secrets = secretPaths.length === 0 ? [] : secretsFrom(await readSecret(), secretPaths);
      if (secrets === undefined) {
        say(`stdin must hold ${secretPaths.length} line(s), one for each secret: ${secretPaths.join(', ')}.`);
        process.exitCode = EXIT.wrongUsage;
        return;
      }
      await withOperator(async (deps) => {
        const saved = await setValues(deps, {
          bid,
          values: [...plain, ...secrets],
          reason: options.reason,
          by: OPERATOR,
        });
        answer(options.json, saved, () => savedLines(saved));
        return EXIT.done;
      });
    });
}

/** A secret on the command line can be read by everybody on the machine, and stays in the shell's history. */
function wrongUsage(plain: readonly Value[], secretPaths: readonly string[]): string | undefined {
  const exposed = plain.find((each) => isSecretPath(each.path));
  if (exposed)
    return `${exposed.path} is a secret: leave its value out and give it on stdin. What was typed is in your shell’s history now; consider it known.`;
  const notSecret = secretPaths.find((path) => !isSecretPath(path));
  if (notSecret !== undefined) return `${notSecret} needs a value after it (only secrets are read from stdin).`;
  const bad = plain.find((each) => each.path === '');
  return bad && '--also takes PATH=VALUE.';
}

function pathAndValue(text: string): Value {
  const cut = text.indexOf('=');
  return { path: text.slice(0, Math.max(0, cut)), text: text.slice(cut + 1) };
}

function secretsFrom(input: string, paths: readonly string[]): readonly Value[] | undefined {
  const lines = paths.length === 1 ? [input] : input.split(/\r?\n/);
  if (lines.length !== paths.length || lines.some((line) => line === '')) return undefined;
  return paths.map((path, n) => ({ path, text: lines[n] ?? '' }));
}
