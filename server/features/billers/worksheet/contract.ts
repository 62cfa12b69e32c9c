import { z } from 'zod';
import { checkAnswer } from '../contract.ts';

/** The worksheet's bodies and answers. A form: `file`, and text fields beside it. */

const VERSION_MAX = 2_147_483_647;

/** What is sent beside the file. `mapping` is JSON: by cell (`B5`, `Sheet1!C7`) a target (`9`, `10.privateKey`, several with commas) or `-` to leave it out. */
export const worksheetFields = z.strictObject({
  mapping: z
    .string()
    .max(4096)
    .optional()
    .transform((text, context): Record<string, string> => {
      const parsed = z.record(z.string().max(120), z.string().max(200)).safeParse(jsonOf(text ?? '{}'));
      if (parsed.success) return parsed.data;
      context.addIssue({ code: 'custom', message: 'mapping must be a JSON object of cells and targets' });
      return z.NEVER;
    }),
  system: z.enum(['uat', 'production']).optional(),
});
export const worksheetApplyFields = worksheetFields.extend({
  expectedVersion: z.coerce.number().int().min(1).max(VERSION_MAX),
  reason: z.string().trim().min(3, 'say why, in a few words').max(500),
});

export const worksheetPreview = checkAnswer
  .extend({
    version: z.int().describe('The version this preview is of: send it as expectedVersion'),
    rows: z.array(
      z.object({
        cell: z.string().describe('Where the value stands, such as B5: the key of `mapping`'),
        row: z.int(),
        name: z.string(),
        shown: z.string().describe('The value; a secret, and what may be one, as •••• (fingerprint)'),
        isSecret: z.boolean(),
        state: z.enum(['mapped', 'ask', 'left-out']),
        why: z.string().nullable().describe('Why it is asked about or left out'),
        targets: z.array(z.string()),
        suggestions: z.array(z.string()).describe('What it most likely is, for one that is asked about'),
      }),
    ),
    systems: z
      .array(z.enum(['uat', 'production']))
      .describe('Which of the partner’s systems the worksheet names; with both, say which as `system`'),
    targets: z.array(z.object({ target: z.string(), label: z.string() })).describe('Everything a value may be'),
    isReady: z.boolean().describe('Nothing is left to ask, and something would be set'),
  })
  .meta({ id: 'WorksheetPreview' });
export type WorksheetPreview = z.infer<typeof worksheetPreview>;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
