// Runs seeds of the delivery simulation: `node run-simulation.ts [--seeds N] [--from SEED] [--seed SEED] [--mistake NAME] [--trace]`.
import { parseArgs } from 'node:util';
import { plantedMistakes } from './planted-mistakes.ts';
import { simulate } from './simulate.ts';
import type { Mistake } from './world.ts';

const SEEDS = 20_000;
const SHOWN_MAX = 5;

/** Runs seeds in turn; stops at the first that fails when `stopAtFirst` is set. */
export async function runSeeds(from: {
  first: number;
  count: number;
  mistake?: Mistake | undefined;
  stopAtFirst?: boolean;
  /** Hears each line of what happens. */
  tell?: ((line: string) => void) | undefined;
}) {
  const totals = { runs: 0, payments: 0, unknowns: 0, byEvidence: 0, events: 0 };
  const failed: { seed: number; faults: readonly string[] }[] = [];
  for (let seed = from.first; seed < from.first + from.count; seed++) {
    const result = await simulate(seed, from.mistake, from.tell);
    totals.runs += 1;
    totals.payments += result.payments;
    totals.unknowns += result.unknowns;
    totals.byEvidence += result.byEvidence;
    totals.events += result.events;
    if (result.faults.length > 0) {
      failed.push({ seed, faults: result.faults });
      const { harm } = from.mistake ?? {};
      if (from.stopAtFirst && (harm === undefined || result.faults.some((fault) => fault.startsWith(harm)))) break;
    }
  }
  return { ...totals, failed };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      from: { type: 'string' },
      seed: { type: 'string' },
      mistake: { type: 'string' },
      trace: { type: 'boolean' },
    },
  });
  const mistake = plantedMistakes.find((one) => one.name === values.mistake);
  if (values.mistake !== undefined && !mistake)
    throw new Error(`no mistake ${values.mistake}: ${plantedMistakes.map((one) => one.name).join(', ')}`);
  const first = Number(values.seed ?? values.from ?? 1);
  const count = values.seed === undefined ? Number(values.seeds ?? SEEDS) : 1;
  const startedMs = performance.now();
  const tell = values.trace ? (line: string): void => void process.stdout.write(`${line}\n`) : undefined;
  const done = await runSeeds({ first, count, mistake, tell });
  const seconds = (performance.now() - startedMs) / 1000;
  process.stdout.write(
    `${done.runs} runs in ${seconds.toFixed(1)} s (${Math.round(done.runs / seconds)} runs/s): ${done.payments} payments, ${done.unknowns} unknown outcomes, ` +
      `${done.byEvidence} closed by evidence, ${done.events} events; ${done.failed.length} runs failed\n`,
  );
  for (const one of done.failed.slice(0, SHOWN_MAX)) {
    process.stdout.write(
      `seed ${one.seed}: ${one.faults.join('; ')}\n  again: npm exec -c 'node server/features/deliveries/simulation/run-simulation.ts --trace --seed ${one.seed}${mistake ? ` --mistake ${mistake.name}` : ''}'\n`,
    );
  }
  process.exitCode = done.failed.length > 0 ? 1 : 0;
}

if (import.meta.main) await main();
