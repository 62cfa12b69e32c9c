import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ago, day, money, when, whenExactly, whenShort } from '../say.ts';
import { Scroll } from './scroll.tsx';

/** Money: right-aligned figures of one width, two places. */
export function Money({ cents }: { cents: number | null | undefined }) {
  return <span className="figure">{cents === null || cents === undefined ? '–' : money(cents)}</span>;
}

/** A moment with its zone; `isAgo` adds how long that is, `isShort` leaves this year out. The exact time is in the title. */
export function Moment({
  at,
  isAgo = false,
  isShort = false,
}: {
  at: string | null | undefined;
  isAgo?: boolean;
  isShort?: boolean;
}) {
  if (!at) return <span>–</span>;
  const words = isShort ? whenShort(at, Date.now()) : when(at);
  return (
    <time dateTime={at} title={whenExactly(at)} className="nowrap">
      {isAgo ? `${ago(at, Date.now())} · ${words}` : words}
    </time>
  );
}

export function Ago({ at }: { at: string }) {
  return (
    <time dateTime={at} title={whenExactly(at)} className="nowrap">
      {ago(at, Date.now())}
    </time>
  );
}

export function Day({ iso }: { iso: string | null | undefined }) {
  return <span className="nowrap">{iso ? day(iso) : '–'}</span>;
}

/** A link inside the application. */
export function To({ href, onClick, children }: { href: string; onClick?: () => void; children: ReactNode }) {
  return (
    <Link to={href} className="link" activeOptions={{ exact: true }} onClick={onClick}>
      {children}
    </Link>
  );
}

/** Facts of one thing: a word and its value, in columns that fold on a phone. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A part of a page with its heading. */
export function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="part" aria-label={title}>
      <div className="part-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Text as the wire has it. */
export function Wire({ children, label }: { children: string; label: string }) {
  return (
    <Scroll label={label} isLow>
      <pre className="wire">{children}</pre>
    </Scroll>
  );
}

export const asJson = (value: unknown): string => JSON.stringify(value, null, 2) ?? '–';
