import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createImtSandbox, generatePolicies } from './imt/index.ts';
import { createProcessorSandbox } from './processor/index.ts';

/** Where the two listen unless told otherwise. */
const IMT_PORT = 4010;
const PROCESSOR_PORT = 4020;
/** By hand, payments settle by themselves after this long. */
const SETTLE_MS = 20_000;
const INSTANCES = '3401,3402,5501=spectrum';

const USAGE = `node sandbox/main.ts [options]
  --imt-port N          port of the IMT sandbox (default ${IMT_PORT}; 0 takes a free one)
  --processor-port N    port of the processor sandbox (default ${PROCESSOR_PORT}; 0 takes a free one)
  --data DIR            keep state in this folder, over a restart or a crash
  --instances A,B=spectrum   ids of the IMT instances; those not MIPS/APPS name their system (default ${INSTANCES})
  --policies N          put N made-up policies into each instance
  --settle-ms N         settle charges after N ms (default ${SETTLE_MS}; 0 only on request)
  --webhook-url URL     where the processor sends its events
  --end-with-stdin      stop when standard input closes: with the program that started this one, however that ends
  --json                print one line of JSON when both are ready`;

/** However stuck a connection is, a stop ends by then. */
const STOP_MS_MAX = 2_000;

/** Starts both sandboxes; true exit codes: 0 stopped, 2 wrong usage, 3 could not start. */
async function main(): Promise<void> {
  const options = readOptions();
  const stops: (() => Promise<void>)[] = [];
  const stop = (): void => {
    setTimeout(() => process.exit(0), STOP_MS_MAX).unref();
    void Promise.all(stops.map((end) => end())).then(() => process.exit(0));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  try {
    const instances = Object.fromEntries(options.instances.map(({ id, ...patch }) => [id, patch]));
    const imtState = options.data === null ? {} : { statePath: join(options.data, 'imt.jsonl') };
    // Those a state file already holds stay as they are: making them again would undo what was paid.
    const made = options.policies > 0 ? [...generatePolicies({ count: options.policies })] : [];
    const policies = Object.fromEntries(options.instances.map(({ id }) => [id, made]));
    const imt = await createImtSandbox({ port: options.imtPort, instances, policies, ...imtState });
    stops.push(() => imt.close());
    const processorState = options.data === null ? {} : { statePath: join(options.data, 'processor.jsonl') };
    const processor = await createProcessorSandbox({
      port: options.processorPort,
      ...(options.settleMs > 0 ? { autoSettleMs: options.settleMs } : {}),
      ...(process.env.SANDBOX_PROCESSOR_SECRET ? { secretKey: process.env.SANDBOX_PROCESSOR_SECRET } : {}),
      ...(options.webhookUrl === null ? {} : { webhook: webhookOf(options.webhookUrl) }),
      ...processorState,
    });
    stops.push(() => processor.close());
    if (options.endWithStdin) process.stdin.on('end', stop).on('error', stop).resume();
    const ready = {
      imt: {
        origin: imt.origin,
        controlUrl: imt.controlUrl,
        instances: Object.fromEntries(options.instances.map(({ id }) => [id, imt.urls(id)])),
      },
      processor: {
        url: processor.url,
        controlUrl: processor.controlUrl,
        secretKey: processor.secretKey,
        webhookSecret: processor.webhookSecret,
      },
    };
    console.log(options.json ? JSON.stringify(ready) : describe(ready));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    await Promise.all(stops.map((end) => end()));
    process.exit(3);
  }
}

/** Secrets come by the environment: other users of the machine can see arguments. */
function webhookOf(url: string): { url: string; secret?: string } {
  const secret = process.env.SANDBOX_WEBHOOK_SECRET;
  return secret ? { url, secret } : { url };
}

function describe(ready: {
  imt: { controlUrl: string; instances: Record<string, { url: string; authUrl: string }> };
  processor: { url: string; controlUrl: string };
}): string {
  const lines = Object.entries(ready.imt.instances).map(
    ([id, { url, authUrl }]) => `IMT ${id}    ${url}   sessions ${authUrl}`,
  );
  lines.push(`IMT control ${ready.imt.controlUrl}`);
  lines.push(`Processor   ${ready.processor.url}   control ${ready.processor.controlUrl}`);
  lines.push('Ready. Ctrl-C stops both; sandbox/README.md has the endpoints, faults and test numbers.');
  return lines.join('\n');
}

interface Options {
  imtPort: number;
  processorPort: number;
  data: string | null;
  instances: { id: string; system?: 'spectrum' }[];
  policies: number;
  settleMs: number;
  webhookUrl: string | null;
  json: boolean;
  endWithStdin: boolean;
}

function readOptions(): Options {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      options: {
        'imt-port': text,
        'processor-port': text,
        data: text,
        instances: text,
        policies: text,
        'settle-ms': text,
        'webhook-url': text,
        json: { type: 'boolean' },
        'end-with-stdin': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    return {
      imtPort: whole(values['imt-port'], { name: 'imt-port', fallback: IMT_PORT, max: 65_535 }),
      processorPort: whole(values['processor-port'], { name: 'processor-port', fallback: PROCESSOR_PORT, max: 65_535 }),
      data: values.data === undefined ? null : resolve(values.data),
      instances: (values.instances ?? INSTANCES).split(',').filter(Boolean).map(instanceOf),
      policies: whole(values.policies, { name: 'policies', fallback: 0, max: 1_000_000 }),
      settleMs: whole(values['settle-ms'], { name: 'settle-ms', fallback: SETTLE_MS, max: 86_400_000 }),
      webhookUrl: values['webhook-url'] ?? null,
      json: values.json ?? false,
      endWithStdin: values['end-with-stdin'] ?? false,
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return process.exit(2);
  }
}

function instanceOf(given: string): Options['instances'][number] {
  const [id = '', system] = given.split('=');
  if (system === undefined || system === 'mips-apps') return { id };
  if (system !== 'spectrum') throw new Error(`--instances: ${id} can be mips-apps or spectrum, not ${system}`);
  return { id, system };
}

function whole(given: string | undefined, { name, fallback, max }: { name: string; fallback: number; max: number }) {
  if (given === undefined) return fallback;
  if (!/^\d{1,8}$/.test(given) || Number(given) > max) throw new Error(`--${name} must be a number up to ${max}`);
  return Number(given);
}

await main();
