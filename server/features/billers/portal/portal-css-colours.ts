import type { Declaration } from 'postcss';

/** The least contrast of text on its ground, WCAG 2.2 AA. */
const CONTRAST_MIN = 4.5;

type Rgb = readonly [number, number, number];

/** The page's own colours (web/ui/tokens.css): which of them are text, on which grounds they can be read, in light and dark. */
const GROUNDS: Readonly<Record<string, readonly string[]>> = {
  paper: ['ink', 'soft', 'accent', 'good', 'warn', 'bad'],
  sheet: ['ink', 'soft', 'accent', 'good', 'warn', 'bad'],
  accent: ['on-accent'],
};
const PALETTE: ReadonlySet<string> = new Set([...Object.keys(GROUNDS), ...Object.values(GROUNDS).flat(), 'line']);
/** Inside a ground of the biller's own, every colour of the page becomes one of the two that were checked. */
const TEXT_NAMES = ['ink', 'soft', 'accent', 'line', 'good', 'warn', 'bad'];
const GROUND_NAMES = ['paper', 'sheet', 'on-accent', 'good-sheet', 'warn-sheet', 'bad-sheet'];

/** A colour that can be checked: #rgb, #rrggbb, rgb(…) without transparency, white, black, or one of the page's own. */
export function isColour(value: string): boolean {
  return readColour(value) !== undefined || paletteName(value) !== undefined;
}

/**
 * Why the colours of a rule can't stay: a text without its ground or a ground without its text (one of the two would be
 * the page's, which is dark for some and light for others), or too little contrast. Marks without words need no text.
 */
export function colourFault(
  declarations: readonly Declaration[],
  isPseudoElement: boolean,
): { readonly declaration?: Declaration; readonly message: string } | undefined {
  const { text, ground, isRepeated } = pairOf(declarations);
  if (isRepeated)
    return {
      declaration: isRepeated,
      message: 'The rule sets this colour twice; keep one, so that it is clear which holds.',
    };
  if (!text && !ground) return undefined;
  if (isPseudoElement && !text) return undefined;
  if (!text || !ground) {
    const declaration = text ?? ground;
    const message = text
      ? 'Set background-color beside color: alone, the text may stand on a ground where it can’t be read.'
      : 'Set color beside the background: alone, it may lie under a text that can’t be read on it.';
    return declaration ? { declaration, message } : { message };
  }
  const names = { text: paletteName(text.value), ground: paletteName(ground.value) };
  if (names.text !== undefined && names.ground !== undefined) {
    return GROUNDS[names.ground]?.includes(names.text)
      ? undefined
      : { declaration: text, message: `var(--${names.text}) can’t be read on var(--${names.ground}).` };
  }
  const colours = { text: readColour(text.value), ground: readColour(ground.value) };
  if (!colours.text || !colours.ground)
    return { declaration: text, message: 'Take both colours from the page (var(--…)), or write both as #rrggbb.' };
  const ratio = contrast(colours.text, colours.ground);
  if (ratio >= CONTRAST_MIN) return undefined;
  return {
    declaration: text,
    message: `The contrast of ${text.value.trim()} on ${ground.value.trim()} is ${(Math.floor(ratio * 10) / 10).toFixed(1)}; people need ${CONTRAST_MIN} to read it.`,
  };
}

/**
 * Declarations to add to a rule with colours of its own: inside it, the page's colours are its text and its ground, so
 * that nothing below stands in a colour that was chosen for another ground.
 */
export function paletteOf(declarations: readonly Declaration[]): readonly string[] {
  const { text, ground } = pairOf(declarations);
  if (!text || !ground || !readColour(text.value) || !readColour(ground.value)) return [];
  return [
    ...TEXT_NAMES.map((name) => `--${name}:${text.value.trim()}`),
    ...GROUND_NAMES.map((name) => `--${name}:${ground.value.trim()}`),
  ];
}

function pairOf(declarations: readonly Declaration[]) {
  const texts = declarations.filter((each) => each.prop.toLowerCase() === 'color');
  const grounds = declarations.filter((each) => /^background(-color)?$/i.test(each.prop));
  return { text: texts[0], ground: grounds[0], isRepeated: texts[1] ?? grounds[1] };
}

function paletteName(value: string): string | undefined {
  const name = /^var\( ?--([a-z-]+) ?\)$/.exec(value.trim())?.[1];
  return name !== undefined && PALETTE.has(name) ? name : undefined;
}

function readColour(text: string): Rgb | undefined {
  const value = text.trim().toLowerCase();
  if (value === 'white') return [255, 255, 255];
  if (value === 'black') return [0, 0, 0];
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(value);
  if (short) return rgb(short.slice(1).map((digit) => Number.parseInt(digit + digit, 16)));
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(value);
  if (long) return rgb(long.slice(1).map((digits) => Number.parseInt(digits, 16)));
  const parts = /^rgb\( ?(\d{1,3})[ ,] ?(\d{1,3})[ ,] ?(\d{1,3}) ?\)$/.exec(value);
  return parts ? rgb(parts.slice(1).map(Number)) : undefined;
}

function rgb(parts: readonly number[]): Rgb | undefined {
  const [r, g, b] = parts;
  return r !== undefined && g !== undefined && b !== undefined && Math.max(r, g, b) <= 255 ? [r, g, b] : undefined;
}

function contrast(a: Rgb, b: Rgb): number {
  const [one, other] = [luminance(a), luminance(b)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
