import { useClickOutside } from '@mantine/hooks';
import { type ReactNode, useId, useRef, useState } from 'react';

/** A button that opens a small panel below it; a click elsewhere, a link in it or Escape closes it. */
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
      {/* biome-ignore lint/a11y: the links inside are what is pressed; here it is only heard that one was */}
      <span
        id={id}
        className="drop-panel"
        hidden={!isOpen}
        onClick={(event) => event.target instanceof Element && event.target.closest('a') && setOpen(false)}
      >
        {isOpen && children}
      </span>
    </span>
  );
}
