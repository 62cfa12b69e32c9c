import './styles.ts';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './query-client.ts';
import { router } from './router.tsx';
import { cssVariablesResolver, theme } from './theme.ts';

/** Short notes of what was done: their code comes after the first page. */
const Notifications = lazy(() => import('./parts/done-notes.tsx').then((module) => ({ default: module.DoneNotes })));

const place = document.getElementById('application');
if (!place) throw new Error('index.html has no place for the application');

createRoot(place).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
      <Suspense>
        <Notifications />
      </Suspense>
    </MantineProvider>
  </StrictMode>,
);
