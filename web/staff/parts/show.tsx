import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ago, day, money, when, whenExactly } from '../say.ts';
import { Scroll } from './scroll.tsx';

/** Money: right-aligned figures of one width, two places. */
export function Money({ cents }: { cents: number | null | undefined }) {
  return <span className="figure">{cents === null || cents === undefined ? '–' : money(cents)}</span>;
}

/** A moment with its zone; `ago` adds how long that is. The exact time is in the title. */
export function Moment({ at, isAgo = false }: { at: string | null | undefined; isAgo?: boolean }) {
  if (!at) return <span>–</span>;
  return (
    <time dateTime={at} title={whenExactly(at)} className="nowrap">
      {isAgo ? `${ago(at, Date.now())} · ${when(at)}` : when(at)}
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
