import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type SignOnProvider, signOnOf } from './config-sign-on.ts';

/** One variable of the environment: how it is read, and what `causeway config-reference` prints about it. */
interface Variable<T> {
  readonly schema: z.ZodType<T, string | undefined>;
  readonly meaning: string;
  readonly fallback: string;
  readonly secret?: boolean;
}

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port, 0 to 65535')
  .transform(Number)
  .refine((number) => number <= 65_535, 'must be a port, 0 to 65535');
const role = z.enum(['web', 'worker', 'sftp']);
const secondFactorFor = z.enum(['none', 'administrators', 'causeway', 'everyone']);

/** Every variable Causeway reads, in the order the reference prints them. Nothing else in the program reads the environment. */
const variables = {
  DATABASE_URL: {
    schema: z.url({ protocol: /^postgres(ql)?$/, error: 'must begin with postgres:// or postgresql://' }).optional(),
    meaning: 'PostgreSQL 16 or later. Unset: an embedded PostgreSQL 18 in the data folder.',
    fallback: 'embedded',
    secret: true,
  },
  CAUSEWAY_DATA: {
    schema: z.string().min(1).default('.causeway'),
    meaning: 'Folder for the embedded database, stored files and the demo’s keys. Must be writable.',
    fallback: '.causeway',
  },
  CAUSEWAY_PORT: {
    schema: port.default(8080),
    meaning: 'Port of payer pages, staff application and API. 0 takes a free one.',
    fallback: '8080',
  },
  CAUSEWAY_HOST: {
    schema: z.string().min(1).default('127.0.0.1'),
    meaning: 'Address to listen on. Behind a proxy that ends TLS keep the loopback address.',
    fallback: '127.0.0.1',
  },
  CAUSEWAY_SFTP_PORT: {
    schema: port.default(2222),
    meaning: 'Port of the SFTP server, which this version does not have yet.',
    fallback: '2222',
  },
  CAUSEWAY_PUBLIC_URL: {
    schema: z.url({ protocol: /^https?$/, error: 'must begin with http:// or https://' }).optional(),
    meaning: 'The address people open; used in links, emails and as the return address from the processor.',
    fallback: 'http://127.0.0.1:<port>',
  },
  CAUSEWAY_MASTER_KEY: {
    schema: z
      .base64('must be 32 bytes in base64 (openssl rand -base64 32)')
      .refine(
        (text) => Buffer.from(text, 'base64').length === 32,
        'must be 32 bytes in base64 (openssl rand -base64 32)',
      )
      .optional(),
    meaning:
      'Wraps the key of each biller’s secrets: base64 of 32 bytes. `serve` refuses to start without it or its file.',
    fallback: 'none (demo: made and kept in the data folder)',
    secret: true,
  },
  CAUSEWAY_MASTER_KEY_FILE: {
    schema: z.string().min(1).optional(),
    meaning: 'A file holding the master key; older keys may follow, one a line, while keys are rotated.',
    fallback: 'none',
  },
  CAUSEWAY_ROLES: {
    schema: z
      .string()
      .default('web,worker,sftp')
      .transform((text) => text.split(',').map((word) => word.trim()))
      .pipe(z.array(role).min(1)) as unknown as z.ZodType<readonly Role[], string | undefined>,
    meaning: 'What this process does: web, worker, sftp, separated by commas.',
    fallback: 'web,worker,sftp',
  },
  CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS: {
    schema: z.stringbool().default(false) as unknown as z.ZodType<boolean, string | undefined>,
    meaning: '1 lets partner and processor endpoints be on private or loopback addresses (sandbox, tests).',
    fallback: '0',
  },
  CAUSEWAY_SMTP_URL: {
    schema: z.url({ protocol: /^smtps?$/, error: 'must begin with smtp:// or smtps://' }).optional(),
    meaning: 'SMTP server for receipts and notices. Unset: notices wait, and staff see it.',
    fallback: 'none',
    secret: true,
  },
  CAUSEWAY_MAIL_FROM: {
    schema: z
      .string()
      .regex(/^[^\r\n]*@[^\r\n]*$/, 'must be an email address')
      .default('Causeway <no-reply@localhost>'),
    meaning: 'Sender of emails.',
    fallback: 'Causeway <no-reply@localhost>',
  },
  CAUSEWAY_PROCESSOR_URL: {
    schema: z.url({ protocol: /^https?$/, error: 'must begin with http:// or https://' }).optional(),
    meaning: 'The payment processor’s API. The demo points it at the sandbox processor.',
    fallback: 'none (no payment can be taken)',
  },
  CAUSEWAY_PROCESSOR_SECRET: {
    schema: z.string().min(16).optional(),
    meaning: 'Secret key of that API.',
    fallback: 'none',
    secret: true,
  },
  CAUSEWAY_PROCESSOR_WEBHOOK_SECRET: {
    schema: z.string().min(16).optional(),
    meaning: 'Verifies the signature of the processor’s events.',
    fallback: 'none',
    secret: true,
  },
  CAUSEWAY_REQUIRE_SECOND_FACTOR: {
    schema: secondFactorFor.default('administrators'),
    meaning:
      'Who of the staff must have a second factor: none, administrators (Causeway’s role “administrator”), causeway (all of Causeway’s own staff) or everyone (billers’ staff too). Who must and has none sets one up at sign-in, before anything else.',
    fallback: 'administrators (demo: none)',
  },
  CAUSEWAY_OIDC_ISSUER: {
    schema: z.url({ protocol: /^https?$/, error: 'must begin with http:// or https://' }).optional(),
    meaning:
      'Issuer of the OpenID Connect provider staff may sign on through, as its discovery document spells it; https (http only with CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS). Register <CAUSEWAY_PUBLIC_URL>/api/v1/session/oidc/callback there.',
    fallback: 'none (no sign-on)',
  },
  CAUSEWAY_OIDC_CLIENT_ID: {
    schema: z.string().min(1).max(300).optional(),
    meaning: 'Client id of Causeway at that provider.',
    fallback: 'none',
  },
  CAUSEWAY_OIDC_CLIENT_SECRET: {
    schema: z.string().min(8).max(1000).optional(),
    meaning: 'Client secret there.',
    fallback: 'none (a public client, with PKCE alone)',
    secret: true,
  },
  CAUSEWAY_OIDC_CLIENT_SECRET_FILE: {
    schema: z.string().min(1).optional(),
    meaning: 'A file holding the client secret, instead of the variable.',
    fallback: 'none',
  },
  CAUSEWAY_OIDC_LABEL: {
    schema: z.string().trim().min(1).max(60).default('single sign-on'),
    meaning: 'What the button on the sign-in page calls the provider: “Sign in with …”.',
    fallback: 'single sign-on',
  },
  CAUSEWAY_OIDC_IS_SECOND_FACTOR: {
    schema: z.stringbool().default(false) as unknown as z.ZodType<boolean, string | undefined>,
    meaning: '1: the provider asks for a second factor itself, and Causeway asks for none after a sign-on through it.',
    fallback: '0',
  },
  CAUSEWAY_DEMO_INBOX: {
    schema: z.stringbool().default(false) as unknown as z.ZodType<boolean, string | undefined>,
    meaning: 'Shows the demo’s inbox page. Set by `causeway demo`; never in production.',
    fallback: '0',
  },
  CAUSEWAY_LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    meaning: 'Least level that is logged.',
    fallback: 'info',
  },
} satisfies Record<string, Variable<unknown>>;

