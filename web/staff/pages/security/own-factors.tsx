import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { Message } from '../../parts/message.tsx';
import { Awaited, Failure } from '../../parts/notes.tsx';
import { Facts, Moment, Part } from '../../parts/show.tsx';
import { Window } from '../../parts/window.tsx';
import { queryClient } from '../../query-client.ts';
import { OwnPasskeys, type OwnSecurityFacts } from './own-passkeys.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { SetUpTotp } from './set-up-totp.tsx';
import './security.css';

export const ownSecurityQuery = {
  queryKey: ['own-security'],
  queryFn: ({ signal }: { signal: AbortSignal }) => told(api.GET('/api/v1/own-security', { signal })),
};

const readAgain = () => queryClient.invalidateQueries({ queryKey: ['own-security'] });

/** Authenticator app, passkeys, recovery codes, and the provider: what signs a person in besides the password. */
export function OwnFactors() {
  const facts = useQuery(ownSecurityQuery);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const onChanged = (told_: readonly string[]) => {
    setCodes(told_);
    void readAgain();
  };
  return (
    <Awaited of={facts} what="how you sign in">
      {(own) => (
        <>
          {codes.length > 0 && <CodesWindow codes={codes} onKept={() => setCodes([])} />}
          <Advice own={own} />
          <OwnTotp own={own} onChanged={onChanged} />
          <OwnPasskeys own={own} onChanged={onChanged} />
          <OwnCodes own={own} onChanged={onChanged} />
          {own.signOn && <OwnSignOn signOn={own.signOn} />}
        </>
      )}
    </Awaited>
  );
}

/** Over the page, so that nobody misses what is told once. */
function CodesWindow({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  return (
    <Window title="Your recovery codes" onClose={onKept} size="lg">
      <RecoveryCodes codes={codes} onKept={onKept} />
    </Window>
  );
}

/** What a person should know at a glance, in one line. */
function Advice({ own }: { own: OwnSecurityFacts }) {
  const hasFactor = own.totpSince !== null || own.passkeys.length > 0;
  if (!hasFactor)
    return (
      <Message tone="warn" title="Your password alone signs you in">
        <p>A stolen or guessed password is then enough. Add an authenticator app or a passkey.</p>
      </Message>
    );
  return own.recoveryCodesLeft <= 2 ? (
    <Message
      tone="warn"
      title={
        own.recoveryCodesLeft === 0
          ? 'You have no recovery code left'
          : `You have ${own.recoveryCodesLeft} recovery ${own.recoveryCodesLeft === 1 ? 'code' : 'codes'} left`
      }
    >
      <p>Make new ones: without them, a lost phone locks you out until someone resets your second factors.</p>
    </Message>
  ) : null;
}

function OwnTotp({ own, onChanged }: { own: OwnSecurityFacts; onChanged: (codes: readonly string[]) => void }) {
  const [open, setOpen] = useState<'set-up' | 'remove'>();
  return (
    <Part
      title="Authenticator app"
      aside={
        own.totpSince === null ? (
          <Button onClick={() => setOpen('set-up')}>Set up an app</Button>
        ) : (
          <Button variant="default" onClick={() => setOpen('remove')}>
            Remove the app
          </Button>
        )
      }
    >
      <p className="sentence">
        {own.totpSince === null ? (
          'None. An app on your phone shows a new code every half minute; sign-in then asks for it after the password.'
        ) : (
          <>
            On since <Moment at={own.totpSince} />. Sign-in asks for its code after the password.
          </>
        )}
      </p>
      {open === 'set-up' && (
        <Window title="Set up an authenticator app" onClose={() => setOpen(undefined)} size="md">
          <SetUpTotp
            onGiveUp={() => setOpen(undefined)}
            onDone={(codes) => {
              setOpen(undefined);
              onChanged(codes);
            }}
          />
        </Window>
      )}
      <Ask
        isOpen={open === 'remove'}
        onClose={() => setOpen(undefined)}
        title="Remove the authenticator app"
        what="Its codes no longer sign you in. If it is your only second factor, your recovery codes end with it, and your password alone is enough."
        confirm="Remove"
        isDanger
        needsReason={false}
        act={() => told(api.DELETE('/api/v1/own-security/totp'))}
        onDone={() => onChanged([])}
      />
    </Part>
  );
}

function OwnCodes({ own, onChanged }: { own: OwnSecurityFacts; onChanged: (codes: readonly string[]) => void }) {
  const [isAsking, setAsking] = useState(false);
  const [made, setMade] = useState<readonly string[]>([]);
  const hasFactor = own.totpSince !== null || own.passkeys.length > 0;
  return (
    <Part
      title="Recovery codes"
      aside={
        hasFactor && (
          <Button variant="default" onClick={() => setAsking(true)}>
            Make new codes
          </Button>
        )
      }
    >
      {made.length > 0 && (
        <CodesWindow
          codes={made}
          onKept={() => {
            setMade([]);
            onChanged([]);
          }}
        />
      )}
      <p className="sentence">
        {hasFactor
          ? `${own.recoveryCodesLeft} of 10 left. Each signs you in once when your phone or passkey is lost.`
          : 'They come with your first second factor.'}
      </p>
      <Ask
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Make new recovery codes"
        what="You get ten new codes. Those you have kept end now, used or not."
        confirm="Make new codes"
        needsReason={false}
        act={async () => {
          const { recoveryCodes } = await told(api.POST('/api/v1/own-security/recovery-codes'));
          setMade(recoveryCodes);
          await readAgain();
        }}
      />
    </Part>
  );
}

function OwnSignOn({ signOn }: { signOn: NonNullable<OwnSecurityFacts['signOn']> }) {
  const cutting = useMutation({
    mutationFn: () => told(api.DELETE('/api/v1/own-security/sign-on')),
    onSuccess: readAgain,
  });
  return (
    <Part
      title={`Sign-on with ${signOn.label}`}
      aside={
        signOn.linkedAt !== null && (
          <Button variant="default" onClick={() => cutting.mutate()} loading={cutting.isPending}>
            Cut the link
          </Button>
        )
      }
    >
      {cutting.error && <Failure cause={cutting.error} />}
      {signOn.linkedAt === null ? (
        <p className="sentence">
          Not linked. The first time you sign in with {signOn.label} by the same email address, it is linked to your
          user.
        </p>
      ) : (
        <Facts
          items={[
            ['Linked as', signOn.email],
            ['Since', <Moment key="since" at={signOn.linkedAt} />],
          ]}
        />
      )}
    </Part>
  );
}
