import { Button, Checkbox, NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Reply } from '../../api.ts';
import { Window } from '../../parts/window.tsx';
import type { CatalogueRow, SettingValue } from './configuration-data.ts';

type NewSecret = { set: string };
/** A setting as it is entered: structured, so that a secret may hold a `|`. */
export type SettingDraft =
  | Extract<SettingValue, { kind: 'text' | 'pair' | 'onOff' | 'json' }>
  | { kind: 'secret'; secret: NewSecret }
  | { kind: 'secretPair'; environment1: NewSecret; environment2: NewSecret }
  | { kind: 'keyAndPassword'; privateKey: NewSecret; password: NewSecret };

type Partner = NonNullable<Reply<'/api/v1/billers/{bid}'>['partner']>;

interface Props {
  readonly row: CatalogueRow;
  /** Setting 81 is on: addresses come in pairs. */
  readonly hasTwo: boolean;
  readonly partner: Partner | undefined;
  readonly now: SettingDraft | SettingValue | undefined;
  readonly onClose: () => void;
  readonly onKeep: (value: SettingDraft) => void;
}

/** The entry of one setting; nothing is saved here, the change is looked at as a whole before. */
export function EditSetting(props: Props) {
  const { row, partner } = props;
  const isKeyed = row.kind === 'secret' && row.mayHoldPrivateKey && partner?.hasPrivateKey === true;
  const mayPair = row.pairs !== 'never' && props.hasTwo;
  const [isPair, setPair] = useState(
    mayPair && row.pairs === 'needed' ? true : props.now?.kind === 'pair' || props.now?.kind === 'secretPair',
  );
  const texts = textsOf(props.now);
  const [first, setFirst] = useState(texts.first);
  const [second, setSecond] = useState(texts.second);
  const isTwo = isKeyed || (isPair && mayPair);
  const made = draftOf(row, { first, second, isKeyed, isPair: isPair && mayPair });
  const names = isKeyed
    ? (['Private key', 'Password'] as const)
    : isTwo
      ? (['Environment 1', 'Environment 2'] as const)
      : (['Value', ''] as const);
  return (
    <Window onClose={props.onClose} title={`Setting ${row.number}: ${row.description}`} size="lg">
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          if (made.ok) props.onKeep(made.value);
        }}
      >
        {row.kind === 'secret' && (
          <p className="soft">Sealed when it is saved, and never shown again: only a fingerprint of it is.</p>
        )}
        {mayPair && row.pairs === 'optional' && !isKeyed && (
          <Checkbox
            label="Another value for environment 2"
            checked={isPair}
            onChange={(event) => setPair(event.currentTarget.checked)}
          />
        )}
        <Entry row={row} label={names[0]} value={first} onChange={setFirst} isFirst />
        {isTwo && <Entry row={row} label={names[1]} value={second} onChange={setSecond} />}
        {!made.ok && made.why && <p role="alert">{made.why}</p>}
        <div className="acts">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!made.ok}>
            Put it in the change
          </Button>
        </div>
      </form>
    </Window>
  );
}

interface EntryProps {
  readonly row: CatalogueRow;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isFirst?: boolean;
}

function Entry({ row, label, value, onChange, isFirst }: EntryProps) {
  const focus = isFirst ? { 'data-autofocus': true } : {};
  switch (row.kind) {
    case 'secret':
      return (
        <PasswordInput
          label={label}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          autoComplete="off"
          required
          visibilityToggleButtonProps={{ 'aria-label': 'Show what is typed' }}
          {...focus}
        />
      );
    case 'onOff':
      return (
        <NativeSelect
          label={label}
          value={value || 'off'}
          onChange={(event) => onChange(event.currentTarget.value)}
          data={[
            { value: 'on', label: row.number === 105 ? '1 (on)' : 'On' },
            { value: 'off', label: row.number === 105 ? '0 (off)' : 'Off' },
          ]}
          {...focus}
        />
      );
    case 'json':
      return (
        <Textarea
          label={label}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          autosize
          minRows={4}
          required
          {...focus}
        />
      );
    case 'url':
    case 'text':
    case 'word':
      return (
        <TextInput
          label={label}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          inputMode={row.kind === 'url' ? 'url' : 'text'}
          description={row.number === 81 ? 'MULTIENVIRONMENT, or take the setting out' : undefined}
          required
          {...focus}
        />
      );
    default:
      return row.kind satisfies never;
  }
}

/** What stands there now, for mending; of a secret nothing. */
function textsOf(now: Props['now']): { first: string; second: string } {
  switch (now?.kind) {
    case 'text':
      return { first: now.value, second: '' };
    case 'pair':
      return { first: now.environment1, second: now.environment2 };
    case 'onOff':
      return { first: now.value ? 'on' : 'off', second: '' };
    case 'json':
      return { first: JSON.stringify(now.value, null, 2), second: '' };
    default:
      return { first: '', second: '' };
  }
}

type Made = { ok: true; value: SettingDraft } | { ok: false; why?: string };

function draftOf(row: CatalogueRow, typed: { first: string; second: string; isKeyed: boolean; isPair: boolean }): Made {
  const { isKeyed, isPair } = typed;
  const isSecret = row.kind === 'secret';
  const first = isSecret ? typed.first : typed.first.trim();
  const second = isSecret ? typed.second : typed.second.trim();
  if (row.kind === 'onOff') return { ok: true, value: { kind: 'onOff', value: first === 'on' } };
  if (first === '' || ((isKeyed || isPair) && second === '')) return { ok: false };
  if (row.kind === 'json') {
    try {
      return { ok: true, value: { kind: 'json', value: JSON.parse(first) } };
    } catch (cause) {
      return { ok: false, why: `This is not JSON: ${cause instanceof Error ? cause.message : String(cause)}` };
    }
  }
  if (isKeyed)
    return { ok: true, value: { kind: 'keyAndPassword', privateKey: { set: first }, password: { set: second } } };
  if (isSecret && isPair)
    return { ok: true, value: { kind: 'secretPair', environment1: { set: first }, environment2: { set: second } } };
  if (isSecret) return { ok: true, value: { kind: 'secret', secret: { set: first } } };
  if (isPair) return { ok: true, value: { kind: 'pair', environment1: first, environment2: second } };
  return { ok: true, value: { kind: 'text', value: first } };
}
