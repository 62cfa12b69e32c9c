import type { Platform } from '../../../platform/platform.ts';
import type { Person } from '../factors/enrol-totp.ts';
import { refuseFactor } from '../factors/factor-problems.ts';
import { readFactors } from '../factors/factor-store.ts';
import { recordFactor } from '../factors/record-factor.ts';
import { lockUser } from '../staff/staff-store.ts';
import { deleteLinksOf, hasOtherWayIn } from './sign-on-store.ts';

/** Cuts somebody's link to the provider, unless it is their last way in. */
export async function unlinkSignOn(deps: Pick<Platform, 'database' | 'clock' | 'jobs'>, person: Person): Promise<void> {
  await deps.database.withSystem(async (tx) => {
    await lockUser(tx, person.userId);
    if ((await deleteLinksOf(tx, person.userId)) === 0) throw refuseFactor('not-linked');
    const { passkeys } = await readFactors(tx, person.userId);
    if (passkeys === 0 && !(await hasOtherWayIn(tx, person.userId, undefined))) throw refuseFactor('last-way-in');
    await recordFactor(tx, deps, { person, act: 'sign-on.unlinked' });
  });
}
