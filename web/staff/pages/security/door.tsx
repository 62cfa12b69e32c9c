import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { addresses } from '../../addresses.ts';
import { api, told } from '../../api.ts';
import { Failure } from '../../parts/notes.tsx';
import { To } from '../../parts/show.tsx';
import { queryClient } from '../../query-client.ts';
import { sessionQuery } from '../../session.ts';
import { safeBack } from './back.ts';
import { Door } from './door-frame.tsx';
import { OtherWays, SignOnFault } from './other-ways.tsx';
import { SecondStep } from './second-step.tsx';
import { SessionOver } from './session-over.tsx';

export function SignIn() {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { back?: string; why?: string; step?: string; signOn?: string };
  const back = safeBack(search.back);
  const form = useForm({ initialValues: { email: '', password: '' } });
  const goIn = async () => {
    queryClient.clear();
    await queryClient.ensureQueryData(sessionQuery);
    await navigate({ href: `/staff${back}`, replace: true });
  };
  // In the address, so that a page that is loaded again asks for the second step and not for the password.
  const askFurther = () => navigate({ to: addresses.signIn(), search: { step: 'second', back } as never });
  const signIn = useMutation({
    mutationKey: ['sign-in'],
    mutationFn: (body: { email: string; password: string }) => told(api.POST('/api/v1/session', { body })),
    onSuccess: (answer) => ('methods' in answer ? askFurther() : goIn()),
    onError: () => form.setFieldValue('password', ''),
  });
  if (search.step === 'second') return <SecondStep onSignedIn={() => void goIn()} />;
  return (
    <Door title="Sign in">
      <SessionOver why={search.why} />
      <SignOnFault fault={search.signOn} />
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
      <OtherWays back={back} onSignedIn={() => void goIn()} />
      <p>
        <To href={addresses.forgotPassword()}>Forgot your password?</To>
      </p>
      <p className="fine">No account? Ask whoever manages users for an invitation.</p>
    </Door>
  );
}

export function SignedOut() {
  const { provider } = useSearch({ strict: false }) as { provider?: string };
  const [label, setLabel] = useState<string>();
  useEffect(() => {
    // Not through the query client: signing out empties it just now.
    void told(api.GET('/api/v1/session/ways')).then(
      (ways) => setLabel(ways.signOn?.label),
      () => undefined,
    );
  }, []);
  return (
    <Door title="You are signed out">
      <p>
        Close the browser if this machine is not yours. <To href={addresses.signIn()}>Sign in again</To>
      </p>
      {provider === 'has-none' && <p role="status">The provider has no sign-out of its own: close the browser.</p>}
      {provider === 'away' && <p role="status">The provider does not answer. You may still be signed in there.</p>}
      {label !== undefined && provider === undefined && (
        <p>
          You may still be signed in at the provider.{' '}
          <a className="link" href="/api/v1/session/oidc/sign-out">
            Sign out of {label} too
          </a>
        </p>
      )}
    </Door>
  );
}
