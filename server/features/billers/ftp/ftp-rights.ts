import type { Principal } from '../../../platform/access.ts';
import { requireRecentProof } from '../../../platform/access.ts';
import type { Clock } from '../../../platform/clock.ts';
import { refuse } from '../../../platform/problems.ts';
import type { Actor } from '../actor.ts';
import type { Configuration } from '../configuration.ts';

/** What someone may change of FTP Management. `proveAgain` refuses unless they have proven lately who they are. */
export interface FtpRights {
  readonly mayWrite: boolean;
  readonly proveAgain: () => void;
}

/** The rights of who calls over HTTP: `ftp:write`, a right of its own besides changing the configuration. */
export function ftpRightsOf(principal: Principal | undefined, clock: Pick<Clock, 'now'>): FtpRights {
  return {
    mayWrite: principal?.kind === 'staff' && principal.permissions.has('ftp:write'),
    proveAgain: () => requireRecentProof(principal, clock),
  };
}

/**
 * Refuses a change of FTP Management by who has no right to it; a changed password or key also asks for a recent proof.
 * The operator of the machine and the program itself have every right; staff must bring theirs.
 */
export function refuseFtpChange(
  request: { readonly by: Actor; readonly ftp?: FtpRights },
  from: Configuration['ftp'],
  to: Configuration['ftp'],
): void {
  if (!request.ftp && (request.by.kind === 'operator' || request.by.kind === 'program')) return;
  if (!request.ftp?.mayWrite) throw refuse('not-allowed', { needed: 'ftp:write' });
  if (areLoginsNew(from, to)) request.ftp.proveAgain();
}

/** Whether anyone could sign in to the SFTP server who could not before, or with something else. Taking away is no risk. */
function areLoginsNew(from: Configuration['ftp'], to: Configuration['ftp']): boolean {
  return to.users.some((user) => {
    const before = from.users.find((each) => each.username === user.username);
    const isPasswordNew = user.password !== null && user.password.fingerprint !== before?.password?.fingerprint;
    return isPasswordNew || user.publicKeys.some((key) => !before?.publicKeys.includes(key));
  });
}
