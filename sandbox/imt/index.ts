import { resolve } from 'node:path';
import { openJournal } from '../journal.ts';
import { listen } from '../listen.ts';
import { errorAnswer } from './answers.ts';
import { Book } from './book.ts';
import { isControl, serveControl } from './control.ts';
import { controlPartner, type ImtControls } from './controls.ts';
import { FaultBoard } from './faults.ts';
import type { InstancePatch, JournalRecord, PolicyInput } from './records.ts';
import { RequestLog } from './request-log.ts';
import { sendAnswer } from './send-answer.ts';
import { type Partner, serveImt } from './serve-imt.ts';
import { Sessions } from './sessions.ts';

/** The instance every sandbox has, unless others are named. */
const FIRST_INSTANCE = '3401';

export interface ImtSandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Ids of the instances and how each behaves; default one, `3401`, with user `causeway` / `sandbox-password`. */
  instances?: Record<string, InstancePatch>;
  /** Policies for the first instance, or for each; those the state file holds already stay as they are. */
  policies?: readonly PolicyInput[] | Record<string, readonly PolicyInput[]>;
  /** Keeps state in this file, over a kill -9. Without it state lives in memory. */
  statePath?: string;
  /** Also waits for the disk after each line (a crash of the machine, not only of the program). */
  fsync?: boolean;
}

/** A running stand-in for IMT MIPS/APPS. */
export interface ImtSandbox extends ImtControls {
  port: number;
  /** `http://127.0.0.1:4010` */
  origin: string;
  /** Base of the first instance, for settings 8, 11, 14, 17 and 20: `{origin}/3401/api/` */
  url: string;
  /** Session endpoint of the first instance, for setting 88: `{origin}/3401/api/sessions/` */
  authUrl: string;
  /** `{origin}/__control/` */
  controlUrl: string;
  /** The same addresses of any instance. */
  urls(instance: string): { url: string; authUrl: string };
  /** Cuts what is under way and gives the port back. */
  close(): Promise<void>;
}

/** Starts the partner. Rejects in one sentence when the port is taken. */
export async function createImtSandbox(options: ImtSandboxOptions = {}): Promise<ImtSandbox> {
  const book = new Book();
  const apply = (record: JournalRecord): void => book.apply(record);
  const path = options.statePath === undefined ? undefined : resolve(options.statePath);
  const journal = openJournal<JournalRecord>(path, { apply, fsync: options.fsync ?? false });
  const partner: Partner = { book, journal, sessions: new Sessions(), faults: new FaultBoard(), log: new RequestLog() };
  const controls = controlPartner(partner);
  const instances = options.instances ?? { [FIRST_INSTANCE]: {} };
  const first = Object.keys(instances)[0] ?? FIRST_INSTANCE;
  for (const [id, patch] of Object.entries(instances)) controls.configure(id, patch);
  const given = options.policies ?? [];
  const policies = isList(given) ? { [first]: given } : given;
  for (const [id, list] of Object.entries(policies)) {
    const known = book.instances.get(id)?.policies;
    const fresh = list.filter((policy) => !known?.has(policy.policyNumber));
    if (fresh.length > 0) controls.load(id, fresh);
  }

  const listening = await listen(
    (request, response) => {
      const served = isControl(request.url ?? '')
        ? serveControl(controls, request, response)
        : serveImt(partner, request, response);
      served.catch((error: unknown) => {
        // A bug of the sandbox must be seen as one, never be taken for a fault that was asked for.
        console.error('imt sandbox:', error);
        if (response.headersSent) response.destroy();
        else void sendAnswer(response, errorAnswer(500, 'The sandbox itself failed; see its output'), 0);
      });
    },
    { host: options.host ?? '127.0.0.1', port: options.port ?? 0, name: 'IMT sandbox' },
  ).catch((error: unknown) => {
    journal.close();
    throw error;
  });

  const { origin, port } = listening;
  const urls = (id: string) => ({ url: `${origin}/${id}/api/`, authUrl: `${origin}/${id}/api/sessions/` });
  return {
    ...controls,
    port,
    origin,
    ...urls(first),
    controlUrl: `${origin}/__control/`,
    urls,
    async close() {
      await listening.close();
      journal.close();
    },
  };
}

function isList(given: NonNullable<ImtSandboxOptions['policies']>): given is readonly PolicyInput[] {
  return Array.isArray(given);
}

export { connectImtControls } from './connect-controls.ts';
export type { ImtControls, InstanceView, LedgerAnswer, LedgerFilter, PolicyView, ResetPart } from './controls.ts';
export type { ActiveFault, Effect, EffectKind, FaultRule, Operation } from './faults.ts';
export { type BifHead, generatePolicies, printBif, readPoliciesFromBif } from './generate-policies.ts';
export type {
  InstancePatch,
  InstanceSettings,
  LedgerPayment,
  PolicyInput,
  PolicyRun,
  SettingChange,
} from './records.ts';
export type { RequestEntry } from './request-log.ts';
export { SENTINELS, type Sentinel } from './sentinels.ts';
