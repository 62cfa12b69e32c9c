import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { describeField } from './describe-field.ts';
import { notServedAt, useFaultsAt, useForm } from './form.ts';
import { dollarsOf, parseDollars, parsePercent, percentOf } from './read-money.ts';

interface FieldProps {
  /** Its place in the form: `cards.leastCents`, `invoiceTypes.~0.name`. The label comes with its description. */
  readonly at: string;
  /** A line below the label, for what must be known before typing. */
  readonly hint?: ReactNode;
  /** Fixed besides the rights of the person. */
  readonly isFixed?: boolean;
}

/** What every field has: its place, its label, its faults, and telling the frame that it is in focus. */
export function useField({ at, hint, isFixed }: FieldProps) {
  const form = useForm();
  const faults = useFaultsAt(at);
  const errors = faults.filter((fault) => fault.severity === 'error');
  const warnings = faults.filter((fault) => fault.severity === 'warning');
  const notServed = notServedAt(form.catalogue, at);
  return {
    form,
    value: form.valueAt(at),
    put: (value: unknown) => form.put(at, value),
    warnings: warnings.map((fault) => fault.sentence),
    isFixed: form.isFixed || isFixed === true,
    bind: {
      id: `field-${at.replaceAll(/[^A-Za-z0-9]+/g, '-')}`,
      label: describeField(at)?.label ?? at,
      description: notServed ? (
        <>
          {hint}
          <span className="config-not-served">Not in use yet: {notServed}</span>
        </>
      ) : (
        hint
      ),
      error: errors.length > 0 ? errors.map((fault) => fault.sentence).join(' ') : undefined,
    },
  };
}

/** The place of a field on the screen: what links lead to, and where warnings about it stand. */
export function FieldPlace({
  at,
  warnings = [],
  children,
}: {
  at: string;
  warnings?: readonly string[];
  children: ReactNode;
}) {
  const { setFocus } = useForm();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens to which field inside has the focus
    <div className="config-field" data-at={at} onFocus={() => setFocus(at)} onPointerDown={() => setFocus(at)}>
      {children}
      {warnings.map((sentence) => (
        <p key={sentence} className="caution config-field-warning">
          {sentence}
        </p>
      ))}
    </div>
  );
}

