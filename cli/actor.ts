import os from 'node:os';

/** Who did it, in histories and the audit: the person at this machine. */
export const OPERATOR = { kind: 'operator', name: `operator ${os.userInfo().username}` } as const;
