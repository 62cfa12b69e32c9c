import { TextInput } from '@mantine/core';
import type { Ref } from 'react';

/** Six digits from an authenticator app: phones show digits to type, and browsers offer what they know. */
export function CodeField({
  value,
  onChange,
  label = 'Code from your authenticator app',
  description,
  ref,
}: {
  value: string;
  onChange: (value: string) => void;
  label?: string;
  description?: string;
  ref?: Ref<HTMLInputElement>;
}) {
  return (
    <TextInput
      ref={ref}
      label={label}
      description={description ?? 'Six digits, new every half minute.'}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={9}
      required
      className="code-field"
      data-autofocus
    />
  );
}

export const isCode = (value: string): boolean => /^\d{6}$/.test(value.replaceAll(/\s/g, ''));
