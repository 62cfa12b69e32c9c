import { Button, Checkbox, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Reply, told } from '../../api.ts';
import { Ask } from '../../parts/ask.tsx';
import { Awaited } from '../../parts/notes.tsx';
import { sayDone } from '../../parts/say-done.ts';
import { Part } from '../../parts/show.tsx';
import { queryClient } from '../../query-client.ts';
import { counted } from '../../say.ts';
import { useMay } from '../../session.ts';
import type { ConditionRow } from './operations-data.ts';
import { OperationsHead } from './operations-head.tsx';

const MINUTES_MAX = 10_080;
const KEY = ['operations', 'conditions'];

type Conditions = Reply<'/api/v1/operations/alert-conditions'>;
type Rule = Pick<ConditionRow, 'isOn' | 'afterMinutes' | 'limit'>;

/** What is watched, and from when on it is told. */
export function AlertConditions() {
  const conditions = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => told(api.GET('/api/v1/operations/alert-conditions', { signal })),
  });
  return (
    <>
      <OperationsHead title="What is watched" />
      <p className="sentence">
        Each condition is told once when it has lasted for its time, and once when it is over. One that comes and goes
        is told once. A change holds from the next look on, within seconds.
      </p>
      <Awaited of={conditions} what="the conditions">
        {(view) => <Form key={view.version} view={view} />}
      </Awaited>
    </>
  );
}

function Form({ view }: { view: Conditions }) {
  const may = useMay();
  const [changes, setChanges] = useState<Readonly<Record<string, Rule>>>({});
  const [isSaving, setSaving] = useState(false);
  const changed = view.items.filter((item) => {
    const to = changes[item.condition];
    return to && (to.isOn !== item.isOn || to.afterMinutes !== item.afterMinutes || to.limit !== item.limit);
  });
  return (
    <Part
      title="Conditions"
      aside={
        may('operations:write') && (
          <Button disabled={changed.length === 0} onClick={() => setSaving(true)}>
            {changed.length === 0 ? 'Nothing changed' : `Save ${counted(changed.length, 'change')}`}
          </Button>
        )
      }
    >
      <div>
        {view.items.map((item) => (
          <Row
            key={item.condition}
            item={item}
            rule={changes[item.condition] ?? item}
            isReadOnly={!may('operations:write')}
            onChange={(rule) => setChanges({ ...changes, [item.condition]: rule })}
          />
        ))}
      </div>
      <Ask
        isOpen={isSaving}
        onClose={() => setSaving(false)}
        title="Change what is watched"
        what={
          <ul>
            {changed.map((item) => (
              <li key={item.condition}>
                {item.name}: {ruleWords(item, item)} → {ruleWords(item, changes[item.condition] ?? item)}
              </li>
            ))}
          </ul>
        }
        confirm="Save"
        act={async (reason) => {
          const items = changed.map(({ condition, ...item }) => {
            const { isOn, afterMinutes, limit } = changes[condition] ?? item;
            return { condition, isOn, afterMinutes, limit };
          });
          const body = { expectedVersion: view.version, reason, items };
          await told(api.PUT('/api/v1/operations/alert-conditions', { body }));
          await queryClient.invalidateQueries({ queryKey: KEY });
        }}
        onDone={() => void sayDone('The conditions are changed.')}
      />
    </Part>
  );
}

function ruleWords(item: ConditionRow, rule: Rule): string {
  if (!rule.isOn) return 'not watched';
  const limit = item.limitWords === null ? '' : `${rule.limit} ${item.limitWords}, `;
  return `${limit}${rule.afterMinutes === 0 ? 'at once' : `after ${counted(rule.afterMinutes, 'minute')}`}`;
}

function Row({
  item,
  rule,
  isReadOnly,
  onChange,
}: {
  item: ConditionRow;
  rule: Rule;
  isReadOnly: boolean;
  onChange: (rule: Rule) => void;
}) {
  const { isOn, afterMinutes, limit } = rule;
  return (
    <fieldset className="condition" aria-label={item.name}>
      <Checkbox
        label={item.name}
        description={item.meaning}
        checked={isOn}
        disabled={isReadOnly}
        onChange={(event) => onChange({ isOn: event.currentTarget.checked, afterMinutes, limit })}
      />
      <NumberInput
        label="After minutes"
        value={afterMinutes}
        min={0}
        max={MINUTES_MAX}
        allowDecimal={false}
        clampBehavior="blur"
        disabled={isReadOnly || !isOn}
        onChange={(value) => onChange({ isOn, afterMinutes: Number(value) || 0, limit })}
      />
      {item.limitWords === null ? (
        <span />
      ) : (
        <NumberInput
          label={sentenceCase(item.limitWords)}
          value={limit ?? item.limitMin}
          min={item.limitMin}
          max={item.limitMax}
          allowDecimal={false}
          clampBehavior="blur"
          disabled={isReadOnly || !isOn}
          onChange={(value) => onChange({ isOn, afterMinutes, limit: Number(value) || item.limitMin })}
        />
      )}
    </fieldset>
  );
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
