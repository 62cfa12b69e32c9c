import { nameOf, type Principal } from '../../platform/access.ts';

/** Who did something, for histories and the audit. `operator` is the command line, `program` Causeway itself. */
export interface Actor {
  readonly kind: 'staff' | 'credential' | 'operator' | 'program';
  readonly name: string;
}

/** The actor behind a request. */
export function actorOf(principal: Principal | undefined): Actor {
  if (principal === undefined) throw new Error('a request without a principal reached a protected route');
  return { kind: principal.kind, name: nameOf(principal) };
}
