import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Awaited } from '../../parts/notes.tsx';
import { Part } from '../../parts/show.tsx';
import {
  type BifCatalogue,
  bifCatalogueQuery,
  FEATURE_GROUPS,
  FEATURE_WORDS,
  type FeatureName,
  type Rule,
  ruleInWords,
} from './bif-words.ts';
import { FieldPlace, useField } from './fields.tsx';
import { useForm } from './form.ts';

type Feature = BifCatalogue['features'][number];

/** The 19 customizations: for each where its value comes from, and with what. */
export function CustomizationFields() {
  const catalogue = useQuery(bifCatalogueQuery);
  return (
    <Part title="BIF Customizations">
      <p className="soft">
        For each field of an invoice: <b>N/A</b> (ignored), <b>in BIF</b> (as the file has it), or a value of the
        biller’s. The preview below shows what the rules make of a real file before they are saved.
      </p>
      <Awaited of={catalogue} what="the fields of the format">
        {({ features }) =>
          FEATURE_GROUPS.map(([title, names]) => (
            <fieldset key={title} className="config-group bif-group">
              <legend>{title}</legend>
              {names.map((name) => {
                const feature = features.find((each) => each.name === name);
                return feature && <CustomizationField key={name} name={name} feature={feature} all={features} />;
              })}
            </fieldset>
          ))
        }
      </Awaited>
    </Part>
  );
}

function CustomizationField({ name, feature, all }: { name: FeatureName; feature: Feature; all: readonly Feature[] }) {
  const at = `integration.customizations.${name}`;
  const { value, put, bind, isFixed, warnings } = useField({ at });
  const { draft } = useForm();
  const rule = value as Rule;
  const words = FEATURE_WORDS[name];
  const begin = (kind: Rule['kind']) => put(ruleOf(kind, feature, draft.invoiceTypes[0]?.id ?? '1'));
  return (
    <FieldPlace at={at} warnings={warnings}>
      <div className="bif-feature">
        <div>
          <b className="bif-name">{name}</b>
          <div className="soft">{words.does}</div>
          <div className="fine">
            Mapping sheet: {words.sheet} {bind.description}
          </div>
        </div>
        <div className="bif-rule">
          <NativeSelect
            id={bind.id}
            aria-label={`${name}: where its value comes from`}
            value={rule.kind}
            disabled={isFixed}
            error={bind.error}
            onChange={(event) => begin(event.currentTarget.value as Rule['kind'])}
            data={kindsOf(feature)}
          />
          <Parameters name={name} feature={feature} all={all} rule={rule} isFixed={isFixed} put={put} />
          <div className="fine">{ruleInWords(rule)}</div>
        </div>
      </div>
    </FieldPlace>
  );
}

interface ParametersProps {
  readonly name: FeatureName;
  readonly feature: Feature;
  readonly all: readonly Feature[];
  readonly rule: Rule;
  readonly isFixed: boolean;
  readonly put: (rule: Rule) => void;
}

function Parameters(props: ParametersProps) {
  const { name, feature, rule, isFixed, put } = props;
  if (rule.kind === 'date') return <DateParameters {...props} rule={rule} />;
  if (rule.kind === 'text')
    return (
      <TextInput
        aria-label={`${name}: the text`}
        description="{AccountNumber}, {InvoiceNumber}, {CustomerName}, {TotalAmountDue} and the customizations’ own names are filled in."
        value={rule.template}
        readOnly={isFixed}
        maxLength={500}
        onChange={(event) => put({ kind: 'text', template: event.currentTarget.value })}
      />
    );
  if (rule.kind !== 'constant') return null;
  if (feature.kind === 'flag')
    return (
      <NativeSelect
        aria-label={`${name}: the value`}
        value={rule.value}
        disabled={isFixed}
        onChange={(event) => put({ kind: 'constant', value: event.currentTarget.value })}
        data={[
          { value: '1', label: 'Yes (1)' },
          { value: '0', label: 'No (0)' },
        ]}
      />
    );
  return (
    <TextInput
      aria-label={`${name}: the value`}
      placeholder={CONSTANT_LOOKS[feature.kind] ?? ''}
      value={rule.value}
      readOnly={isFixed}
      maxLength={500}
      onChange={(event) => put({ kind: 'constant', value: event.currentTarget.value })}
    />
  );
}

