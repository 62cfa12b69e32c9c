import type { SecondFactorFor } from '../../../platform/config.ts';

const ADMINISTRATOR = 'administrator';

/** Whether the operator insists on a second factor for this user (CAUSEWAY_REQUIRE_SECOND_FACTOR). */
export function mustHaveFactor(rule: SecondFactorFor, user: { roles: readonly string[]; bid: number | null }): boolean {
  switch (rule) {
    case 'none':
      return false;
    case 'administrators':
      return user.roles.includes(ADMINISTRATOR);
    case 'causeway':
      return user.bid === null;
    case 'everyone':
      return true;
    default:
      return rule satisfies never;
  }
}
