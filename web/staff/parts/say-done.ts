/** Tells that something was done, in a note that goes by itself. What went wrong is never told this way. */
export async function sayDone(message: string): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  notifications.show({ message, color: 'green', closeButtonProps: { 'aria-label': 'Close the note' } });
}
