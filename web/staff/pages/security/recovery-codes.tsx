import { Button, CopyButton } from '@mantine/core';
import { Message } from '../../parts/message.tsx';
import './security.css';

const FILE_NAME = 'causeway-recovery-codes.txt';

/** Ten codes, told this once: to copy, to keep as a file, to print. */
export function RecoveryCodes({
  codes,
  onKept,
  word = 'I have kept them',
}: {
  codes: readonly string[];
  onKept: () => void;
  word?: string;
}) {
  const text = codes.join('\n');
  return (
    <Message tone="warn" role="status" title="Keep these ten recovery codes: they are told this once">
      <p>
        Each signs you in once when your phone or passkey is lost. Print them, or keep them in a password manager, not
        on the phone itself.
      </p>
      <ol className="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="acts">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button
          component="a"
          variant="default"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`Causeway recovery codes, each works once\n\n${text}\n`)}`}
          download={FILE_NAME}
        >
          Keep as a file
        </Button>
        <Button onClick={onKept}>{word}</Button>
      </div>
    </Message>
  );
}