export type Role = z.infer<typeof role>;
/** Whose second factor the operator insists on. */
export type SecondFactorFor = z.infer<typeof secondFactorFor>;

/** The validated settings of this process. Secrets in it never leave `config.ts` except to the part that needs them. */
export interface Config {
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly sftpPort: number;
  readonly publicUrl: string | undefined;
  readonly masterKeys: readonly Buffer[];
  readonly roles: readonly Role[];
  readonly allowPrivateEndpoints: boolean;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly processorUrl: string | undefined;
  readonly processorSecret: string | undefined;
  readonly processorWebhookSecret: string | undefined;
  readonly secondFactorFor: SecondFactorFor;
  readonly signOn: SignOnProvider | undefined;
  readonly isDemoInboxShown: boolean;
  readonly logLevel: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Wrong or missing environment values, each named, with what to do. The program prints `faults` and exits 2. */
export class ConfigFault extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The environment is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigFault';
    this.faults = faults;
  }
}

/**
 * Reads and checks the environment once, at start.
 * `keys: 'required'` is the product (`serve`); `'make'` is the demo, which makes and keeps a master key in the data
 * folder; `'optional'` is for commands that open no secret. Throws `ConfigFault` naming every wrong value at once.
 */
export function readConfig(environment: Environment, keys: 'required' | 'make' | 'optional'): Config {
  const faults: string[] = [];
  const read = <K extends keyof typeof variables>(name: K): z.output<(typeof variables)[K]['schema']> => {
    const text = environment[name] === '' ? undefined : environment[name];
    const parsed = variables[name].schema.safeParse(text);
    if (parsed.success) return parsed.data as z.output<(typeof variables)[K]['schema']>;
    const said = [...new Set(parsed.error.issues.map((issue) => issue.message))].join('; ');
    const fault = `${name}: ${said}. ${variables[name].meaning}`;
    if (!faults.includes(fault)) faults.push(fault); // two may need the same variable
    return undefined as z.output<(typeof variables)[K]['schema']>;
  };
  for (const name of Object.keys(environment)) {
    if (name.startsWith('CAUSEWAY_') && !(name in variables) && !CLIENT_VARIABLES.has(name)) {
      faults.push(`${name} is not a variable of Causeway. \`causeway config-reference\` lists them.`);
    }
  }
  const dataFolder = path.resolve(read('CAUSEWAY_DATA') ?? '.causeway');
  if (faults.length === 0) checkWritable(dataFolder, faults);
  const keyFile = read('CAUSEWAY_MASTER_KEY_FILE');
  const keyText = read('CAUSEWAY_MASTER_KEY');
  const config: Config = {
    databaseUrl: read('DATABASE_URL'),
    dataFolder,
    host: read('CAUSEWAY_HOST'),
    port: read('CAUSEWAY_PORT'),
    sftpPort: read('CAUSEWAY_SFTP_PORT'),
    publicUrl: read('CAUSEWAY_PUBLIC_URL'),
    masterKeys: faults.length === 0 ? readMasterKeys({ keyText, keyFile, keys, dataFolder, faults }) : [],
    roles: read('CAUSEWAY_ROLES'),
    allowPrivateEndpoints: read('CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS'),
    smtpUrl: read('CAUSEWAY_SMTP_URL'),
    mailFrom: read('CAUSEWAY_MAIL_FROM'),
    processorUrl: read('CAUSEWAY_PROCESSOR_URL'),
    processorSecret: read('CAUSEWAY_PROCESSOR_SECRET'),
    processorWebhookSecret: read('CAUSEWAY_PROCESSOR_WEBHOOK_SECRET'),
    secondFactorFor: read('CAUSEWAY_REQUIRE_SECOND_FACTOR'),
    signOn: signOnOf({
      issuer: read('CAUSEWAY_OIDC_ISSUER'),
      clientId: read('CAUSEWAY_OIDC_CLIENT_ID'),
      secretText: read('CAUSEWAY_OIDC_CLIENT_SECRET'),
      secretFile: read('CAUSEWAY_OIDC_CLIENT_SECRET_FILE'),
      label: read('CAUSEWAY_OIDC_LABEL'),
      isSecondFactor: read('CAUSEWAY_OIDC_IS_SECOND_FACTOR'),
      isPrivateAllowed: read('CAUSEWAY_ALLOW_PRIVATE_ENDPOINTS'),
      faults,
    }),
    isDemoInboxShown: read('CAUSEWAY_DEMO_INBOX'),
    logLevel: read('CAUSEWAY_LOG_LEVEL'),
  };
  if (faults.length > 0) throw new ConfigFault(faults);
  return config;
}

