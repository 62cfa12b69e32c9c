import { NativeSelect, TextInput } from '@mantine/core';
import { useFilters } from './use-search.ts';

/** A filter of a list by one of a few values, or all of them; `otherwise` says what is listed when none is chosen, if not all. */
export function Choice({
  label,
  name,
  options,
  otherwise,
}: {
  label: string;
  name: string;
  options: readonly (readonly [value: string, word: string])[];
  otherwise?: string;
}) {
  const [search, setSearch] = useFilters();
  return (
    <NativeSelect
      size="xs"
      aria-label={label}
      value={search[name] ?? ''}
      onChange={(event) => setSearch({ [name]: event.currentTarget.value })}
      data={[
        { value: '', label: otherwise ?? `${label}: all` },
        ...options.map(([value, word]) => ({ value, label: word })),
      ]}
    />
  );
}

/** A filter by a day. */
export function DayChoice({ label, word, name }: { label: string; word: string; name: string }) {
  const [search, setSearch] = useFilters();
  return (
    <TextInput
      type="date"
      size="xs"
      aria-label={label}
      title={label}
      leftSection={<span className="fine">{word}</span>}
      leftSectionWidth={44}
      value={search[name] ?? ''}
      onChange={(event) => setSearch({ [name]: event.currentTarget.value })}
    />
  );
}
