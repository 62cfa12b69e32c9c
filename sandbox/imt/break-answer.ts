import { gzipSync } from 'node:zlib';
import { type Answer, errorAnswer, htmlAnswer, JSON_API } from './answers.ts';
import type { Effect, EffectKind } from './faults.ts';

const BLOCK_BYTES = 1 << 16;
const HUGE_BYTES = 64 << 20;
/** What a gzip bomb unpacks to; each member of 1 MiB packs to about 1 kB. */
const BOMB_BYTES = 256 << 20;
const BOMB_MEMBER_BYTES = 1 << 20;
const DEEP_JSON_DEPTH = 10_000;

/** Whether the partner does the work before this goes wrong, unless the rule says otherwise. */
const COMMITS_BY_DEFAULT: Partial<Record<EffectKind, boolean>> = {
  status: false,
  html: false,
  timeout: false,
  redirect: false,
  'cut-before-commit': false,
};

/** Effects that only change how the work is done, not how it is answered. */
const WORK_ONLY: ReadonlySet<EffectKind> = new Set<EffectKind>([
  'latency',
  'book-twice',
  'as-pending',
  'delayed-ledger',
  'expire-session',
  'other-node-close',
  'balance-rows',
  'drop-field',
  'rename-field',
  'set-field',
  'big-pdf',
  'bill-format',
]);

/** True where the effect replaces the answer and the work is not to be done. */
export function stopsBeforeCommit(effect: Effect): boolean {
  if (WORK_ONLY.has(effect.kind)) return false;
  const said = 'commit' in effect ? effect.commit : undefined;
  return !(said ?? COMMITS_BY_DEFAULT[effect.kind] ?? true);
}

/** The answer as the effect leaves it. `answer` is null where nothing was done. */
export function breakAnswer(answer: Answer | null, effect: Effect): Answer {
  const whole: Answer = answer ?? { status: 200, type: JSON_API, body: '{"data":null}' };
  if (WORK_ONLY.has(effect.kind)) return whole;
  switch (effect.kind) {
    case 'status':
      return statusAnswer(effect);
    case 'html':
      return htmlAnswer(effect.status ?? 200);
    case 'wrong-content-type':
      return { ...whole, type: effect.contentType ?? 'text/plain' };
    case 'redirect':
      return { ...whole, status: effect.status ?? 307, body: '', headers: { Location: effect.location } };
    case 'wrong-echo':
      return wrongEcho(whole, effect.field ?? 'transaction_id');
    case 'no-cookie':
      return { ...whole, ...withoutToken(whole), headers: {} };
    case 'two-cookies':
      return { ...whole, headers: twoCookies(whole) };
    case 'cut-before-commit':
    case 'cut-after-commit':
      return { ...whole, transport: { kind: 'cut' } };
    case 'cut-mid-response':
      return { ...whole, transport: { kind: 'cut-mid' } };
    case 'timeout':
      return { ...whole, transport: { kind: 'never' } };
    case 'slow-body':
      return { ...whole, transport: { kind: 'trickle', bytes: effect.bytes ?? 1, everyMs: effect.everyMs ?? 1_000 } };
    case 'slow-headers':
      return { ...whole, transport: { kind: 'trickle-headers', everyMs: effect.everyMs ?? 1_000 } };
    case 'double-answer':
      return { ...whole, transport: { kind: 'twice' } };
    default:
      return breakBody(whole, effect);
  }
}

function breakBody(whole: Answer, effect: Effect): Answer {
  switch (effect.kind) {
    case 'malformed-json':
      return { ...whole, body: `${String(whole.body).slice(0, -1)},]` };
    case 'deep-json': {
      const depth = effect.depth ?? DEEP_JSON_DEPTH;
      return { ...whole, body: `{"data":${'['.repeat(depth)}${']'.repeat(depth)}}` };
    }
    case 'odd-json':
      return { ...whole, body: oddJson(String(whole.body), effect.oddity) };
    case 'huge-body':
      return {
        ...whole,
        transport: { kind: 'repeat', chunk: Buffer.alloc(BLOCK_BYTES, ' '), bytes: effect.bytes ?? HUGE_BYTES },
      };
    case 'endless-body':
      return { ...whole, transport: { kind: 'repeat', chunk: Buffer.alloc(BLOCK_BYTES, ' '), bytes: null } };
    case 'gzip-bomb':
      return { ...whole, body: gzipBomb(effect.bytes ?? BOMB_BYTES), headers: { 'Content-Encoding': 'gzip' } };
    default:
      return whole;
  }
}

function statusAnswer(effect: Extract<Effect, { kind: 'status' }>): Answer {
  const headers = effect.retryAfter === undefined ? {} : { 'Retry-After': effect.retryAfter };
  if (effect.body === 'html') return { ...htmlAnswer(effect.status), headers };
  if (effect.body === 'empty') return { status: effect.status, type: JSON_API, body: '', headers };
  const detail = effect.detail ?? `The sandbox was told to answer ${effect.status}`;
  const pointer = effect.status === 422 ? '/data/attributes' : undefined;
  return { ...errorAnswer(effect.status, detail, pointer), headers };
}

/** Another payment's answer, as a confused partner or proxy would send it. */
function wrongEcho(whole: Answer, field: 'transaction_id' | 'total_paid'): Answer {
  const document = JSON.parse(String(whole.body)) as { data?: { attributes?: Record<string, unknown> } };
  const attributes = document.data?.attributes;
  if (document.data) {
    document.data.attributes = { ...attributes, [field]: field === 'total_paid' ? '1.11' : '99999999999' };
  }
  return { ...whole, body: JSON.stringify(document) };
}

/** A login answer that hands out its session as a token, without it. */
function withoutToken(whole: Answer): Partial<Answer> {
  const document = JSON.parse(String(whole.body)) as { data?: { attributes?: { token?: string } } | null };
  delete document.data?.attributes?.token;
  return { body: JSON.stringify(document) };
}

function twoCookies(whole: Answer): Record<string, string | string[]> {
  const cookies = [whole.headers?.['Set-Cookie'] ?? []].flat();
  return { ...whole.headers, 'Set-Cookie': [...cookies, 'sessionid=of-another-node; Path=/; HttpOnly'] };
}

function oddJson(text: string, oddity: 'bom' | 'bad-utf8' | 'duplicate-keys' | 'proto'): string | Buffer {
  if (oddity === 'bom') return `\ufeff${text}`;
  if (oddity === 'duplicate-keys') return `{"data":null,${text.slice(1)}`;
  if (oddity === 'proto') return `{"__proto__":{"isAdmin":true},${text.slice(1)}`;
  return Buffer.concat([
    Buffer.from(text.slice(0, -1)),
    Buffer.from(',"note":"'),
    Buffer.of(0xc3, 0x28),
    Buffer.from('"}'),
  ]);
}

/** Members of gzip may follow one another, so a bomb of any size is one small member repeated. */
function gzipBomb(bytes: number): Buffer {
  const member = gzipSync(Buffer.alloc(BOMB_MEMBER_BYTES, ' '), { level: 9 });
  const members = Math.max(1, Math.ceil(bytes / BOMB_MEMBER_BYTES));
  return Buffer.concat(Array.from({ length: members }, () => member));
}
