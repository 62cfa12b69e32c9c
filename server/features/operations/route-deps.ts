import type { Principal } from '../../platform/access.ts';
import type { Platform } from '../../platform/platform.ts';
import { refuse } from '../../platform/problems.ts';
import type { KeepDeps } from './keep-destinations.ts';
import type { ReadDeps } from './read-health.ts';

export type OperationsDeps = ReadDeps & KeepDeps & Pick<Platform, 'jobs'>;

/** The installation is nobody's but the operator's: a biller's own staff see none of it, whatever their role says. */
export function requireConsole(principal: Principal | undefined): void {
  if (principal?.kind !== 'staff' || principal.bid !== null) throw refuse('not-found');
}
