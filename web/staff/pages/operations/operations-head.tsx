import './operations.css';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { addresses } from '../../addresses.ts';
import { PageHead } from '../../parts/page-head.tsx';

const VIEWS = [
  ['Health', addresses.operations()],
  ['Jobs and schedules', addresses.operationsJobs()],
  ['Alerts', addresses.alerts()],
  ['Where alerts go', addresses.alertDestinations()],
  ['What is watched', addresses.alertConditions()],
] as const;

/** The head of every Operations page, with the way to the others. */
export function OperationsHead({ title, acts, mark }: { title: string; acts?: ReactNode; mark?: ReactNode }) {
  return (
    <>
      <PageHead
        path={title === 'Operations' ? [['Console']] : [['Console'], ['Operations', addresses.operations()]]}
        title={title}
        acts={acts}
        mark={mark}
      />
      <nav aria-label="Operations" className="views">
        {VIEWS.map(([name, address]) => (
          <Link key={address} to={address} activeOptions={{ exact: true, includeSearch: false }}>
            {name}
          </Link>
        ))}
      </nav>
    </>
  );
}
