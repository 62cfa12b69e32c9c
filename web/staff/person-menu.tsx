import { ActionIcon, Button, Radio, useMantineColorScheme } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { addresses } from './addresses.ts';
import { api, told } from './api.ts';
import { DropPanel } from './parts/drop-panel.tsx';
import { Icon } from './parts/icons.tsx';
import { To } from './parts/show.tsx';
import { queryClient } from './query-client.ts';
import { sessionQuery } from './session.ts';

const SCHEMES = [
  ['auto', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;

/** Who is signed in, light or dark, and out. */
export function PersonMenu() {
  const { data: session } = useQuery(sessionQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => told(api.DELETE('/api/v1/session')),
    // The page goes first: what it asks for again would be refused, and lead to sign-in.
    onSettled: async () => {
      await navigate({ to: addresses.signedOut() });
      queryClient.clear();
    },
  });
  return (
    <DropPanel
      button={(props) => (
        <ActionIcon variant="default" size="md" aria-label={`You: ${session?.user.name ?? ''}`} {...props}>
          <Icon name="person" />
        </ActionIcon>
      )}
    >
      <strong>{session?.user.name}</strong>
      <span className="fine">{session?.user.email}</span>
      <To href={addresses.ownSecurity()}>Your sign-in and sessions</To>
      <Radio.Group label="Colours" value={colorScheme} onChange={(value) => setColorScheme(value as 'auto')}>
        {SCHEMES.map(([value, word]) => (
          <Radio key={value} value={value} label={word} size="xs" mt={10} />
        ))}
      </Radio.Group>
      <Button variant="default" onClick={() => signOut.mutate()}>
        Sign out
      </Button>
    </DropPanel>
  );
}
