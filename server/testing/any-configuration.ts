import { imtCustomizations, imtLayout } from '@causeway/formats/bif';
import fc from 'fast-check';
import type { z } from 'zod';
import { type Configuration, configurationSchema } from '../features/billers/configuration.ts';

/** What of zod's inner description is read here. */
interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly innerType?: z.ZodType;
  readonly values?: readonly (string | number | boolean | null)[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly checks?: readonly { readonly _zod: { readonly def: Check } }[];
  readonly format?: string;
  readonly pattern?: RegExp;
}
interface Check {
  readonly check: string;
  readonly maximum?: number;
  readonly minimum?: number;
  readonly value?: number;
  readonly pattern?: RegExp;
}

/** Short enough that a document is quickly made; the limits themselves are the schema's to test. */
const TEXT_CHARS_MAX = 12;
const ENTRIES_MAX = 3;
const settingNumbers = ['3', '8', '10', '13', '20', '32', '81', '105', '131', '4711', '99999'];

/** Where no pattern says what a value must be, or a pattern is too wide to hit. */
const special: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'profile.timeZone': fc.constantFrom('America/Chicago', 'Pacific/Honolulu', 'UTC'),
  'profile.brand.logo': fc.constantFrom('', 'data:image/png;base64,iVBORw0KGgo='),
  'portal.css': fc.constantFrom('', '.bill { color: #1f5a8c; }'),
  'integration.layout': fc.constant(imtLayout),
  'integration.customizations': fc.constantFrom(imtCustomizations, {
    ...imtCustomizations,
    MinimumAmountDue: { kind: 'constant', value: '12.50' },
  }),
  'ivr.invoiceTypeIds': fc.subarray(['1', '2', '252']),
  'cards.brands': fc.subarray(['visa', 'mastercard', 'amex', 'discover']),
  'ftp.users.publicKeys': fc.constant([]),
};

/** Lists whose entries are told apart by a name: it stands once in each. */
const namedBy: Readonly<Record<string, string>> = { invoiceTypes: 'id', 'ftp.users': 'username' };

/** Any document that the schema allows, whatever the rules say of it; read off the schema, so that a new field is in it too. */
export function anyConfiguration(): fc.Arbitrary<Configuration> {
  return madeFrom(configurationSchema, '').filter(
    (document): document is Configuration => configurationSchema.safeParse(document).success,
  );
}

function madeFrom(schema: z.ZodType, at: string): fc.Arbitrary<unknown> {
  const known = special[at];
  if (known) return known;
  const def = schema.def as unknown as Def;
  const inner = (each: z.ZodType | undefined): fc.Arbitrary<unknown> => {
    if (!each) throw new Error(`${at}: a ${def.type} without its inside`);
    return madeFrom(each, at);
  };
  switch (def.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(def.shape ?? {}).map(([name, each]) => [name, madeFrom(each, at ? `${at}.${name}` : name)]),
        ),
      );
    case 'array':
      return listOf(inner(def.element), def, at);
    case 'union':
      return fc.oneof(...(def.options ?? []).map((each) => inner(each)));
    case 'nullable':
      return fc.option(inner(def.innerType));
    case 'literal':
      return fc.constantFrom(...(def.values ?? []));
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries ?? {}));
    case 'boolean':
      return fc.boolean();
    case 'number':
      return numberOf(checksOf(def));
    case 'string':
      return textOf(def);
    case 'record':
      return settings;
    default:
      throw new Error(`${at}: no values are made for a ${def.type}`);
  }
}

const checksOf = (def: Def): readonly Check[] => (def.checks ?? []).map((each) => each._zod.def);

function listOf(element: fc.Arbitrary<unknown>, def: Def, at: string): fc.Arbitrary<unknown> {
  const checks = checksOf(def);
  const minLength = checks.find((each) => each.check === 'min_length')?.minimum ?? 0;
  const most = checks.find((each) => each.check === 'max_length')?.maximum ?? ENTRIES_MAX;
  const key = namedBy[at];
  return fc.uniqueArray(element, {
    minLength,
    maxLength: Math.min(most, ENTRIES_MAX),
    comparator: (a, b) => key !== undefined && Reflect.get(a as object, key) === Reflect.get(b as object, key),
  });
}

function numberOf(checks: readonly Check[]): fc.Arbitrary<unknown> {
  const bound = (kind: string) => checks.find((each) => each.check === kind)?.value;
  return fc.integer({ min: bound('greater_than') ?? 0, max: Math.min(bound('less_than') ?? 100, 99_999_999_999) });
}

function textOf(def: Def): fc.Arbitrary<unknown> {
  if (def.format === 'email') return fc.constantFrom('ann@example.com', 'bob.b@example.org');
  if (def.format === 'guid' || def.format === 'uuid') return fc.uuid();
  const checks = checksOf(def);
  const pattern = checks.find((each) => each.pattern)?.pattern ?? def.pattern;
  const min = checks.find((each) => each.check === 'min_length')?.minimum ?? 0;
  const max = checks.find((each) => each.check === 'max_length')?.maximum ?? TEXT_CHARS_MAX;
  if (pattern)
    return fc.stringMatching(new RegExp(pattern.source), { size: '-1' }).filter((text) => text.length <= max);
  return fc.oneof(
    fc.string({ minLength: min, maxLength: Math.min(max, TEXT_CHARS_MAX), unit: 'grapheme' }),
    fc.constantFrom('|', '\\|', 'a|b', '1'),
  );
}

const text = fc.oneof(
  fc.constantFrom('https://one.example/api', 'a|b', '\\', 'a\\|b'),
  fc.string({ minLength: 1, maxLength: 8 }),
);
const secret = fc
  .integer({ min: 0, max: 3 })
  .map((n) => ({ sealed: `v1.${n}`, fingerprint: n.toString(16).padStart(8, '0') }));

/** Each number with a kind of value that the catalogue gives it; two environments only where 81 says so. */
const settings: fc.Arbitrary<unknown> = fc.boolean().chain((isMulti) => {
  const plain = fc.record({ kind: fc.constant('text'), value: text });
  const pair = fc.record({ kind: fc.constant('pair'), environment1: text, environment2: text });
  const kinds: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    '8': isMulti ? fc.oneof(plain, pair) : plain,
    '20': isMulti ? fc.oneof(plain, pair) : plain,
    '10': fc.oneof(
      fc.record({ kind: fc.constant('secret'), secret }),
      fc.record({ kind: fc.constant('keyAndPassword'), privateKey: secret, password: secret }),
    ),
    '13': fc.record({ kind: fc.constant('secret'), secret }),
    '32': fc.record({ kind: fc.constant('onOff'), value: fc.boolean() }),
    '105': fc.record({ kind: fc.constant('onOff'), value: fc.boolean() }),
    '131': fc.record({ kind: fc.constant('json'), value: fc.jsonValue({ maxDepth: 2 }) }),
  };
  return fc
    .subarray(settingNumbers.filter((number) => number !== '81'))
    .chain((numbers) => fc.record(Object.fromEntries(numbers.map((number) => [number, kinds[number] ?? plain]))))
    .map((made) => ({ ...made, ...(isMulti && { '81': { kind: 'text', value: 'MULTIENVIRONMENT' } }) }));
});
