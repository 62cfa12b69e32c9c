import { PageHead } from '../../parts/page-head.tsx';
import { OwnFactors } from './own-factors.tsx';
import { OwnPassword } from './own-password.tsx';
import { OwnSessions } from './own-sessions.tsx';

/** Everything about how one signs in oneself. */
export function OwnSecurity() {
  return (
    <>
      <PageHead path={[['You']]} title="Your sign-in and sessions" />
      <OwnPassword />
      <OwnFactors />
      <OwnSessions />
    </>
  );
}
