import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Failure } from '../../parts/notes.tsx';

const PASSWORD_MIN = 12;
const eye = { 'aria-label': 'Show the password', tabIndex: 0 };

/** The pages before sign-in: one thing each. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
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

/** A new password, typed twice; with the present one before it where that proves who it is. */
export function NewPassword({
  confirm,
  isPending,
  error,
  asksOld = false,
  onSet,
}: {
  confirm: string;
  isPending: boolean;
  error: unknown;
  asksOld?: boolean;
  onSet: (password: string, old: string) => void;
}) {
  const form = useForm({
    initialValues: { old: '', password: '', again: '' },
    validate: {
      password: (value) => (value.length < PASSWORD_MIN ? `At least ${PASSWORD_MIN} characters.` : null),
      again: (value, values) => (value === values.password ? null : 'This is not the same as above.'),
    },
  });
  return (
    <>
      {Boolean(error) && <Failure cause={error} />}
      <form className="form" onSubmit={form.onSubmit((values) => onSet(values.password, values.old))}>
        {asksOld && (
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={eye}
            {...form.getInputProps('old')}
          />
        )}
        <PasswordInput
          label={asksOld ? 'New password' : 'Password'}
          description={`At least ${PASSWORD_MIN} characters; a few words together are good.`}
          autoComplete="new-password"
          required
          visibilityToggleButtonProps={eye}
          {...form.getInputProps('password')}
        />
        <PasswordInput
          label="The same once more"
          autoComplete="new-password"
          required
          visibilityToggleButtonProps={eye}
          {...form.getInputProps('again')}
        />
        <Button type="submit" size="sm" loading={isPending}>
          {confirm}
        </Button>
      </form>
    </>
  );
}
