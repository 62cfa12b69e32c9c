import fs from 'node:fs';
import path from 'node:path';
import {
  createCredential,
  createInbox,
  hearStop,
  type Running,
  readConfig,
  revokeCredential,
  runUntilStopped,
  start,
  VERSION,
} from '@causeway/server/operator';
import { say } from '../operator.ts';
import { type DemoEnvironment, demoEnvironment } from './demo-environment.ts';
import { ensureAdministrator } from './ensure-staff.ts';
import { ensureBiller, ensurePolicies, sampleBif, samplePolicies } from './load-billers.ts';
import { runSandbox } from './run-sandbox.ts';
import { SAMPLE_BILLERS } from './sample-billers.ts';
import { uploadBills } from './upload-bills.ts';

const ADMIN_EMAIL = 'admin@demo.example';
const SECOND_EMAIL = 'second@demo.example';
const BY = { kind: 'program', name: 'the demo' } as const;

/**
 * `npm start`: Causeway with its own database, the sandbox partner and processor, three billers and 5,250 bills sent
 * through the real upload. What it made is kept in the data folder: stopped or killed, the next start goes on from there.
 * Resolves with the exit code after a stop.
 */
export async function runDemo(environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  const wish = hearStop();
  const demo = await demoEnvironment(environment);
  const config = readConfig(demo.variables, 'make');
  const publicUrl = config.publicUrl ?? `http://127.0.0.1:${config.port}`;
  say('Starting the sandbox partner and processor…');
  const sandbox = await runSandbox({
    imtPort: demo.imtPort,
    processorPort: demo.processorPort,
    dataFolder: demo.dataFolder,
    instances: SAMPLE_BILLERS.flatMap((sample) => sample.instances.map((instance) => `${instance}=${sample.system}`)),
    webhookUrl: `${publicUrl}/api/v1/processor-events/sandbox`,
    secretKey: config.processorSecret ?? '',
    webhookSecret: config.processorWebhookSecret ?? '',
  });
  let running: Running | undefined;
  const inbox = await createInbox(demo.inboxPort, { file: path.join(demo.dataFolder, 'inbox.jsonl') });
  try {
    say('Starting Causeway and its database…');
    running = await start(config, { version: VERSION, inbox });
    const today = firstDay(demo);
    await load(running, {
      imtOrigin: `http://127.0.0.1:${demo.imtPort}`,
      controlUrl: sandbox.ready.imt.controlUrl,
      today,
    });
    await ensureStaff(running, demo.adminPassword);
    tell(demo, publicUrl, { today, controlUrl: sandbox.ready.imt.controlUrl });
    return await runUntilStopped(running, wish);
  } finally {
    await running?.stop().catch(() => undefined);
    await inbox.close();
    await sandbox.stop();
  }
}

/** Bills carry the day the demo first ran: another day would make them other bills. */
function firstDay(demo: DemoEnvironment): string {
  const file = path.join(demo.dataFolder, 'first-day');
  if (!fs.existsSync(file)) fs.writeFileSync(file, Temporal.Now.plainDateISO().toString());
  return fs.readFileSync(file, 'utf8').trim();
}

async function load(running: Running, from: { imtOrigin: string; controlUrl: string; today: string }): Promise<void> {
  for (const sample of SAMPLE_BILLERS) {
    await ensureBiller(running.deps, sample, from.imtOrigin);
    await ensurePolicies(from.controlUrl, sample, from.today);
    const credential = await createCredential(running.deps, {
      bid: sample.bid,
      name: 'the demo’s upload',
      scopes: ['invoices:write', 'invoices:read'],
      by: BY,
    });
    const run = await uploadBills({
      url: running.url ?? '',
      bid: sample.bid,
      token: credential.token,
      name: `${sample.slug}-${from.today}.bif`,
      bif: sampleBif(sample, from.today),
    });
    await revokeCredential(running.deps, { bid: sample.bid, id: credential.id, by: BY });
    say(`${sample.name}: ${run.invoices.accepted} bills loaded from its BIF.`);
  }
}

/** Two people, so that what needs a second person can be tried. */
async function ensureStaff(running: Running, password: string): Promise<void> {
  await ensureAdministrator(running.deps, { email: ADMIN_EMAIL, name: 'Avery Admin', password });
  await ensureAdministrator(running.deps, { email: SECOND_EMAIL, name: 'Sam Second', password });
}

function tell(demo: DemoEnvironment, publicUrl: string, from: { today: string; controlUrl: string }): void {
  const lines = ['', 'Causeway is ready.', ''];
  for (const sample of SAMPLE_BILLERS) {
    const policy = samplePolicies(sample, from.today)[0]?.policies[0];
    lines.push(
      `  Pay a bill     ${publicUrl}/${sample.slug}   (${sample.name}: number ${policy?.policyNumber}, last name ${policy?.lastName})`,
    );
  }
  lines.push(
    `  Staff          ${publicUrl}/staff   (${ADMIN_EMAIL} or ${SECOND_EMAIL}, password: ${demo.adminPassword})`,
    `  Inbox          ${publicUrl}/inbox   (receipts arrive here)`,
    `  API            ${publicUrl}/docs`,
    `  The partner    ${from.controlUrl}   (faults on request: sandbox/README.md)`,
    '',
    `Everything is kept in ${demo.dataFolder}. Ctrl-C stops; the next start goes on from there.`,
    '',
  );
  process.stdout.write(lines.join('\n'));
}
