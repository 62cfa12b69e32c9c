import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImtSandbox, generatePolicies, printBif, readPoliciesFromBif } from './index.ts';
import { TestClient } from './test-client.ts';

const MAIN = new URL('../main.ts', import.meta.url).pathname;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imt-sandbox-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ready {
  imt: { origin: string; instances: Record<string, { url: string }> };
  processor: { url: string };
}

async function start(...more: string[]) {
  const args = [MAIN, '--imt-port', '0', '--processor-port', '0', '--json', ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ready: JSON.parse(line) as Ready };
}

describe('state', () => {
  it('survives a kill -9 right after the answer: no payment lost, none twice', async () => {
    const first = await start('--data', folder, '--policies', '50');
    const client = new TestClient({ origin: first.ready.imt.origin });
    await client.logIn();
    const before = await client.due('30000007');
    for (let at = 0; at < 10; at += 1) expect((await client.pay('30000007', `t${at}`)).status).toBe(201);
    await client.change('30000007', { paperless: true });
    const after = await client.due('30000007');
    expect(Number(before) - Number(after)).toBeCloseTo(250);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const second = await start('--data', folder, '--policies', '50');
    const again = new TestClient({ origin: second.ready.imt.origin });
    expect((await again.balance('30000007')).status, 'sessions are gone, as after any restart').toBe(401);
    await again.logIn();
    expect(await again.due('30000007')).toBe(after);
    const ledger = (await (await fetch(`${second.ready.imt.origin}/__control/ledger`)).json()) as object;
    expect(ledger).toMatchObject({ count: 10, transactions: 10, doubleBooked: {} });
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
  });

  it('drops a torn last line and goes on', async () => {
    const statePath = join(folder, 'imt.jsonl');
    const first = await createImtSandbox({ statePath });
    first.generate('3401', { count: 3 });
    first.adjust('3401', '30000001', -100);
    const due = first.policy('3401', '30000001').currentDueCents;
    await first.close();
    appendFileSync(statePath, '{"kind":"adjust","instance":"3401","policyNumb');
    const second = await createImtSandbox({ statePath });
    expect(second.policy('3401', '30000001').currentDueCents).toBe(due);
    second.adjust('3401', '30000001', -100);
    await second.close();
    const third = await createImtSandbox({ statePath });
    expect(third.policy('3401', '30000001').currentDueCents).toBe(due - 100);
    await third.close();
  });

  it('leaves policies it holds as they are when the same ones are given again', async () => {
    const statePath = join(folder, 'imt.jsonl');
    const policies = [{ policyNumber: '1', currentDueCents: 500 }];
    const first = await createImtSandbox({ statePath, policies });
    first.adjust('3401', '1', -200);
    await first.close();
    const second = await createImtSandbox({ statePath, policies });
    expect(second.policy('3401', '1').currentDueCents).toBe(300);
    await second.close();
  });
});

describe('the program', () => {
  it('refuses a taken port in one line and exits 3', async () => {
    const taken = await createImtSandbox();
    const child = spawn(process.execPath, [MAIN, '--imt-port', String(taken.port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let words = '';
    child.stderr.on('data', (part: Buffer) => {
      words += part.toString();
    });
    expect(await once(child, 'close')).toEqual([3, null]);
    expect(words).toBe(`IMT sandbox: port ${taken.port} on 127.0.0.1 is taken by another program\n`);
    await taken.close();
  });

  it('exits 2 with its usage for an option it does not know', async () => {
    const child = spawn(process.execPath, [MAIN, '--prot', '1'], { stdio: 'ignore' });
    expect(await once(child, 'close')).toEqual([2, null]);
  });
});

describe('made-up policies', () => {
  it('are the same for the same run and never a reserved number', () => {
    const run = { count: 500, seed: 9 };
    expect([...generatePolicies(run)]).toEqual([...generatePolicies(run)]);
    expect([...generatePolicies({ ...run, seed: 10 })]).not.toEqual([...generatePolicies(run)]);
    for (const { policyNumber } of generatePolicies(run)) expect(policyNumber).not.toMatch(/^999000|^20240903$/);
  });

  it('read back from the BIF printed of them with the same numbers, names, dates and cents', () => {
    const head = { billerGuid: 'g', invoiceFormatGuid: 'f', invoiceTypeId: '1', fileDate: '2026-11-20' };
    const property = fc.property(fc.integer({ min: 1, max: 40 }), fc.integer(), (count, seed) => {
      const made = [...generatePolicies({ count, seed })];
      const read = readPoliciesFromBif(printBif(made, head));
      expect(read).toEqual(
        made.map(({ policyNumber, currentDueCents, billDate, dueDate, firstName, lastName }) => {
          return { policyNumber, currentDueCents, billDate, dueDate, firstName, lastName };
        }),
      );
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('come from a BIF posted to the control API', async () => {
    const imt = await createImtSandbox();
    const head = { billerGuid: 'g', invoiceFormatGuid: 'f', invoiceTypeId: '1', fileDate: '2026-11-20' };
    const body = printBif([...generatePolicies({ count: 5_000 })], head);
    const url = `${imt.controlUrl}instances/3401/policies`;
    const answer = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': 'text/plain' } });
    expect(await answer.json()).toEqual({ loaded: 5_000 });
    expect(imt.policy('3401', '30005000').currentDueCents).toBeGreaterThan(0);
    await imt.close();
  });
});
