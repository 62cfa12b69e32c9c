import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { addresses } from './addresses.ts';
import { api, told } from './api.ts';
import { Icon } from './parts/icons.tsx';
import { queryClient } from './query-client.ts';
import { sessionQuery } from './session.ts';

/** Who is signed in, light or dark, and out. */
export function PersonMenu() {
  const { data: session } = useQuery(sessionQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => told(api.DELETE('/api/v1/session')).catch(() => undefined),
    onSettled: () => {
      queryClient.clear();
      void navigate({ to: addresses.signedOut() });
    },
  });
  const schemes = [
    ['auto', 'As the system'],
    ['light', 'Light'],
    ['dark', 'Dark'],
  ] as const;
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="default" size="md" aria-label={`You: ${session?.user.name ?? ''}`}>
          <Icon name="person" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session?.user.name}
          <br />
          {session?.user.email}
        </Menu.Label>
        {schemes.map(([value, word]) => (
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={colorScheme === value}
            leftSection={colorScheme === value ? '•' : ' '}
            onClick={() => setColorScheme(value)}
          >
            {word}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => signOut.mutate()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
