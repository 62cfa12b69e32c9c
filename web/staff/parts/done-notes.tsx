import '@mantine/core/styles/Notification.css';
import '@mantine/notifications/styles.css';
import { Notifications } from '@mantine/notifications';

const SHOWN_MS = 6_000;

/** Where notes of what was done appear. */
export function DoneNotes() {
  return <Notifications position="bottom-right" autoClose={SHOWN_MS} />;
}
