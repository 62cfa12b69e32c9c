import { type ReactNode, useRef, useState } from 'react';

/** A place that takes a file by drag and drop, or by choice: `choose`, given to what stands in it, opens the choice. */
export function DropFile(props: {
  label: string;
  inputLabel: string;
  accept: string;
  onFile: (file: File) => void;
  children: (choose: () => void) => ReactNode;
}) {
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined) => file && props.onFile(file);
  return (
    <section
      aria-label={props.label}
      className={isOver ? 'drop drop-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files[0]);
      }}
    >
      <input
        ref={input}
        type="file"
        accept={props.accept}
        hidden
        aria-label={props.inputLabel}
        onChange={(event) => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      {props.children(() => input.current?.click())}
    </section>
  );
}