/** One line of text. */
export function TextField({
  inputMode,
  maxLength,
  choices,
  rightSection,
  ...props
}: FieldProps & {
  inputMode?: 'email' | 'url' | 'tel';
  maxLength?: number;
  /** Offered while one types; another value can be typed all the same. */
  choices?: readonly string[];
  rightSection?: ReactNode;
}) {
  const { value, put, bind, isFixed, warnings } = useField(props);
  return (
    <FieldPlace at={props.at} warnings={warnings}>
      <TextInput
        {...bind}
        value={String(value ?? '')}
        readOnly={isFixed}
        inputMode={inputMode}
        maxLength={maxLength}
        list={choices && `${bind.id}-choices`}
        rightSection={rightSection}
        onChange={(event) => put(event.currentTarget.value)}
      />
      {choices && (
        <datalist id={`${bind.id}-choices`}>
          {choices.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </FieldPlace>
  );
}

/** Text of several lines. */
export function LongTextField({ maxLength, rows = 3, ...props }: FieldProps & { maxLength?: number; rows?: number }) {
  const { value, put, bind, isFixed, warnings } = useField(props);
  return (
    <FieldPlace at={props.at} warnings={warnings}>
      <Textarea
        {...bind}
        value={String(value ?? '')}
        readOnly={isFixed}
        autosize
        minRows={rows}
        maxLength={maxLength}
        onChange={(event) => put(event.currentTarget.value)}
      />
    </FieldPlace>
  );
}

/** On or off. */
export function SwitchField(props: FieldProps) {
  const { value, put, bind, isFixed, warnings } = useField(props);
  return (
    <FieldPlace at={props.at} warnings={warnings}>
      <Checkbox
        {...bind}
        checked={value === true}
        disabled={isFixed}
        onChange={(event) => put(event.currentTarget.checked)}
      />
    </FieldPlace>
  );
}

/** One of a few values. `read` makes the value of the text chosen, where it is not a text. */
export function ChoiceField({
  options,
  read = (text) => text,
  ...props
}: FieldProps & { options: readonly (readonly [value: string, word: string])[]; read?: (text: string) => unknown }) {
  const { value, put, bind, isFixed, warnings } = useField(props);
  const shown = String(value ?? '');
  const isListed = options.some(([each]) => each === shown);
  return (
    <FieldPlace at={props.at} warnings={warnings}>
      <NativeSelect
        {...bind}
        value={shown}
        disabled={isFixed}
        onChange={(event) => put(read(event.currentTarget.value))}
        data={[
          ...(isListed ? [] : [{ value: shown, label: shown === '' ? 'none chosen' : `${shown} (not known here)` }]),
          ...options.map(([each, word]) => ({ value: each, label: word })),
        ]}
      />
    </FieldPlace>
  );
}

/** Any number of a few values, in the order they are listed. */
export function SeveralField({
  options,
  ...props
}: FieldProps & { options: readonly (readonly [value: string, word: string])[] }) {
  const { value, put, bind, isFixed, warnings } = useField(props);
  const chosen = Array.isArray(value) ? (value as readonly string[]) : [];
  return (
    <FieldPlace at={props.at} warnings={warnings}>
      <Checkbox.Group
        {...bind}
        value={[...chosen]}
        onChange={(next) => put(options.map(([each]) => each).filter((each) => next.includes(each)))}
      >
        <div className="config-several">
          {options.map(([each, word]) => (
            <Checkbox key={each} value={each} label={word} disabled={isFixed} />
          ))}
        </div>
      </Checkbox.Group>
    </FieldPlace>
  );
}

interface ReadFieldProps extends FieldProps {
  readonly rightSection?: ReactNode;
  readonly leftSection?: ReactNode;
}

/** A whole number between two bounds. */
export function NumberField({
  least,
  most,
  unit,
  ...props
}: FieldProps & { least: number; most: number; unit?: string }) {
  return (
    <ReadField
      {...props}
      rightSection={unit && <span className="fine">{unit}</span>}
      show={(value) => String(value ?? '')}
      read={(text) =>
        /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most
          ? { value: Number(text) }
          : {
              sentence: `must be a whole number from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}.`,
            }
      }
    />
  );
}

/** An amount in dollars, kept in cents; read digit by digit, never as a fraction. */
export function MoneyField(props: FieldProps) {
  return (
    <ReadField
      {...props}
      leftSection={<span className="fine">$</span>}
      show={(value) => dollarsOf(Number(value ?? 0))}
      read={parseDollars}
    />
  );
}

/** A percentage, kept in basis points. */
export function PercentField(props: FieldProps) {
  return (
    <ReadField
      {...props}
      rightSection={<span className="fine">%</span>}
      show={(value) => percentOf(Number(value ?? 0))}
      read={parsePercent}
    />
  );
}

/** What is typed is read as it is typed; what can't be read stays in the field, is told there, and is never saved as something else. */
function ReadField({
  show,
  read,
  leftSection,
  rightSection,
  ...props
}: ReadFieldProps & {
  show: (value: unknown) => string;
  read: (text: string) => { value: number } | { sentence: string };
}) {
  const { form, value, put, bind, isFixed, warnings } = useField(props);
  const [typed, setTyped] = useState<string>();
  const { at } = props;
  const { tellUnread } = form;
  useEffect(() => () => tellUnread(at, undefined), [at, tellUnread]);
  const take = (text: string) => {
    setTyped(text);
    const found = read(text.trim());
    tellUnread(at, 'sentence' in found ? `${bind.label} ${found.sentence}` : undefined);
    if ('value' in found && found.value !== value) put(found.value);
  };
  return (
    <FieldPlace at={at} warnings={warnings}>
      <TextInput
        {...bind}
        classNames={{ wrapper: 'config-figure' }}
        inputMode="decimal"
        value={typed ?? show(value)}
        readOnly={isFixed}
        leftSection={leftSection}
        rightSection={rightSection}
        rightSectionWidth={rightSection ? 64 : undefined}
        autoComplete="off"
        onChange={(event) => take(event.currentTarget.value)}
        onBlur={() => {
          // Shown as it is kept, once it can be read.
          if (typed !== undefined && 'value' in read(typed.trim())) setTyped(undefined);
        }}
      />
    </FieldPlace>
  );
}

/** Fields that belong together, below each other. */
export function Fields({ children, isTwo = false }: { children: ReactNode; isTwo?: boolean }) {
  return <div className={isTwo ? 'config-fields-two' : 'config-fields'}>{children}</div>;
}
