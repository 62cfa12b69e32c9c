import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Journal } from '../journal.ts';
import { parseJson, readBody } from '../listen.ts';
import { type Answer, documentAnswer, errorAnswer, JSON_API } from './answers.ts';
import type { Book } from './book.ts';
import { breakAnswer, stopsBeforeCommit } from './break-answer.ts';
import type { Effect, FaultBoard, Operation } from './faults.ts';
import { bookPayment, changeSettings, readBalance, readBill, readResource, type Work } from './operations.ts';
import type { Instance } from './policy.ts';
import type { JournalRecord } from './records.ts';
import type { RequestLog } from './request-log.ts';
import { sendAnswer, waitUnlessClosed } from './send-answer.ts';
import { sentinelEffects } from './sentinels.ts';
import type { Sessions } from './sessions.ts';

/** A request to the partner never needs more. */
const BODY_BYTES_MAX = 256 << 10;
const NO_BODY = Buffer.alloc(0);

/** What one sandbox is made of. */
export interface Partner {
  book: Book;
  journal: Journal<JournalRecord>;
  sessions: Sessions;
  faults: FaultBoard;
  log: RequestLog;
}

interface Call {
  operation: Operation | 'unknown';
  instance: Instance;
  method: string;
  policyNumber: string | null;
  /** Of the path, for a close. */
  closes: string | null;
  isFile: boolean;
  body: unknown;
  username: string | null;
}

/** Answers one request to `/{id}/api/…`. */
export async function serveImt(partner: Partner, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET';
  const url = request.url ?? '/';
  const target = readTarget(url);
  const instance = target && partner.book.instances.get(target.instance);
  const bytes = method === 'GET' ? NO_BODY : await readBody(request, BODY_BYTES_MAX);
  if (!target || !instance) {
    await sendAnswer(response, errorAnswer(404, 'There is nothing here'), 0);
    return;
  }
  const body = bytes === null || bytes.length === 0 ? undefined : parseJson(bytes);
  const operation = operationOf(method, target, { body, system: instance.settings.system });
  const now = Date.now();
  const username =
    operation === 'login' ? loginName(body) : partner.sessions.username(instance.id, sessionKey(request), now);
  const policyNumber = operation === 'payment' ? paymentPolicy(body) : target.policyNumber;
  const transactionId = operation === 'payment' ? attributeText(body, 'transaction_id') : null;
  const entry = partner.log.begin({
    at: now,
    instance: instance.id,
    operation,
    method,
    path: url,
    policyNumber,
    transactionId,
    username,
  });
  const call: Call = { ...target, operation, instance, method, policyNumber, body, username };
  let status: number | null = null;
  try {
    const early = refuseMedia(request, call, bytes);
    const effects = early ? [] : drawEffects(partner, call, transactionId);
    for (const effect of effects) entry.effects.push(effect.kind);
    for (const effect of effects) if (effect.kind === 'latency') await waitUnlessClosed(response, effect.ms);
    const answer = early ?? (await answerCall(partner, call, { effects, request }));
    // Only what reaches the wire counts as a status: a cut or a time-out has none.
    status = answer.transport?.kind === 'cut' || answer.transport?.kind === 'never' ? null : answer.status;
    await sendAnswer(response, answer, instance.settings.clockSkewMs);
  } finally {
    partner.log.end(entry, status, Date.now());
  }
}

async function answerCall(
  partner: Partner,
  call: Call,
  { effects, request }: { effects: Effect[]; request: IncomingMessage },
): Promise<Answer> {
  const { instance } = call;
  const ends = effects.some((effect) => effect.kind === 'expire-session' || effect.kind === 'other-node-close');
  if (ends && call.username !== null) partner.sessions.end(instance.id, call.username);
  const username = ends && call.operation !== 'login' ? null : call.username;
  if (call.operation === 'unknown') return errorAnswer(404, 'There is nothing here');
  if (call.operation !== 'login' && username === null) return errorAnswer(401, 'No session: log in first');
  const stopper = effects.find(stopsBeforeCommit);
  if (stopper) return breakAnswer(null, stopper);
  const { book, journal } = partner;
  const now = Date.now() + instance.settings.clockSkewMs;
  const work: Work = { book, journal, instance, username: username ?? '', now, effects };
  let answer = await perform(partner, { call, work, request });
  // What the partner itself refuses (unknown policy, bad body) stays refused: no effect may turn it into a success.
  if (answer.status < 400) for (const effect of effects) answer = breakAnswer(answer, effect);
  return answer;
}

async function perform(
  partner: Partner,
  { call, work, request }: { call: Call; work: Work; request: IncomingMessage },
): Promise<Answer> {
  const policyNumber = call.policyNumber ?? '';
  switch (call.operation) {
    case 'login':
      return login(partner, call);
    case 'close':
      return close(partner, call, work.username);
    case 'balance':
      return readBalance(work, policyNumber);
    case 'payment':
      return bookPayment(work, call.body);
    case 'paperless':
    case 'autopay':
      return changeSettings(work, policyNumber, call.body);
    case 'pdf': {
      const host = request.headers.host ?? '127.0.0.1';
      const file = `http://${host}/${call.instance.id}/api/bills/${encodeURIComponent(policyNumber)}/file.pdf`;
      const plain = call.isFile ? { ...work, effects: [{ kind: 'bill-format', format: 'pdf' } as const] } : work;
      return readBill(plain, policyNumber, file);
    }
    default:
      return errorAnswer(404, 'There is nothing here');
  }
}