function DateParameters({
  name,
  all,
  rule,
  isFixed,
  put,
}: ParametersProps & { rule: Extract<Rule, { kind: 'date' }> }) {
  const count = Math.abs(rule.offset);
  const isBefore = rule.offset < 0 || Object.is(rule.offset, -0);
  const set = (change: { count?: number; isBefore?: boolean; days?: 'calendar' | 'banking'; from?: FeatureName }) => {
    const days = Math.min(change.count ?? count, 366);
    const offset = (change.isBefore ?? isBefore) ? -days : days;
    put({ ...rule, ...(change.days && { days: change.days }), ...(change.from && { from: change.from }), offset });
  };
  return (
    <div className="bif-date">
      <TextInput
        aria-label={`${name}: number of days`}
        className="bif-days"
        inputMode="numeric"
        value={String(count)}
        readOnly={isFixed}
        onChange={(event) => set({ count: Number(event.currentTarget.value.replaceAll(/\D/g, '').slice(0, 3)) })}
      />
      <NativeSelect
        aria-label={`${name}: kind of days`}
        value={rule.days}
        disabled={isFixed}
        onChange={(event) => set({ days: event.currentTarget.value as 'calendar' | 'banking' })}
        data={[
          { value: 'calendar', label: 'calendar days' },
          { value: 'banking', label: 'banking days' },
        ]}
      />
      <NativeSelect
        aria-label={`${name}: before or after`}
        value={isBefore ? 'before' : 'after'}
        disabled={isFixed}
        onChange={(event) => set({ isBefore: event.currentTarget.value === 'before' })}
        data={['before', 'after']}
      />
      <NativeSelect
        aria-label={`${name}: reckoned from`}
        value={rule.from}
        disabled={isFixed}
        onChange={(event) => set({ from: event.currentTarget.value as FeatureName })}
        data={all.filter((each) => each.kind === 'date' && each.name !== name).map((each) => each.name)}
      />
    </div>
  );
}

const CONSTANT_LOOKS: Readonly<Record<string, string>> = {
  money: '3.50',
  date: '2026-12-31',
  guid: 'a7da43f3-9d20-45c9-8dc5-be5ae931a8a3',
  invoiceType: '252',
};

function kindsOf(feature: Feature) {
  return [
    ...(feature.isNeeded ? [] : [{ value: 'ignored', label: 'N/A' }]),
    { value: 'inBif', label: 'in BIF' },
    { value: 'constant', label: 'a fixed value' },
    ...(feature.kind === 'date' ? [{ value: 'date', label: 'days before or after a date' }] : []),
    ...(feature.kind === 'text' ? [{ value: 'text', label: 'a text with fields' }] : []),
  ];
}

/** A rule of a kind as it begins: one that works, where there is one that works for all. */
function ruleOf(kind: Rule['kind'], feature: Feature, invoiceTypeId: string): Rule {
  if (kind === 'ignored' || kind === 'inBif') return { kind };
  if (kind === 'text') return { kind, template: 'Please call us to pay invoice {InvoiceNumber}.' };
  if (kind === 'date')
    return feature.name === 'InvoiceDueDate'
      ? { kind, from: 'InvoiceDate', offset: 20, days: 'calendar' }
      : { kind, from: 'InvoiceDueDate', offset: -3, days: 'calendar' };
  const start = { money: '0.00', flag: '1', invoiceType: invoiceTypeId }[feature.kind] ?? '';
  return { kind: 'constant', value: start };
}
