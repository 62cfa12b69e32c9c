import { useDocumentTitle } from '@mantine/hooks';
import { Fragment, type ReactNode } from 'react';
import { To } from './show.tsx';

/** Where the reader is, what the page is of, and what can be done with it. */
export function PageHead({
  path,
  title,
  mark,
  acts,
}: {
  path: readonly (readonly [string, string?])[];
  title: string;
  mark?: ReactNode;
  acts?: ReactNode;
}) {
  useDocumentTitle(`${title} · Causeway`);
  return (
    <div className="page-head">
      <nav aria-label="Path" className="path">
        {path.map(([name, href], at) => (
          <Fragment key={name}>
            {at > 0 && <span aria-hidden="true"> › </span>}
            {href ? <To href={href}>{name}</To> : <span>{name}</span>}
          </Fragment>
        ))}
      </nav>
      <div className="page-title">
        <h1>{title}</h1>
        {mark}
        <div className="acts">{acts}</div>
      </div>
    </div>
  );
}
