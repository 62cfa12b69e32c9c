import { z } from 'zod';

export const DOCUMENT_SOURCES = ['dropped', 'remote'] as const;
export type DocumentSource = (typeof DOCUMENT_SOURCES)[number];

export const pdfQuery = z.strictObject({
  disposition: z
    .enum(['inline', 'attachment'])
    .default('attachment')
    .describe('Whether a browser shows it or saves it'),
});
