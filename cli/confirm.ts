import readline from 'node:readline/promises';
import { say } from './answer.ts';

/** Asks on the terminal; without one, or with `--no-input`, the answer is no. */
export async function confirmed(question: string, from: { mayAsk: boolean }): Promise<boolean> {
  if (!from.mayAsk || !process.stdin.isTTY || !process.stderr.isTTY) return false;
  const lines = readline.createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } catch {
    say('');
    return false;
  } finally {
    lines.close();
  }
}
