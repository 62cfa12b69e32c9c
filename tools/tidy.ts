/** House rules that no linter knows. Each returns sentences: where, which rule. `tidy.test.ts` plants a violation of each. */

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const TEST_FUNCTION_LINES_MAX = 400;
/** A component is mostly the shape of what is shown; markup makes it longer, not harder. */
const COMPONENT_LINES_MAX = 100;

/** Ports live in the platform; the sandbox, tests, tools and benches are programs of their own. */
const hasOwnClock = (path: string) =>
  /^(server\/platform\/|sandbox\/|bench\/|tools\/|web\/|server\/testing\/|cli\/)/.test(path) ||
  /\.test\.tsx?$|\/crash-tests\/|\/browser-tests\//.test(path);
const isGenerated = (path: string) => /tables\.ts$|\.gen\.ts$|\.d\.ts$/.test(path);
const isTest = (path: string) => /\.test\.tsx?$|\/testing\/|\/browser-tests\/|\/crash-tests\//.test(path);

interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  readonly appliesTo: (path: string) => boolean;
}

const RULES: readonly Rule[] = [
  {
    name: 'Date.now and Temporal.Now are read through the clock port',
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bTemporal\.Now\b/,
    appliesTo: (path) => !hasOwnClock(path),
  },
  {
    name: 'Math.random is read through the random port',
    pattern: /\bMath\.random\(|\brandomBytes\(|\brandomUUID\(/,
    appliesTo: (path) => !hasOwnClock(path),
  },
  {
    name: 'setTimeout and setInterval go through the timers port',
    pattern: /\bset(Timeout|Interval)\(/,
    appliesTo: (path) => !hasOwnClock(path),
  },
  {
    name: 'fetch and http.request go through the egress port',
    pattern: /\bawait fetch\(|\bhttps?\.request\(/,
    appliesTo: (path) => !hasOwnClock(path),
  },
  {
    name: 'process.env is read by platform/config.ts and the program’s entries only',
    pattern: /\bprocess\.env\b/,
    appliesTo: (path) =>
      path.startsWith('server/') && !/^server\/(main|operator)\.ts$|^server\/testing\//.test(path) && !isTest(path),
  },
  {
    name: 'only partners/imt knows IMT by name',
    pattern: /===\s*'IMT |'IMT [^']*'\s*===/,
    appliesTo: (path) => path.startsWith('server/') && !path.startsWith('server/partners/imt/') && !isTest(path),
  },
  { name: 'no default export', pattern: /^export default /m, appliesTo: (path) => !/\.config\.ts$/.test(path) },
  { name: 'no unfinished words', pattern: /\b(TODO|FIXME|XXX|HACK)\b/, appliesTo: () => true },
  {
    name: 'columns are listed, no select *',
    pattern: /select \* from/i,
    appliesTo: (path) => path.startsWith('server/') && !isTest(path),
  },
  {
    name: 'no float money: parse cents from digits',
    pattern: /\bparseFloat\(/,
    appliesTo: (path) => path.startsWith('server/') || path.startsWith('formats/'),
  },
  { name: 'no skipped test', pattern: /\b(test|it|describe)\.(skip|only|todo)\(/, appliesTo: isTest },
  {
    name: 'TLS is verified: no rejectUnauthorized: false',
    pattern: /rejectUnauthorized:\s*false/,
    appliesTo: (path) => path.startsWith('server/') && !isTest(path),
  },
];

/** The faults of one file by itself. */
export function fileFaults(file: SourceFile): readonly string[] {
  if (isGenerated(file.path) || file.path.startsWith('tools/tidy')) return [];
  const faults: string[] = [];
  const lines = file.text.split('\n').length;
  if (lines > FILE_LINES_MAX + 1 && !isTest(file.path))
    faults.push(`${file.path}: ${lines} lines; a file stops at ${FILE_LINES_MAX} lines`);
  const name = file.path.split('/').at(-1) ?? '';
  if (!/^[a-z0-9.-]+\.(ts|tsx|mjs)$/.test(name)) faults.push(`${file.path}: file names are kebab-case`);
  if (/(^|[-.])(utils?|helpers?|common|manager|service|controller|repository|misc)(\.|-|$)/.test(name))
    faults.push(`${file.path}: “${name}” is not a name: say what it does`);
  for (const rule of RULES) {
    if (!rule.appliesTo(file.path)) continue;
    const at = rule.pattern.exec(withoutComments(file.text, rule.name));
    if (at) faults.push(`${file.path}:${file.text.slice(0, at.index).split('\n').length}: ${rule.name}`);
  }
  return [...faults, ...longFunctions(file)];
}

/** Comments may name what is forbidden; unfinished words are looked for in them too. */
function withoutComments(text: string, rule: string): string {
  if (rule.startsWith('no unfinished')) return text;
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '));
}

/** Top-level functions by their closing brace at the margin: enough for formatted code. */
function longFunctions(file: SourceFile): readonly string[] {
  const max = isTest(file.path)
    ? TEST_FUNCTION_LINES_MAX
    : file.path.endsWith('.tsx')
      ? COMPONENT_LINES_MAX
      : FUNCTION_LINES_MAX;
  const faults: string[] = [];
  const lines = file.text.split('\n');
  let start = -1;
  lines.forEach((line, at) => {
    if (/^(export )?(async )?function\*? /.test(line)) start = at;
    if (line === '}' && start >= 0) {
      if (at - start + 1 > max)
        faults.push(`${file.path}:${start + 1}: ${at - start + 1} lines; a function stops at ${max} lines`);
      start = -1;
    }
  });
  return faults;
}

/** Upper doors first; a feature may open those after it, never those before. */
const DOORS = [
  'operations',
  'overview',
  'payer-site',
  'projects',
  'sso',
  'payments',
  'deliveries',
  'balances',
  'documents',
  'invoices',
  'notices',
  'identities',
  'maintenance',
  'billers',
];

/** Which feature owns which table: its files alone name it. */
const TABLE_OWNERS: Readonly<Record<string, string>> = {
  biller: 'billers',
  biller_configuration: 'billers',
  sealed_key: 'billers',
  installation_key: 'billers',
  ftp_user: 'billers',
  staff_user: 'identities',
  staff_session: 'identities',
  staff_invitation: 'identities',
  staff_password_reset: 'identities',
  sign_in_throttle: 'identities',
  staff_key: 'identities',
  staff_totp: 'identities',
  staff_passkey: 'identities',
  staff_recovery_code: 'identities',
  staff_half_sign_in: 'identities',
  staff_challenge: 'identities',
  staff_sign_on: 'identities',
  staff_sign_on_link: 'identities',
  api_credential: 'identities',
  maintenance_window: 'maintenance',
  maintenance_window_version: 'maintenance',
  account: 'invoices',
  invoice_file: 'invoices',
  invoice_file_fault: 'invoices',
  invoice: 'invoices',
  invoice_version: 'invoices',
  balance: 'balances',
  balance_refresh: 'balances',
  bill_document: 'documents',
  payment: 'payments',
  payment_event: 'payments',
  notice: 'notices',
  delivery: 'deliveries',
  delivery_attempt: 'deliveries',
  partner_trust: 'deliveries',
  reconciliation: 'deliveries',
  running_process: 'operations',
  endpoint_state: 'operations',
  endpoint_minute: 'operations',
  alert_settings: 'operations',
  alert_destination: 'operations',
  alert: 'operations',
  alert_message: 'operations',
  alert_attempt: 'operations',
};

/** The faults of imports between files, and of tables named outside their owner. */
export function boundaryFaults(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter((file) => !isTest(file.path) && !file.path.startsWith('tools/'))
    .flatMap((file) => [...importFaults(file), ...tableFaults(file)]);
}

function importFaults(file: SourceFile): readonly string[] {
  const faults: string[] = [];
  for (const found of file.text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    const target = resolve(file.path, found[1] ?? '');
    const why = whyForbidden(file.path, target);
    if (why) faults.push(`${file.path} imports ${target}: ${why}`);
  }
  return faults;
}

function whyForbidden(from: string, to: string): string | undefined {
  const feature = featureOf(from);
  const target = featureOf(to);
  if (
    (from.startsWith('server/platform/') || from.startsWith('formats/')) &&
    (target || /^server\/(partners|processors)\//.test(to))
  )
    return 'formats and platform know no feature and no partner';
  if (from.startsWith('formats/') && to.startsWith('server/'))
    return 'formats and platform know no feature and no partner';
  if (feature && /^server\/(partners|processors)\//.test(to))
    return 'features never import partners or processors; introduce.ts introduces them';
  if (feature && target && feature !== target) {
    const isPort = /^server\/features\/(billers\/(partner|configuration)|payments\/processor)\.ts$/.test(to);
    if (DOORS.indexOf(target) < DOORS.indexOf(feature)) return `doors open one way: ${feature} is below ${target}`;
    if (!to.endsWith('/index.ts') && !to.endsWith('/contract.ts') && !isPort)
      return 'another feature is entered through its index.ts';
  }
  if (from.startsWith('sandbox/') && (to.startsWith('server/') || to.startsWith('@causeway/server')))
    return 'the sandbox shares no code with the server';
  if (from.startsWith('web/') && !from.endsWith('.test.ts') && /^server\//.test(to) && !to.endsWith('/contract.ts'))
    return 'web takes contracts and formats only';
  if (from.startsWith('cli/') && /^server\//.test(to)) return 'the CLI enters through @causeway/server/operator';
  return undefined;
}

/** How Kysely names a table, and how SQL does; words of comments and sentences are not looked at. */
const TABLE_IN_KYSELY =
  /(?:selectFrom|insertInto|updateTable|deleteFrom|innerJoin|leftJoin|mergeInto|using)\('(\w+)(?: as \w+)?'/g;
const TABLE_IN_SQL = /\b(?:from|join|into|update)\s+(?:only\s+)?(\w+)/gi;

function tableFaults(file: SourceFile): readonly string[] {
  const feature = featureOf(file.path);
  if (!feature) return [];
  const text = withoutComments(file.text, '');
  const names = [
    ...[...text.matchAll(TABLE_IN_KYSELY)].map((found) => found[1] ?? ''),
    ...sqlIn(text).flatMap((part) => [...part.matchAll(TABLE_IN_SQL)].map((found) => found[1] ?? '')),
  ];
  return [...new Set(names)].flatMap((name) => {
    const owner = TABLE_OWNERS[name];
    return owner && owner !== feature ? [`${file.path} names the table ${name}, which ${owner} owns`] : [];
  });
}

/** The templates of a file that are SQL: tagged so, or beginning as a statement does; with the templates inside them. */
function sqlIn(text: string): readonly string[] {
  const parts: string[] = [];
  const opens = /\bsql(?:<[^`;]*>)?`|`\s*(?:select|insert|update|delete|with|merge)\b/g;
  for (const open of text.matchAll(opens)) {
    const start = open.index + open[0].indexOf('`') + 1;
    parts.push(text.slice(start, endOfTemplate(text, start)));
  }
  return parts;
}

/** Where a template ends that begins at `start`; templates within its holes do not end it. */
function endOfTemplate(text: string, start: number): number {
  const holes: number[] = [];
  let isInTemplate = true;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\\') at += 1;
    else if (isInTemplate && sign === '$' && text[at + 1] === '{') {
      holes.push(0);
      isInTemplate = false;
      at += 1;
    } else if (isInTemplate && sign === '`') {
      if (holes.length === 0) return at;
      isInTemplate = false;
    } else if (!isInTemplate && sign === '`') isInTemplate = true;
    else if (!isInTemplate && sign === '{') holes[holes.length - 1] = (holes.at(-1) ?? 0) + 1;
    else if (!isInTemplate && sign === '}') {
      const open = holes.at(-1) ?? 0;
      if (open > 0) holes[holes.length - 1] = open - 1;
      else {
        holes.pop();
        isInTemplate = true;
      }
    }
  }
  return text.length;
}

function featureOf(path: string): string | undefined {
  return /^server\/features\/([a-z-]+)\//.exec(path)?.[1];
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
