import { Button, CopyButton } from '@mantine/core';
import { Message } from '../parts/message.tsx';

/** A secret that is told once: to copy, then gone. */
export function ToldOnce({ title, text, onClose }: { title: string; text: string; onClose: () => void }) {
  return (
    <Message tone="good" role="status" title={title}>
      <p>
        <code>{text}</code>
      </p>
      <div className="acts">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </Message>
  );
}
