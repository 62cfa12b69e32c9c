import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { boundaryFaults, fileFaults, type SourceFile } from './tidy.ts';

const ROOT = path.join(import.meta.dirname, '..');

/** Every source file git knows, or would know. */
function readSources(): readonly SourceFile[] {
  const listed = spawnSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return listed.stdout
    .split('\n')
    .filter((name) => name !== '' && fs.existsSync(path.join(ROOT, name)))
    .map((name) => ({ path: name, text: fs.readFileSync(path.join(ROOT, name), 'utf8') }));
}

describe('house rules', () => {
  const sources = readSources();

  test('there are sources to look at', () => {
    expect(sources.length).toBeGreaterThan(50);
  });

  test('every file keeps the rules of style', () => {
    expect(sources.flatMap(fileFaults)).toEqual([]);
  });

  test('every import keeps the direction of dependencies', () => {
    expect(boundaryFaults(sources)).toEqual([]);
  });
});

describe('each rule catches a planted violation', () => {
  const long = Array.from({ length: 402 }, (_, at) => `const a${at} = ${at};`).join('\n');
  const tall = `export function tall() {\n${'  step();\n'.repeat(71)}}\n`;
  test.each<[string, SourceFile]>([
    ['400 lines', { path: 'server/features/billers/long-file.ts', text: long }],
    ['70 lines', { path: 'server/features/billers/tall-function.ts', text: tall }],
    ['kebab-case', { path: 'server/features/billers/LoadBiller.ts', text: '' }],
    ['not a name', { path: 'server/features/billers/biller-utils.ts', text: '' }],
    ['Date.now', { path: 'server/features/billers/a.ts', text: 'const at = Date.now();' }],
    ['Math.random', { path: 'server/features/billers/a.ts', text: 'const by = Math.random();' }],
    ['setTimeout', { path: 'server/partners/imt/a.ts', text: 'setTimeout(go, 5);' }],
    ['fetch', { path: 'server/features/billers/a.ts', text: "await fetch('http://x');" }],
    ['process.env', { path: 'server/features/billers/a.ts', text: 'process.env.HOME' }],
    ['IMT', { path: 'server/features/balances/a.ts', text: "if (partner.name === 'IMT Spectrum') go();" }],
    ['default export', { path: 'server/features/billers/a.ts', text: 'export default 1;' }],
    ['unfinished', { path: 'server/features/billers/a.ts', text: '// TODO later' }],
    ['select *', { path: 'server/features/billers/a-store.ts', text: 'sql`select * from biller`' }],
    ['float money', { path: 'server/features/payments/a.ts', text: 'parseFloat(amount)' }],
    ['skipped test', { path: 'server/features/payments/a.test.ts', text: "test.skip('x', () => {});" }],
    ['skipped test', { path: 'server/features/payments/a.test.ts', text: "test.only('x', () => {});" }],
    ['rejectUnauthorized', { path: 'server/platform/a.ts', text: '{ rejectUnauthorized: false }' }],
  ])('%s', (rule, file) => {
    expect(fileFaults(file).join('\n')).toContain(rule);
  });

  test.each<[string, SourceFile[]]>([
    [
      'formats and platform know no feature',
      [{ path: 'server/platform/a.ts', text: "import { x } from '../features/billers/index.ts';" }],
    ],
    [
      'through its index.ts',
      [{ path: 'server/features/payments/a.ts', text: "import { x } from '../deliveries/delivery-store.ts';" }],
    ],
    [
      'doors open one way',
      [{ path: 'server/features/billers/a.ts', text: "import { x } from '../payments/index.ts';" }],
    ],
    [
      'features never import partners',
      [{ path: 'server/features/balances/a.ts', text: "import { x } from '../../partners/imt/wire.ts';" }],
    ],
    ['sandbox shares no code', [{ path: 'sandbox/imt/a.ts', text: "import { x } from '@causeway/server/operator';" }]],
    [
      'web takes contracts',
      [{ path: 'web/staff/a.tsx', text: "import { x } from '../../server/features/billers/load-biller.ts';" }],
    ],
    ['names the table', [{ path: 'server/features/payments/a.ts', text: "tx.updateTable('delivery')" }]],
    [
      'names the table account, which invoices owns',
      [{ path: 'server/features/overview/a.ts', text: 'sql<Row>`select name\n  from account a where bid = 1`' }],
    ],
    [
      'names the table balance, which balances owns',
      [
        {
          path: 'server/features/payments/a.ts',
          text: 'sql`select 1 from payment $'.concat(
            '{isAll ? sql`where true` : sql`where bid in (select bid from x join balance b)`}`',
          ),
        },
      ],
    ],
    [
      'names the table delivery, which deliveries owns',
      [{ path: 'server/features/payments/a.ts', text: 'const SQL = `\n  update delivery set state = 1`;' }],
    ],
  ])('%s', (rule, files) => {
    expect(boundaryFaults(files).join('\n')).toContain(rule);
  });

  test('a sentence that has a table’s name in it is no SQL, and an owner may name its own', () => {
    const text =
      'const said = `Refunds come from account 1 of biller 2.`; // from delivery\nsql`select id from payment`';
    expect(boundaryFaults([{ path: 'server/features/payments/a.ts', text }])).toEqual([]);
  });
});
