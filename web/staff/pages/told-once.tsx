import { Alert, Button, CopyButton } from '@mantine/core';

/** A secret that is told once: to copy, then gone. */
export function ToldOnce({ title, text, onClose }: { title: string; text: string; onClose: () => void }) {
  return (
    <Alert color="green" variant="light" role="status" title={title}>
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
    </Alert>
  );
}
