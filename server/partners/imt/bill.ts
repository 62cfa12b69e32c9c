import type { FailureReason } from '../../features/billers/partner.ts';
import { EgressCut, type EgressStream } from '../../platform/egress.ts';
import { failureOfEgress } from './sign-in.ts';
import { isObject, JSON_API, type JsonObject, mediaTypeOf, openDocument, type PartnerError, redacted } from './wire.ts';

/** The largest PDF taken. */
export const PDF_BYTES_MAX = 25 * 1024 * 1024;
/** The largest answer: a PDF of that size in base64, and the document around it. */
export const BILL_BYTES_MAX = Math.ceil(PDF_BYTES_MAX / 3) * 4 + 1_048_576;

const MAGIC = Buffer.from('%PDF-');
/** `%PDF-` in base64, as far as it is fixed. */
const MAGIC_BASE64 = /^(?:data:application\/pdf;base64,)?(JVBERi[0-3])/;
const LINK_NAMES = /^(url|href|link|file|pdf|document|download|location)(_?(url|link))?$/i;

export type BillReading =
  | { readonly kind: 'pdf'; readonly body: AsyncIterable<Uint8Array> }
  | { readonly kind: 'link'; readonly url: string }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      readonly sentence: string;
      readonly errors?: readonly PartnerError[];
    };

/**
 * What the answer to `GET bills/…` is: the PDF itself (read on by the caller, never held whole), a JSON:API document with
 * the PDF in base64, one with its address on the same host, or the partner's word that there is none.
 */
export async function readBill(
  answer: EgressStream,
  from: { url: string; accountNumber: string; mayLink: boolean; secrets?: readonly string[] },
): Promise<BillReading> {
  if (answer.kind !== 'answered') return { kind: 'failed', ...failureOfEgress(answer, 'The request for the PDF') };
  const { status, headers, body } = answer;
  const type = mediaTypeOf(headers);
  if (status === 204) return { kind: 'none' };
  if (status >= 200 && status < 300 && type === 'application/pdf') return await checkedPdf(body);
  if (type !== JSON_API) {
    await abandon(body);
    return failed(
      status < 300 ? 'not-understood' : 'partner-error',
      `The partner answered ${status} with ${redacted(type, from.secrets ?? []) || 'no type'} in place of a PDF.`,
    );
  }
  const bytes = await collected(body);
  if (!Buffer.isBuffer(bytes)) return bytes;
  const opened = openDocument({ headers, body: bytes }, from.secrets);
  if (!opened.ok) {
    return failed(
      status < 300 ? 'not-understood' : 'partner-error',
      `The partner answered ${status}, and was not understood: ${opened.why}.`,
    );
  }
  if (status === 404 && opened.errors.length > 0) return { kind: 'none' };
  if (status < 200 || status > 299 || opened.errors.length > 0) {
    const reason =
      status === 429 ? 'rate-limited' : status === 401 || status === 403 ? 'session-refused' : 'partner-error';
    return { ...failed(reason, `The partner answered ${status} in place of a PDF.`), errors: opened.errors };
  }
  return readDocument(opened.document, from);
}

function readDocument(
  document: JsonObject,
  from: { url: string; accountNumber: string; mayLink: boolean },
): BillReading {
  const data =
    Array.isArray(document.data) && document.data.length === 1 ? (document.data[0] as unknown) : document.data;
  const attributes = isObject(data) && isObject(data.attributes) ? data.attributes : undefined;
  if (attributes === undefined)
    return Array.isArray(document.data) && document.data.length === 0
      ? { kind: 'none' }
      : failed('not-understood', 'The answer is no document with attributes.');
  const { policy_number: policy } = attributes;
  if (policy !== undefined && String(policy) !== from.accountNumber)
    return failed('not-understood', 'The answer is the bill of another policy.');
  const texts = Object.entries(attributes).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const inline = texts.find(([, text]) => MAGIC_BASE64.test(text))?.[1];
  if (inline !== undefined) return decodedPdf(inline);
  const links = texts.filter(
    ([name, text]) => /^https?:\/\//i.test(text) || (LINK_NAMES.test(name) && text.startsWith('/')),
  );
  const [, link] = links.find(([, text]) => /\.pdf([?#]|$)/i.test(text)) ?? links[0] ?? [];
  if (link === undefined || !from.mayLink)
    return failed('not-understood', 'The answer holds neither a PDF nor the address of one.');
  const target = URL.parse(link, from.url);
  const origin = URL.parse(from.url)?.origin;
  if (target === null || target.origin !== origin || target.username !== '' || target.password !== '') {
    return failed('guard', 'The answer points to a PDF on another host, which is not followed.');
  }
  return { kind: 'link', url: target.href };
}

function decodedPdf(text: string): BillReading {
  const base64 = text.replace(/^data:application\/pdf;base64,/, '').replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    return failed('not-understood', 'The PDF in the answer is not in base64.');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > PDF_BYTES_MAX) return failed('too-large', tooLarge);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return failed('not-understood', noPdf);
  return { kind: 'pdf', body: inOnePiece(bytes) };
}

/** The stream behind its first bytes, once they are those of a PDF; it throws when it grows too large or is cut. */
async function checkedPdf(body: AsyncIterable<Buffer>): Promise<BillReading> {
  const reader = body[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  try {
    while (head.length < MAGIC.length) {
      const next = await reader.next();
      if (next.done === true) break;
      head = Buffer.concat([head, next.value]);
    }
  } catch (cause) {
    return failedCut(cause);
  }
  if (!head.subarray(0, MAGIC.length).equals(MAGIC)) {
    await reader.return?.();
    return failed('not-understood', noPdf);
  }
  return { kind: 'pdf', body: capped(head, reader) };
}

async function* capped(head: Buffer, reader: AsyncIterator<Buffer>): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  let isDone = false;
  try {
    for (let chunk: Buffer | undefined = head; chunk !== undefined; ) {
      bytes += chunk.length;
      if (bytes > PDF_BYTES_MAX) throw new EgressCut('too-large', tooLarge);
      yield chunk;
      const next: IteratorResult<Buffer> = await reader.next();
      chunk = next.done === true ? undefined : next.value;
    }
    isDone = true;
  } finally {
    if (!isDone) await reader.return?.();
  }
}

async function* inOnePiece(bytes: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

async function collected(body: AsyncIterable<Buffer>): Promise<Buffer | Extract<BillReading, { kind: 'failed' }>> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
  } catch (cause) {
    return failedCut(cause);
  }
  return Buffer.concat(chunks);
}

/** Leaves a body unread, which resets its connection; a generator that was never begun would not notice. */
async function abandon(body: AsyncIterable<Buffer>): Promise<void> {
  try {
    for await (const _ of body) break;
  } catch (cause) {
    if (!(cause instanceof EgressCut)) throw cause;
  }
}

const tooLarge = 'The PDF is larger than 25 MB.';
const noPdf = 'What the partner sent as a PDF is none: it does not begin with %PDF-.';

function failedCut(cause: unknown): Extract<BillReading, { kind: 'failed' }> {
  if (!(cause instanceof EgressCut)) throw cause;
  return {
    kind: 'failed',
    ...failureOfEgress({ kind: 'unknown', reason: cause.reason, detail: cause.message }, 'The PDF'),
  };
}

function failed(reason: FailureReason, sentence: string): Extract<BillReading, { kind: 'failed' }> {
  return { kind: 'failed', reason, sentence };
}