function login(partner: Partner, { instance, body }: Call): Answer {
  const data = readResource(body, 'sessions');
  if ('status' in data) return data;
  const { username, password, private_key: privateKey } = data.attributes;
  const { users, sessionTtlMs: ttlMs, secondLogin, system, sessionAnswer } = instance.settings;
  const isKnown = typeof username === 'string' && Object.hasOwn(users, username) && users[username] === password;
  if (!isKnown) return errorAnswer(401, 'Wrong username or password');
  if (system === 'spectrum' && privateKey !== instance.settings.privateKey)
    return errorAnswer(401, 'Wrong private key');
  const replace = secondLogin === 'replace';
  const cookie = partner.sessions.open({ instance: instance.id, username, ttlMs, replace }, Date.now());
  const cookies = [`sessionid=${cookie}; Path=/; HttpOnly; SameSite=Lax`, 'imt_node=web1; Path=/'];
  const attributes = sessionAnswer === 'cookie' ? { username } : { username, token: cookie };
  const answer = documentAnswer(201, { data: { type: 'sessions', id: data.id, attributes } });
  if (sessionAnswer === 'token') return answer;
  return { ...answer, headers: { 'Set-Cookie': cookies } };
}

function close(partner: Partner, { instance, closes }: Call, username: string): Answer {
  if (closes !== username) return errorAnswer(403, "Another user's session is not yours to close");
  partner.sessions.end(instance.id, username);
  return documentAnswer(200, { meta: { closed: username } });
}

function drawEffects(partner: Partner, call: Call, transactionId: string | null): Effect[] {
  const { operation, instance, policyNumber, username } = call;
  if (operation === 'unknown' || call.isFile) return [];
  // A request without a session never reaches the partner's logic, so it uses up no fault.
  if (operation !== 'login' && username === null) return [];
  const own = sentinelEffects(policyNumber, operation);
  const struck = partner.faults.strike({ operation, instance: instance.id, policyNumber, username });
  if (own.length === 0 && struck.length === 0) return struck;
  return [...own, ...struck].filter((effect) => {
    if (effect.kind !== 'status' || !effect.oncePerTransaction) return true;
    return partner.faults.isFirst(`${instance.id} ${transactionId ?? policyNumber ?? ''}`);
  });
}

function refuseMedia(request: IncomingMessage, call: Call, bytes: Buffer | null): Answer | null {
  if (bytes === null) return errorAnswer(413, `A body may have at most ${BODY_BYTES_MAX} bytes`);
  const hasBody = call.method === 'POST' || call.method === 'PATCH';
  if (hasBody && request.headers['content-type']?.trim() !== JSON_API) {
    return errorAnswer(415, `Content-Type must be ${JSON_API}, without parameters`);
  }
  const accept = request.headers.accept;
  if (accept === undefined || !call.instance.settings.enforceAccept) return null;
  const wanted = call.operation === 'pdf' ? [JSON_API, 'application/pdf', '*/*'] : [JSON_API, '*/*'];
  return wanted.some((type) => accept.includes(type)) ? null : errorAnswer(406, `Only ${JSON_API} is spoken here`);
}

type Target = Pick<Call, 'policyNumber' | 'closes' | 'isFile'> & { instance: string; resource: string };

/** `/{id}/api/{resource}/…`, with or without the slash at the end. Null: no such path. */
function readTarget(url: string): Target | null {
  const mark = url.indexOf('?');
  const path = (mark < 0 ? url : url.slice(0, mark)).split('/');
  const [, instance, api, resource, rawName = '', file = ''] = path;
  if (!instance || api !== 'api' || !resource || path.length > 7) return null;
  let name: string | null;
  try {
    name = rawName === '' ? null : decodeURIComponent(rawName);
  } catch {
    return null;
  }
  const target = { instance, resource, policyNumber: name, closes: null, isFile: file === 'file.pdf' };
  if (file !== '' && !target.isFile) return null;
  if (resource === 'sessions') return { ...target, policyNumber: null, closes: name };
  if (resource !== 'payments-due') return target;
  const filter = mark < 0 ? null : new URLSearchParams(url.slice(mark)).get('filter[policy_number]');
  return { ...target, policyNumber: filter };
}

function operationOf(
  method: string,
  target: Target,
  { body, system }: { body: unknown; system: Instance['settings']['system'] },
): Operation | 'unknown' {
  const { resource, policyNumber } = target;
  if (resource === 'sessions') {
    if (method === 'POST') return 'login';
    return method === 'DELETE' && target.closes !== null ? 'close' : 'unknown';
  }
  if (resource === 'payments-due' && method === 'GET' && policyNumber !== null) return 'balance';
  if (resource === 'payments' && method === 'POST') return 'payment';
  if (system === 'spectrum') return 'unknown';
  if (resource === 'bills' && method === 'GET' && policyNumber !== null) return 'pdf';
  if (resource !== 'settings' || method !== 'PATCH' || policyNumber === null) return 'unknown';
  return attributeOf(body, 'bill_mode') === undefined ? 'paperless' : 'autopay';
}

/** The session a request names: by cookie, or by bearer token. */
function sessionKey(request: IncomingMessage): string | null {
  const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '');
  if (bearer?.[1] !== undefined) return bearer[1];
  const match = /(?:^|;\s*)sessionid=([^;]+)/.exec(request.headers.cookie ?? '');
  return match?.[1] ?? null;
}

function loginName(body: unknown): string | null {
  return attributeText(body, 'username');
}

function paymentPolicy(body: unknown): string | null {
  const id = (body as { data?: { id?: unknown } } | null | undefined)?.data?.id;
  return typeof id === 'string' ? id : null;
}

function attributeText(body: unknown, name: string): string | null {
  const value = attributeOf(body, name);
  return typeof value === 'string' ? value : null;
}

function attributeOf(body: unknown, name: string): unknown {
  const document = body as { data?: { attributes?: Record<string, unknown> } } | null | undefined;
  return document?.data?.attributes?.[name];
}
