import type { ReactNode } from 'react';

/** A wide thing scrolls by itself, not the page; by keyboard too, which is why it takes the focus. */
export function Scroll({ label, children, isLow = false }: { label: string; children: ReactNode; isLow?: boolean }) {
  return (
    <section
      className={isLow ? 'table-scroll table-low' : 'table-scroll'}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
      tabIndex={0}
    >
      {children}
    </section>
  );
}