/** Variables of the command line, not of the server: known, so that they are no fault. */
const CLIENT_VARIABLES = new Set(['CAUSEWAY_URL', 'CAUSEWAY_TOKEN']);

function checkWritable(folder: string, faults: string[]): void {
  try {
    makeFolder(folder);
    const probe = path.join(folder, `.write-probe-${process.pid}`);
    fs.writeFileSync(probe, '');
    fs.rmSync(probe);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    faults.push(`CAUSEWAY_DATA: the folder ${folder} can't be written (${why}). Name a folder this user may write.`);
  }
}

/** One folder after the other: `recursive` never comes back where the system refuses a new folder as if its parent were gone. */
function makeFolder(folder: string): void {
  const parent = path.dirname(folder);
  if (fs.existsSync(folder)) return;
  if (parent !== folder) makeFolder(parent);
  try {
    fs.mkdirSync(folder);
  } catch (cause) {
    if (!fs.existsSync(folder)) throw cause; // else it was there, or another process made it just now
  }
}

function readMasterKeys(from: {
  keyText: string | undefined;
  keyFile: string | undefined;
  keys: 'required' | 'make' | 'optional';
  dataFolder: string;
  faults: string[];
}): readonly Buffer[] {
  if (from.keyText) return [Buffer.from(from.keyText, 'base64')];
  const file = from.keyFile ?? path.join(from.dataFolder, 'master.key');
  if (from.keyFile === undefined && from.keys === 'make' && !fs.existsSync(file)) {
    fs.writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  }
  if (from.keyFile === undefined && from.keys === 'required') {
    from.faults.push(
      'CAUSEWAY_MASTER_KEY is missing, and so is CAUSEWAY_MASTER_KEY_FILE. Make one with `openssl rand -base64 32` and keep it safe: without it the billers’ secrets can’t be read.',
    );
    return [];
  }
  if (from.keyFile === undefined && !fs.existsSync(file)) return [];
  try {
    const lines = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    const keys = lines.map((line) => Buffer.from(line, 'base64'));
    if (keys.length === 0 || keys.some((key) => key.length !== 32))
      throw new Error('each line must be 32 bytes in base64');
    return keys;
  } catch (cause) {
    from.faults.push(
      `CAUSEWAY_MASTER_KEY_FILE: ${file} can't be used: ${cause instanceof Error ? cause.message : cause}.`,
    );
    return [];
  }
}

/** The table `causeway config-reference` prints: name, meaning, what holds when it is unset. */
export function configReference(): readonly { name: string; meaning: string; fallback: string; secret: boolean }[] {
  return Object.entries(variables).map(([name, variable]) => ({
    name,
    meaning: variable.meaning,
    fallback: variable.fallback,
    secret: 'secret' in variable,
  }));
}
