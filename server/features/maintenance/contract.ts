import { z } from 'zod';
import { MAINTENANCE_PAGES, WINDOW_STATES } from './maintenance-window.ts';
import { WINDOW_ACTS } from './window-acts.ts';

const instant = z.string().describe('ISO 8601 instant');
const localTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'a day and a minute as 2026-11-21T22:00')
  .describe('A time of the Central zone (America/Chicago), without a zone: 2026-11-21T22:00');
const occurrence = z
  .enum(['first', 'second'])
  .describe('Needed for a time that the autumn change brings twice: the first (CDT) or the second (CST)');
const bid = z.coerce.number().int().min(1).max(2_147_483_647);

export const windowDraftSchema = z
  .strictObject({
    description: z.string().trim().min(1, 'say what it is for').max(200).describe('For staff only'),
    message: z
      .strictObject({
        en: z.string().trim().min(1, 'say in English what payers are to read').max(1000),
        es: z.string().trim().max(1000).default('').describe('Empty: payers who read Spanish get the standard words'),
      })
      .describe('Plain text for payers; a blank line begins a paragraph'),
    start: localTime,
    startOccurrence: occurrence.optional(),
    end: localTime,
    endOccurrence: occurrence.optional(),
    isActive: z.boolean(),
    appliesToAll: z.boolean().describe('All pages; else those named in `pages`'),
    pages: z
      .array(z.enum(MAINTENANCE_PAGES))
      .max(MAINTENANCE_PAGES.length)
      .default([])
      .describe('Looked at where it does not apply to all. Paying is always closed; receipts never are'),
    pausesDataPump: z.boolean().describe('Posting to the partner waits until the window is over'),
  })
  .meta({ id: 'MaintenanceWindowDraft' });
export type WindowDraft = z.infer<typeof windowDraftSchema>;

const reason = z.string().trim().min(3, 'say why, in a few words').max(500);
export const createBody = windowDraftSchema.extend({ reason: reason.optional() });
export const changeBody = windowDraftSchema.extend({
  expectedVersion: z.int().min(1).describe('The version that was looked at; another one since is a conflict'),
  reason: reason.optional(),
});
export const endBody = z.strictObject({ reason });
export const checkBody = windowDraftSchema.extend({ id: z.int().min(1).optional().describe('The window it changes') });

export const windowWarningSchema = z.strictObject({
  code: z.enum(['overlap', 'due-dates', 'long', 'begins-at-once', 'clock-change', 'no-spanish', 'not-active']),
  sentence: z.string(),
});
export type WindowWarning = z.infer<typeof windowWarningSchema>;

export const windowSchema = z
  .strictObject({
    id: z.int(),
    version: z.int().describe('Send it back with a change'),
    state: z.enum(WINDOW_STATES),
    description: z.string(),
    message: z.strictObject({ en: z.string(), es: z.string() }),
    startsAt: instant,
    endsAt: instant,
    start: localTime,
    startOccurrence: occurrence.nullable(),
    startShown: z.string().describe('The start in Central Time, in words'),
    end: localTime,
    endOccurrence: occurrence.nullable(),
    endShown: z.string(),
    lengthMinutes: z.int().describe('Real minutes, whatever the clocks do in it'),
    length: z.string(),
    isActive: z.boolean(),
    endedAt: instant.nullable().describe('Since when it is over, where it was put away'),
    appliesToAll: z.boolean(),
    pages: z.array(z.enum(MAINTENANCE_PAGES)),
    pausesDataPump: z.boolean(),
    createdBy: z.string(),
    createdAt: instant,
    changedBy: z.string(),
    changedAt: instant,
  })
  .meta({ id: 'MaintenanceWindow' });
export type WindowView = z.infer<typeof windowSchema>;

export const savedWindowSchema = z.strictObject({
  window: windowSchema,
  isChanged: z.boolean().describe('False when it was so already: no version was made'),
  warnings: z.array(windowWarningSchema),
});
export const windowsQuery = z.strictObject({
  state: z.enum(['open', 'past']).default('open').describe('open: in force, planned, or off; past: over'),
  cursor: z
    .string()
    .regex(/^\d{1,15}-\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const windowsPage = z.strictObject({ items: z.array(windowSchema), nextCursor: z.string().nullable() });
export const windowWithHistory = z.strictObject({
  window: windowSchema,
  history: z
    .array(
      z.strictObject({
        version: z.int(),
        act: z.enum(WINDOW_ACTS),
        changedBy: z.string(),
        changedAt: instant,
        reason: z.string().nullable(),
        changes: z.array(z.strictObject({ field: z.string(), from: z.string().nullable(), to: z.string() })),
      }),
    )
    .describe('Newest first'),
});
export type WindowHistory = z.infer<typeof windowWithHistory>;

const choiceSchema = z.strictObject({ at: instant, shown: z.string() });
export const checkedSchema = z.strictObject({
  startsAt: instant.nullable(),
  startShown: z.string().nullable(),
  endsAt: instant.nullable(),
  endShown: z.string().nullable(),
  length: z.string().nullable(),
  timeZone: z.string().describe('The biller’s own zone'),
  faults: z.array(z.strictObject({ at: z.string(), message: z.string() })),
  asks: z
    .array(
      z.strictObject({
        field: z.enum(['start', 'end']),
        sentence: z.string(),
        first: choiceSchema,
        second: choiceSchema,
      }),
    )
    .describe('Times that come twice'),
  warnings: z.array(windowWarningSchema),
});
export type CheckedWindow = z.infer<typeof checkedSchema>;

export const billerParams = z.strictObject({ bid });
export const windowParams = z.strictObject({ bid, id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });
