import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, told } from '../../api.ts';
import { Message } from '../../parts/message.tsx';
import { Failure } from '../../parts/notes.tsx';
import { showPasskey } from './passkeys-here.ts';
import './security.css';

/** What the sign-in page offers besides the password. */
const waysQuery = {
  queryKey: ['sign-in-ways'],
  queryFn: ({ signal }: { signal: AbortSignal }) => told(api.GET('/api/v1/session/ways', { signal })),
};

/** Signing in without the password: by a passkey, or through the operator's provider, where there are such. */
export function OtherWays({ back, onSignedIn }: { back: string; onSignedIn: () => void }) {
  const { data: ways } = useQuery(waysQuery);
  const showing = useMutation({
    mutationKey: ['sign-in'],
    mutationFn: async () => {
      const passkey = await showPasskey(await told(api.POST('/api/v1/session/passkey/options')));
      return told(api.POST('/api/v1/session/passkey', { body: { passkey: passkey as never } }));
    },
    onSuccess: onSignedIn,
  });
  if (!ways?.signOn && !ways?.passkeys.isThere) return null;
  return (
    <div className="other-ways">
      <span className="or">or</span>
      {showing.error && <Failure cause={showing.error} />}
      {ways.passkeys.isThere && (
        <Button variant="default" size="sm" onClick={() => showing.mutate()} loading={showing.isPending}>
          Sign in with a passkey
        </Button>
      )}
      {ways.signOn && (
        <Button
          component="a"
          variant="default"
          size="sm"
          href={`${ways.signOn.startUrl}?back=${encodeURIComponent(back)}`}
        >
          Sign in with {ways.signOn.label}
        </Button>
      )}
    </div>
  );
}

const FAULTS: Readonly<Record<string, string>> = {
  away: 'The sign-on provider does not answer at the moment. Sign in with your password, or try again in a minute.',
  stale: 'That sign-on took too long, was used already, or was begun in another browser. Begin again.',
  cancelled: 'The sign-on was given up at the provider. Nothing was changed.',
  refused:
    'The provider’s answer could not be verified, so nobody was signed in. Begin again; if it goes on, tell the operator.',
  'email-not-verified':
    'The provider does not vouch for your email address. Have it verified there, or sign in with your password.',
  'unknown-person':
    'The provider knows you, but Causeway has no user with your email. Ask whoever manages users for an invitation.',
  'other-person':
    'Your user here belongs to another person at the provider. Sign in with your password, and look at how you sign in.',
  disabled: 'Your user was disabled. Ask whoever manages users.',
};

/** Why a sign-on through the provider led back here. */
export function SignOnFault({ fault }: { fault: string | undefined }) {
  const sentence = fault === undefined ? undefined : FAULTS[fault];
  return sentence === undefined ? null : <Message tone="bad" role="alert" title={sentence} />;
}
