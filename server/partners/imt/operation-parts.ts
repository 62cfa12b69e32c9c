import type { Platform } from '../../platform/platform.ts';
import type { Sessions } from './session.ts';

/** Total deadlines, logins included, and how long an idle session is kept; imt.md §1 and §4. */
export const LIMITS = { balanceMs: 10_000, sendMs: 30_000, pdfMs: 30_000, lingerMs: 2_000 };

/** What every operation stands on. */
export interface OperationParts extends Pick<Platform, 'egress' | 'clock' | 'timers' | 'log'> {
  readonly limits: typeof LIMITS;
  readonly sessions: Sessions;
}
