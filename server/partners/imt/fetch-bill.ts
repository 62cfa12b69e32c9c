import type { PartnerConnection, PdfAnswer } from '../../features/billers/partner.ts';
import { BILL_BYTES_MAX, type BillReading, readBill } from './bill.ts';
import { type Attempt, inSession } from './exchange.ts';
import type { OperationParts } from './operation-parts.ts';
import { endpointKey } from './sign-in.ts';
import { beginTranscript, renewalNote } from './transcript.ts';
import { JSON_API, joinUrl, pathPart } from './wire.ts';

interface Fetched {
  readonly status: number | undefined;
  readonly reading: BillReading;
}

/**
 * `GET bills/{AccountNumber}/`. A PDF comes as a stream that must be read, or left, to its end; it throws when it grows
 * over 25 MB or is cut. The session is kept until then, and not longer than the whole time of the call.
 */
export async function fetchBill(
  parts: OperationParts,
  connection: PartnerConnection,
  accountNumber: string,
): Promise<PdfAnswer> {
  const part = pathPart(accountNumber);
  const url = joinUrl(connection.url, `bills/${part ?? ''}/`);
  const tell = beginTranscript(parts.clock, 'GET', url);
  if (part === undefined)
    return {
      kind: 'failed',
      reason: 'guard',
      sentence: 'The account number cannot be part of an address.',
      transcript: tell(),
    };
  const letGo = parts.sessions.hold(connection);
  const result = await inSession(parts, {
    connection,
    totalMs: parts.limits.pdfMs,
    isRefused: ({ status }: Fetched) => status === 401 || status === 403,
    send: (attempt) => fetchOnce(parts, { connection, url, accountNumber, attempt }),
  });
  const renewed = renewalNote(result.isRenewed);
  if (result.kind === 'no-session') {
    letGo();
    const { reason, sentence } = result.failure;
    return { kind: 'failed', reason, sentence, transcript: tell({ notes: [renewed, sentence] }) };
  }
  const { status, reading } = result.answer;
  if (reading.kind === 'pdf') {
    return { kind: 'pdf', body: held(parts, reading.body, letGo), transcript: tell({ status, notes: [renewed] }) };
  }
  letGo();
  if (reading.kind === 'none') return { kind: 'none', transcript: tell({ status, notes: [renewed] }) };
  if (reading.kind === 'link')
    return {
      kind: 'failed',
      reason: 'not-understood',
      sentence: 'The partner answered an address in place of a PDF twice.',
      transcript: tell({ status }),
    };
  const { reason, sentence, errors } = reading;
  return { kind: 'failed', reason, sentence, transcript: tell({ status, errors, notes: [renewed, sentence] }) };
}

/** One request, and the one that follows where the document names the PDF's address on the same host. */
async function fetchOnce(
  { egress }: OperationParts,
  {
    connection,
    url,
    accountNumber,
    attempt,
  }: { connection: PartnerConnection; url: string; accountNumber: string; attempt: Attempt },
): Promise<Fetched> {
  const ask = async (address: string, mayLink: boolean): Promise<Fetched> => {
    const answer = await egress.stream({
      url: address,
      method: 'GET',
      headers: { accept: `application/pdf, ${JSON_API}`, 'content-type': JSON_API, ...attempt.lease.headers },
      totalTimeoutMs: attempt.leftMs,
      maxBytes: BILL_BYTES_MAX,
      endpointKey: endpointKey(connection, connection.operation, url),
      maxConcurrent: connection.maxConcurrent,
    });
    const status = answer.kind === 'not-sent' ? undefined : answer.status;
    return { status, reading: await readBill(answer, { url, accountNumber, mayLink, secrets: attempt.lease.secrets }) };
  };
  const first = await ask(url, true);
  return first.reading.kind === 'link' ? await ask(first.reading.url, false) : first;
}

/** The body, with the session held until it is over; a body nobody reads is over when its time is. */
function held(
  { timers, limits }: OperationParts,
  body: AsyncIterable<Uint8Array>,
  letGo: () => void,
): AsyncIterable<Uint8Array> {
  const timer = timers.after(limits.pdfMs, letGo);
  return (async function* read() {
    try {
      yield* body;
    } finally {
      timer.cancel();
      letGo();
    }
  })();
}
