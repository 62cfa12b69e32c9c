import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { addresses } from '../../addresses.ts';
import { describeField, everyField, labelOf, SECTION_WORDS } from './describe-field.ts';
import { fieldAddress, SECTION_NAMES, SECTION_SCREENS, screenName, sectionOf } from './section-screens.ts';

/** The server’s own files, as they run: the web’s types do not reach them. */
const server = import.meta.glob<Record<string, unknown>>(
  [
    '../../../../server/features/billers/configuration.ts',
    '../../../../server/features/billers/not-served-yet.ts',
    '../../../../server/features/billers/settings/settings-catalogue.ts',
  ],
  { eager: true },
);
const from = <Value>(file: string, name: string): Value => {
  const found = Object.entries(server).find(([path]) => path.endsWith(`/${file}`))?.[1][name];
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return found as Value;
};
const configurationSchema = from<z.ZodType>('configuration.ts', 'configurationSchema');
const NOT_SERVED_YET = from<readonly { path: string }[]>('not-served-yet.ts', 'NOT_SERVED_YET');
const SETTINGS = from<readonly { number: number }[]>('settings-catalogue.ts', 'settingsCatalogue');
const texts = import.meta.glob<string>(['../../../../server/features/billers/rules/*-rules.ts', '../../router.tsx'], {
  eager: true,
  query: '?raw',
  import: 'default',
});
const ROUTER = Object.entries(texts).find(([path]) => path.endsWith('router.tsx'))?.[1] ?? '';

interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly additionalProperties?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
}

/** Every field of a schema, `x` for the name of an entry. A list of plain values is one field. */
function fieldsOf(shape: Shape, at: string): readonly string[] {
  const several = shape.anyOf ?? shape.oneOf;
  if (several) {
    const below = several.flatMap((each) => (each.properties ? fieldsOf(each, at) : []));
    return [...new Set(below.length > 0 ? below : [at])];
  }
  if (shape.properties)
    return Object.entries(shape.properties).flatMap(([name, each]) => fieldsOf(each, at ? `${at}.${name}` : name));
  if (typeof shape.additionalProperties === 'object') return fieldsOf(shape.additionalProperties, `${at}.x`);
  if (shape.type === 'array' && (shape.items?.properties ?? shape.items?.anyOf ?? shape.items?.oneOf))
    return fieldsOf(shape.items ?? {}, `${at}.x`);
  return [at];
}

const schema = z.toJSONSchema(configurationSchema, { io: 'input', unrepresentable: 'any' }) as Shape;
const fields = fieldsOf(schema, '');

describe('what it means', () => {
  test('is said of every field of the configuration', () => {
    expect(fields.length).toBeGreaterThan(100);
    expect(fields.filter((field) => describeField(field) === undefined)).toEqual([]);
  });

  test('is said of each Advanced Setting by itself', () => {
    const unknown = describeField('advancedSettings.9999')?.means;
    const same = SETTINGS.filter(({ number }) => describeField(`advancedSettings.${number}`)?.means === unknown);
    expect(same.map(({ number }) => number)).toEqual([]);
    expect(describeField('advancedSettings.13')).toMatchObject({
      label: 'Setting 13',
      means: expect.stringContaining('the name in 12'),
    });
  });

  test('is said of no field that does not exist', () => {
    const isField = (place: string) => {
      const pattern = new RegExp(
        `^${place
          .replaceAll('.', '\\.')
          .replaceAll('*', '[^.]+')
          .replaceAll(/\b\d+\b/g, '[^.]+')}(\\.|$)`,
      );
      return place.endsWith('.order') || fields.some((field) => pattern.test(field) || pattern.test(`${field}.x`));
    };
    expect(everyField.map(({ section, place }) => `${section}.${place}`).filter((place) => !isField(place))).toEqual(
      [],
    );
  });

  test('of a field is found under the name of its entry, and says the entry where it stands alone', () => {
    expect(labelOf('invoiceTypes.252.fees.CC.flatCents')).toBe('Invoice type 252: card fee: flat part');
    expect(describeField('invoiceTypes.~0.name')?.label).toBe('Name');
    expect(describeField('dataPump.payments.Pay by Text.CC')?.label).toBe('Pay by Text, card');
    expect(labelOf('nothing.of.it')).toBe('of.it');
  });

  test('begins with what the screen is for', () => {
    for (const section of SECTION_NAMES) expect(SECTION_WORDS[section].intro.length).toBeGreaterThan(20);
  });
});

describe('every fault', () => {
  /** Every place that a rule names in its file, with `x` where it puts a name. */
  const places = Object.entries(texts)
    .filter(([path]) => path.endsWith('-rules.ts'))
    .flatMap(([, text]) => [
      ...text.matchAll(new RegExp(`['\`]((?:${SECTION_NAMES.join('|')})(?:\\.[^'\`\\s]*)?)['\`]`, 'g')),
    ])
    .map((found) => (found[1] ?? '').replaceAll(/\$\{[^}]*\}/g, 'x'))
    .filter((place) => place.includes('.'));

  test('of a rule has a screen to go to, and a field there that is described', () => {
    expect(places.length).toBeGreaterThan(20);
    for (const place of places) {
      expect([place, sectionOf(place)]).not.toEqual([place, undefined]);
      expect([place, fieldAddress(11, place)]).not.toEqual([place, undefined]);
    }
    // An entry as a whole (`ftp.users.x`) is told at its fields.
    const isPlace = (place: string) => {
      const pattern = new RegExp(`^${place.replaceAll('.', '\\.').replaceAll(/\bx\b/g, '[^.]+')}(\\.|$)`);
      return describeField(place) !== undefined || fields.some((field) => pattern.test(field));
    };
    expect(places.filter((place) => !isPlace(place))).toEqual([]);
  });

  test('leads to a screen that is there', () => {
    for (const section of SECTION_NAMES) {
      const pattern = SECTION_SCREENS[section].address(11).replace('/billers/11/', '/billers/$bid/');
      expect([section, ROUTER.includes(`'${pattern}'`)]).toEqual([section, true]);
    }
  });

  test('leads to its field', () => {
    expect(fieldAddress(11, 'cards.leastCents')).toBe(`${addresses.cards(11)}?field=cards.leastCents`);
    expect(fieldAddress(11, 'advancedSettings.8')).toBe(`${addresses.advancedSettings(11)}?setting=8`);
    expect(fieldAddress(11, 'ftp')).toBe(addresses.ftpManagement(11));
    expect(fieldAddress(11, 'body.reason')).toBeUndefined();
    expect(screenName('invoicing')).toBe('Invoicing › Advanced Configuration');
  });
});

test('what is not in use yet is said of fields that exist', () => {
  const isKnown = (place: string) => {
    const plain = place.replaceAll('*', 'x');
    return describeField(plain) !== undefined || fields.some((field) => field.startsWith(`${plain}.`));
  };
  expect(NOT_SERVED_YET.map((each) => each.path).filter((place) => !isKnown(place))).toEqual([]);
});
