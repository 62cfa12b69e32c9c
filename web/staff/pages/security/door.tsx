import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { addresses } from '../../addresses.ts';
import { api, told } from '../../api.ts';
import { Failure } from '../../parts/notes.tsx';
import { To } from '../../parts/show.tsx';
import { queryClient } from '../../query-client.ts';
import { sessionQuery } from '../../session.ts';
import { Door } from './door-frame.tsx';
import { SessionOver } from './session-over.tsx';

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
      <SessionOver why={search.why} />
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
      <p>
        <To href={addresses.forgotPassword()}>Forgot your password?</To>
      </p>
      <p className="fine">No account? Ask whoever manages users for an invitation.</p>
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
