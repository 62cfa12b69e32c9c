import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { addresses } from '../../addresses.ts';
import { api, told } from '../../api.ts';
import { Failure } from '../../parts/notes.tsx';
import { To } from '../../parts/show.tsx';
import { Door, NewPassword } from './door-frame.tsx';

/** The token stands behind the #, so that it is in no server’s log. */
const useToken = (): string => useState(() => window.location.hash.slice(1))[0];

/** Taking an invitation up: the first password. */
export function AcceptInvitation() {
  const token = useToken();
  const accept = useMutation({
    mutationKey: ['sign-in'],
    mutationFn: (password: string) => told(api.POST('/api/v1/invitations/accept', { body: { token, password } })),
  });
  if (!token) {
    return (
      <Door title="This invitation is not complete">
        <p>Open the whole link of the invitation. If it was cut in two lines, put both together.</p>
      </Door>
    );
  }
  if (accept.data) return <PasswordSet email={accept.data.email} />;
  return (
    <Door title="Choose your password">
      <NewPassword
        confirm="Set the password"
        isPending={accept.isPending}
        error={accept.error}
        onSet={(password) => accept.mutate(password)}
      />
    </Door>
  );
}

/** “I forgot my password”: the answer is the same whoever has that email. */
export function ForgotPassword() {
  const [email, setEmail] = useState('');
  const ask = useMutation({
    mutationKey: ['sign-in'],
    mutationFn: () => told(api.POST('/api/v1/password-resets', { body: { email: email.trim() } })),
  });
  if (ask.data) {
    return (
      <Door title="Look at your email">
        <p role="status">
          If somebody here has the address <strong>{email.trim()}</strong> and a password, an email with a link is on
          its way. The link works once, for {ask.data.minutes} minutes.
        </p>
        <p className="fine">
          Nothing comes? Look among unwanted mail. Who never set a password needs a new invitation instead: ask whoever
          manages users.
        </p>
        <p>
          <To href={addresses.signIn()}>Back to sign-in</To>
        </p>
      </Door>
    );
  }
  return (
    <Door title="Forgot your password?">
      <p>Type the email you sign in with. You get a link to set a new password.</p>
      {ask.error && <Failure cause={ask.error} />}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          ask.mutate();
        }}
      >
        <TextInput
          label="Email"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Button type="submit" size="sm" loading={ask.isPending}>
          Send the link
        </Button>
      </form>
      <p>
        <To href={addresses.signIn()}>Back to sign-in</To>
      </p>
    </Door>
  );
}

/** A new password by the link of the email. */
export function ResetPassword() {
  const token = useToken();
  const reset = useMutation({
    mutationKey: ['sign-in'],
    mutationFn: (password: string) => told(api.POST('/api/v1/password-resets/use', { body: { token, password } })),
  });
  if (!token) {
    return (
      <Door title="This link is not complete">
        <p>
          Open the whole link of the email, or <To href={addresses.forgotPassword()}>ask for a new one</To>.
        </p>
      </Door>
    );
  }
  if (reset.data) return <PasswordSet email={reset.data.email} />;
  return (
    <Door title="Set a new password">
      <p>Every session you have ends with it.</p>
      <NewPassword
        confirm="Set the password"
        isPending={reset.isPending}
        error={reset.error}
        onSet={(password) => reset.mutate(password)}
      />
      {reset.error && (
        <p>
          <To href={addresses.forgotPassword()}>Ask for a new link</To>
        </p>
      )}
    </Door>
  );
}

function PasswordSet({ email }: { email: string }) {
  return (
    <Door title="Your password is set">
      <p>
        You can now <To href={addresses.signIn()}>sign in</To> as {email}.
      </p>
    </Door>
  );
}
