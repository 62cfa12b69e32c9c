import { useFaultsAt } from './form.ts';

/** The faults of a group of fields, where it is the group that is at fault and no field of it. */
export function PlaceFaults({ at }: { at: string }) {
  const faults = useFaultsAt(at);
  if (faults.length === 0) return null;
  return (
    <div data-at={at} tabIndex={-1} className="config-field">
      {faults.map((fault) => (
        <p
          key={fault.sentence}
          className={`${fault.severity === 'error' ? 'problem' : 'caution'} config-field-warning`}
        >
          {fault.sentence}
        </p>
      ))}
    </div>
  );
}
