import { refuse } from '../../platform/problems.ts';
import { type WindowDraft, windowDraftSchema } from './contract.ts';

/** What was typed at the command line as a draft, by the same schema as the API's; each fault is named. */
export function parseDraft(input: unknown): WindowDraft {
  const parsed = windowDraftSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => ({ at: issue.path.join('.'), message: issue.message }));
  throw refuse('invalid-request', {
    summary: faults.map((fault) => `${fault.at}: ${fault.message}`).join('; '),
    faults,
  });
}
