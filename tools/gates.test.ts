import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Each gate of `npm test` is shown a small project with one violation, and must fail on it; without it, it passes. */
const ROOT = path.join(import.meta.dirname, '..');
const BIN = path.join(ROOT, 'node_modules', '.bin');
let folder = '';

beforeAll(() => {
  // Inside the checkout, so that the gates find the same packages and settings; removed at the end.
  folder = fs.mkdtempSync(path.join(ROOT, 'gate-check-'));
  for (const name of ['tsconfig.json', 'biome.json', '.oxlintrc.json']) {
    fs.copyFileSync(path.join(ROOT, name), path.join(folder, name));
  }
  write('tsconfig.json', JSON.stringify({ extends: '../tsconfig.json', include: ['*.ts'] }));
  write(
    'biome.json',
    fs.readFileSync(path.join(ROOT, 'biome.json'), 'utf8').replace('"useIgnoreFile": true', '"useIgnoreFile": false'),
  );
  write('package.json', JSON.stringify({ name: 'planted', version: '1.0.0', type: 'module', private: true }));
  write('knip.json', JSON.stringify({ entry: ['main.ts'], project: ['*.ts'] }));
  write('main.ts', "export const answer: string = 'sound';\n");
  run('biome', ['format', '--write', '.']);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const GATES = [
  ['format', 'biome', ['format', '.'], 'export const  planted = 1 ;\n'],
  ['lint', 'biome', ['lint', '--error-on-warnings', '.'], 'export const planted: any = 1;\n'],
  ['floating promises', 'oxlint', ['--type-aware'], 'async function act() {}\nact();\nexport const planted = act;\n'],
  ['types', 'tsc', ['--noEmit', '-p', 'tsconfig.json'], "export const planted: number = 'text';\n"],
  ['dead code', 'knip', [], 'export const planted = 1;\n'],
] as const;

test.each(GATES)('%s passes sound code and catches a planted violation', (_name, command, args, violation) => {
  const sound = run(command, args);
  expect(sound.status, sound.stdout + sound.stderr).toBe(0);
  write('planted.ts', violation);
  try {
    expect(run(command, args).status).not.toBe(0);
  } finally {
    fs.rmSync(path.join(folder, 'planted.ts'));
  }
});

function write(name: string, text: string): void {
  fs.writeFileSync(path.join(folder, name), text);
}

function run(command: string, args: readonly string[]) {
  const env = { ...process.env, PATH: `${BIN}${path.delimiter}${process.env.PATH}` };
  return spawnSync(path.join(BIN, command), [...args], { cwd: folder, encoding: 'utf8', env });
}
