import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { addresses } from '../../addresses.ts';
import { api, told } from '../../api.ts';
import { Awaited } from '../../parts/notes.tsx';
import { queryClient } from '../../query-client.ts';
import { AddPasskey } from './add-passkey.tsx';
import { safeBack } from './back.ts';
import { Door } from './door-frame.tsx';
import { ownSecurityQuery } from './own-factors.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { SetUpTotp } from './set-up-totp.tsx';
import './security.css';

/** Before anything else: the operator asks this person for a second factor, and there is none yet. */
export function Enrol() {
  const navigate = useNavigate();
  const { back } = useSearch({ strict: false }) as { back?: string };
  const own = useQuery(ownSecurityQuery);
  const [way, setWay] = useState<'totp' | 'passkey'>();
  const [codes, setCodes] = useState<readonly string[]>();
  const goOn = async () => {
    queryClient.clear();
    await navigate({ href: `/staff${safeBack(back)}`, replace: true });
  };
  const done = (told_: readonly string[]) => (told_.length > 0 ? setCodes(told_) : void goOn());
  const signOut = async () => {
    await told(api.DELETE('/api/v1/session')).catch(() => undefined);
    queryClient.clear();
    await navigate({ to: addresses.signedOut() });
  };
  if (codes)
    return (
      <Door title="Your second factor is on">
        <RecoveryCodes codes={codes} onKept={() => void goOn()} word="I have kept them: go on" />
      </Door>
    );
  return (
    <Door title="Set up a second factor">
      <p>
        Your user needs one before anything else: a stolen password alone must not open what you can open. It takes a
        minute.
      </p>
      {way === 'totp' && <SetUpTotp onDone={done} onGiveUp={() => setWay(undefined)} />}
      {way === 'passkey' && <AddPasskey onDone={done} onGiveUp={() => setWay(undefined)} />}
      {way === undefined && (
        <Awaited of={own} what="what can be set up">
          {({ passkeysHere }) => (
            <div className="other-ways">
              {passkeysHere.isThere && (
                <Button size="sm" onClick={() => setWay('passkey')}>
                  Use a passkey (finger, face or PIN)
                </Button>
              )}
              <Button size="sm" variant={passkeysHere.isThere ? 'default' : 'filled'} onClick={() => setWay('totp')}>
                Use an authenticator app on my phone
              </Button>
              {!passkeysHere.isThere && <p className="fine">{passkeysHere.why}</p>}
            </div>
          )}
        </Awaited>
      )}
      <Button variant="subtle" size="compact-sm" className="starts" onClick={() => void signOut()}>
        Sign out
      </Button>
    </Door>
  );
}
