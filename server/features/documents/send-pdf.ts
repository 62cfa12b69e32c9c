import type { FastifyReply } from 'fastify';
import type { BillPdf } from './bill-pdf.ts';

/**
 * Answers a PDF so that nothing in it can act for our origin: its type is not guessed at, it is stored nowhere on the
 * way, it may load and run nothing, and its file name holds letters and digits only.
 */
export async function sendPdf(
  reply: FastifyReply,
  pdf: Extract<BillPdf, { kind: 'pdf' }>,
  as: { fileName: string; disposition: 'inline' | 'attachment' },
): Promise<FastifyReply> {
  const name =
    as.fileName
      .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
      .replace(/^\.+/, '')
      .slice(0, 100) || 'bill';
  return reply
    .header('content-type', 'application/pdf')
    .header('content-length', pdf.sizeBytes)
    .header('content-disposition', `${as.disposition}; filename="${name}.pdf"`)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'private, no-store')
    .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'; sandbox")
    .header('cross-origin-resource-policy', 'same-origin')
    .send(await pdf.open());
}
