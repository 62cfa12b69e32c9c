import { useClickOutside } from '@mantine/hooks';
import { type ReactNode, useId, useRef, useState } from 'react';

/** A button that opens a small panel below it; a click elsewhere or Escape closes it. */
export function DropPanel({
  button,
  children,
}: {
  button: (props: { onClick: () => void; 'aria-expanded': boolean; 'aria-controls': string }) => ReactNode;
  children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const place = useRef<HTMLSpanElement>(null);
  const outside = useClickOutside<HTMLSpanElement>(() => setOpen(false));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard here for whatever inside has the focus
    <span
      ref={outside}
      className="drop-place"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        setOpen(false);
        place.current?.querySelector('button')?.focus();
      }}
    >
      <span ref={place}>
        {button({ onClick: () => setOpen(!isOpen), 'aria-expanded': isOpen, 'aria-controls': id })}
      </span>
      <span id={id} className="drop-panel" hidden={!isOpen}>
        {isOpen && children}
      </span>
    </span>
  );
}
