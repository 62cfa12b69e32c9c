import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { addresses } from '../../addresses.ts';
import { api, told } from '../../api.ts';
import { Failure } from '../../parts/notes.tsx';
import { To } from '../../parts/show.tsx';
import { queryClient } from '../../query-client.ts';
import { sessionQuery } from '../../session.ts';

const PASSWORD_MIN = 12;

/** The pages before sign-in: one thing each. */
function Door({ title, children }: { title: string; children: ReactNode }) {
  useDocumentTitle(`${title} · Causeway`);
  return (
    <main className="door">
      <div className="brand">
        <img src="/staff/mark.svg" alt="" width="26" height="26" />
        Causeway
      </div>
      <h1>{title}</h1>
      {children}
    </main>
  );
}

/** Back to where the person was, if that is a page of ours. */
const safeBack = (back: string | undefined): string =>
  back && /^\/(?![/\\])/.test(back) ? back : addresses.overview();

export function SignIn() {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { back?: string; why?: string };
  const form = useForm({ initialValues: { email: '', password: '' } });
  const signIn = useMutation({
    mutationKey: ['sign-in'],
    mutationFn: (body: { email: string; password: string }) => told(api.POST('/api/v1/session', { body })),
    onSuccess: async () => {
      queryClient.clear();
      await queryClient.ensureQueryData(sessionQuery);
      await navigate({ href: `/staff${safeBack(search.back)}`, replace: true });
    },
    onError: () => form.setFieldValue('password', ''),
  });
  return (
    <Door title="Sign in">
      {search.why === 'session-over' && (
        <p role="status">Your session is over. Sign in again, and you are back where you were.</p>
      )}
      {signIn.error && <Failure cause={signIn.error} />}
      <form className="form" onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
        <TextInput label="Email" type="email" autoComplete="username" required {...form.getInputProps('email')} />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="sm" loading={signIn.isPending}>
          Sign in
        </Button>
      </form>
      <p className="fine">No account, or the password is lost? Ask who manages users for a new invitation.</p>
    </Door>
  );
}

export function SignedOut() {
  return (
    <Door title="You are signed out">
      <p>
        Close the browser if this machine is not yours. <To href={addresses.signIn()}>Sign in again</To>
      </p>
    </Door>
  );
}

/** The token stands behind the #, so that it is in no server’s log. */
export function AcceptInvitation() {
  const [token] = useState(() => window.location.hash.slice(1));
  const form = useForm({
    initialValues: { password: '', again: '' },
    validate: {
      password: (value) => (value.length < PASSWORD_MIN ? `At least ${PASSWORD_MIN} characters.` : null),
      again: (value, values) => (value === values.password ? null : 'This is not the same as above.'),
    },
  });
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
  if (accept.data) {
    return (
      <Door title="Your password is set">
        <p>
          You can now <To href={addresses.signIn()}>sign in</To> as {accept.data.email}.
        </p>
      </Door>
    );
  }
  return (
    <Door title="Choose your password">
      {accept.error && <Failure cause={accept.error} />}
      <form className="form" onSubmit={form.onSubmit((values) => accept.mutate(values.password))}>
        <PasswordInput
          label="Password"
          description={`At least ${PASSWORD_MIN} characters; a few words together are good.`}
          autoComplete="new-password"
          required
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
          {...form.getInputProps('password')}
        />
        <PasswordInput
          label="The same once more"
          autoComplete="new-password"
          required
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
          {...form.getInputProps('again')}
        />
        <Button type="submit" size="sm" loading={accept.isPending}>
          Set the password
        </Button>
      </form>
    </Door>
  );
}
