/** The least contrast of text on its ground, WCAG 2.2 AA. */
const CONTRAST_MIN = 4.5;
const STEPS_MAX = 40;

const WHITE: Rgb = [255, 255, 255];
const LIGHT_PAPER: Rgb = [244, 246, 248];
const DARK_PAPER: Rgb = [26, 35, 44];
const BLACK: Rgb = [11, 17, 22];

type Rgb = readonly [number, number, number];

/**
 * The biller's colour, made fit to read: darkened on light paper and lightened on dark paper until text in it, and text
 * on it, reach the contrast that people need. A colour that already does is left alone.
 */
export function accentColours(hex: string): { light: string; onLight: string; dark: string; onDark: string } {
  const wanted = parse(hex);
  const light = moveUntil(
    wanted,
    BLACK,
    (colour) => contrast(colour, LIGHT_PAPER) >= CONTRAST_MIN && contrast(colour, WHITE) >= CONTRAST_MIN,
  );
  const dark = moveUntil(
    wanted,
    WHITE,
    (colour) => contrast(colour, DARK_PAPER) >= CONTRAST_MIN && contrast(colour, BLACK) >= CONTRAST_MIN,
  );
  return { light: print(light), onLight: '#ffffff', dark: print(dark), onDark: print(BLACK) };
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2). */
export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function moveUntil(from: Rgb, towards: Rgb, isGood: (colour: Rgb) => boolean): Rgb {
  for (let step = 0; step <= STEPS_MAX; step++) {
    const share = step / STEPS_MAX;
    const colour = from.map((part, at) => Math.round(part + ((towards[at] ?? 0) - part) * share)) as unknown as Rgb;
    if (isGood(colour)) return colour;
  }
  return towards;
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Three channels of `#rrggbb`; anything else is a neutral blue. */
export function parse(hex: string): Rgb {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
  if (!found) return [31, 90, 140];
  return [
    Number.parseInt(found[1] ?? '', 16),
    Number.parseInt(found[2] ?? '', 16),
    Number.parseInt(found[3] ?? '', 16),
  ];
}

function print(colour: Rgb): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
