import { StateMark } from '../../parts/state-mark.tsx';
import { counted } from '../../say.ts';

/** How many rules a configuration breaks, and whether it works all the same. */
export function FaultCount({ faults }: { faults: readonly { severity: 'error' | 'warning' }[] }) {
  const errors = faults.filter((fault) => fault.severity === 'error').length;
  const warnings = faults.length - errors;
  const words = [
    errors > 0 && counted(errors, 'rule broken', 'rules broken'),
    warnings > 0 && counted(warnings, 'warning'),
  ];
  return <StateMark state="faults" tone={errors > 0 ? 'bad' : 'warn'} word={words.filter(Boolean).join(', ')} />;
}
