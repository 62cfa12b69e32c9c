import type { Declaration } from 'postcss';
import { isColour } from './portal-css-colours.ts';
import { readImageUrl } from './portal-logo.ts';

/** What CSS may add before or after something: marks. Not a letter, a digit, a minus or a tick, which could say something. */
const MARKS = '•›»→▸★◆ ';
const CONTENT_CHARS_MAX = 3;
const VALUE_CHARS_MAX = 16_000;
/** A larger shadow would lie under the words beside it. */
const SHADOW_OFFSET_MAX_PX = 4;
const SHADOW_BLUR_MAX_PX = 8;
/** Above and below a word in a line, padding lies over the lines around it. */
const INLINE_PADDING_MAX_PX = 4;
/** Fonts with letters in them: in one of signs, an amount would be no amount. */
const FONTS: ReadonlySet<string> = new Set(
  [
    'system-ui,sans-serif,serif,monospace,ui-sans-serif,ui-serif,ui-rounded,ui-monospace,-apple-system,BlinkMacSystemFont',
    'Arial,Avenir,Avenir Next,Book Antiqua,Calibri,Cambria,Candara,Century Gothic,Courier New,Franklin Gothic Medium,Futura,Garamond',
    'Georgia,Gill Sans,Helvetica,Helvetica Neue,Hoefler Text,Inter,Lato,Lucida Grande,Lucida Sans,Montserrat,Noto Sans,Noto Serif',
    'Open Sans,Optima,Palatino,Palatino Linotype,Roboto,Segoe UI,Source Sans Pro,Tahoma,Times,Times New Roman,Trebuchet MS,Verdana',
  ].flatMap((names) => names.toLowerCase().split(',')),
);

interface Kind {
  readonly isValue: (value: string) => boolean;
  readonly says: string;
}

const number = String.raw`\d{1,4}(?:\.\d{1,3})?`;
/** Lengths in px, up to so many; a rem counts as 16. No em: one inside another would shrink a text to nothing. */
function lengthUpTo(max: number, min = 0): (text: string) => boolean {
  return (text) => {
    const found = new RegExp(`^(${number})(px|rem|)$`).exec(text);
    if (!found) return false;
    const value = Number(found[1]) * (found[2] === 'px' || found[2] === '' ? 1 : 16);
    return (found[2] !== '' || value === 0) && value >= min && value <= max;
  };
}
const oneTo = (count: number, isPart: (part: string) => boolean) => (value: string) => {
  const parts = value.split(' ');
  return parts.length <= count && parts.every(isPart);
};
const among = (words: string) => (value: string) => words.split(' ').includes(value);

const space: Kind = {
  isValue: oneTo(4, lengthUpTo(96)),
  says: 'up to four lengths from 0 to 96px (6rem), none below zero',
};
const radius: Kind = { isValue: oneTo(4, lengthUpTo(64)), says: 'up to four lengths from 0 to 64px' };
const line: Kind = { isValue: isBorder, says: 'a width up to 12px, a style and a colour, such as “2px solid #1f5a8c”' };
const style: Kind = {
  isValue: oneTo(4, among('none solid dashed dotted double')),
  says: 'solid, dashed, dotted, double or none',
};
const width: Kind = { isValue: oneTo(4, lengthUpTo(12)), says: 'a length up to 12px' };
const colour: Kind = { isValue: isColour, says: 'a colour as #rrggbb, rgb(…), white, black or var(--accent)' };
const colours: Kind = { isValue: oneTo(4, isColour), says: 'colours as #rrggbb' };
const sides = ['top', 'right', 'bottom', 'left'];
const bySide = (prefix: string, kind: Kind, suffix = '') =>
  sides.map((side) => [`${prefix}-${side}${suffix}`, kind] as const);

/** What a rule may set, and to what. Everything else is refused: a list of dangers would never be complete. */
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['color', colour],
  ['background-color', colour],
  ['background', { isValue: isColour, says: 'a plain colour; an image can stand in ::before or ::after' }],
  ['font-family', { isValue: isFontFamily, says: 'known fonts, such as Georgia, Verdana, system-ui, serif' }],
  ['font-size', { isValue: lengthUpTo(64, 13), says: 'a length from 13px (0.8125rem) to 64px (4rem)' }],
  ['font-weight', { isValue: among('normal bold 300 400 500 600 700 800 900'), says: 'normal, bold or 300 to 900' }],
  ['font-style', { isValue: among('normal italic'), says: 'normal or italic' }],
  ['font-variant', { isValue: among('normal small-caps'), says: 'normal or small-caps' }],
  [
    'line-height',
    {
      isValue: (value) => /^(1(\.[1-9]\d?)?|2(\.0)?)$/.test(value) && Number(value) >= 1.1,
      says: 'a number from 1.1 to 2',
    },
  ],
  [
    'letter-spacing',
    { isValue: (value) => value === 'normal' || lengthUpTo(4)(value), says: 'a length from 0 to 4px' },
  ],
  ['text-align', { isValue: among('left right center start end'), says: 'left, right or center' }],
  ['text-transform', { isValue: among('none uppercase capitalize'), says: 'none, uppercase or capitalize' }],
  ['text-decoration', { isValue: among('underline'), says: 'underline' }],
  ['margin', space],
  ...bySide('margin', space),
  ['padding', space],
  ...bySide('padding', space),
  ['gap', { isValue: oneTo(2, lengthUpTo(64)), says: 'lengths from 0 to 64px' }],
  ['border', line],
  ...bySide('border', line),
  ['border-color', colours],
  ...bySide('border', colour, '-color'),
  ['border-style', style],
  ...bySide('border', style, '-style'),
  ['border-width', width],
  ...bySide('border', width, '-width'),
  ['border-radius', radius],
  [
    'box-shadow',
    {
      isValue: isShadow,
      says: 'none, or an outer shadow of at most 4px and blurred by 8px, such as “0 2px 8px #cbd4dd”',
    },
  ],
]);

/** What only ::before and ::after may set: a band, a dot or a picture that holds no words of the page. */
const PSEUDO_KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['content', { isValue: isContent, says: `nothing (""), or at most ${CONTENT_CHARS_MAX} of ${MARKS.trim()}` }],
  ['display', { isValue: among('block inline-block'), says: 'block or inline-block' }],
  ['width', { isValue: (value) => value === '100%' || lengthUpTo(400)(value), says: 'a length up to 400px, or 100%' }],
  ['height', { isValue: lengthUpTo(192), says: 'a length up to 192px (12rem)' }],
  ['background-image', { isValue: (value) => imageFault(value) === undefined, says: 'an image as url(data:image/…)' }],
  [
    'background-size',
    {
      isValue: (value) => among('cover contain auto')(value) || oneTo(2, lengthUpTo(400))(value),
      says: 'cover, contain or lengths',
    },
  ],
  [
    'background-position',
    { isValue: oneTo(2, among('left right top bottom center')), says: 'left, right, top, bottom or center' },
  ],
  [
    'background-repeat',
    { isValue: among('repeat no-repeat repeat-x repeat-y'), says: 'repeat, no-repeat, repeat-x or repeat-y' },
  ],
]);

/** Why a declaration is not taken, in a sentence; undefined where it is. */
export function declarationFault(
  declaration: Declaration,
  { isPseudoElement, isInLine }: { isPseudoElement: boolean; isInLine: boolean },
): string | undefined {
  const name = declaration.prop.toLowerCase();
  const value = declaration.value.trim().replaceAll(/\s+/g, ' ');
  if (declaration.important) return `“!important” is not needed: rules here come after the page’s own.`;
  if (value.length > VALUE_CHARS_MAX || value.includes('/*')) return `The value of “${cut(name)}” is not taken.`;
  const hidden = dangerSentence(name, value);
  if (hidden !== undefined) return hidden;
  const kind = KINDS.get(name) ?? (isPseudoElement ? PSEUDO_KINDS.get(name) : undefined);
  if (!kind) {
    return PSEUDO_KINDS.has(name)
      ? `“${name}” is taken in ::before and ::after only.`
      : `“${cut(name)}” can’t be set here: fonts, colours, borders and spacing can.`;
  }
  if (kind.isValue(value) && isInLine && isOverLines(name, value))
    return `“${name}” of more than ${INLINE_PADDING_MAX_PX}px above or below a word would lie over other lines; set it on the paragraph or card.`;
  if (kind.isValue(value)) return undefined;
  return name === 'background-image' ? imageFault(value) : `“${cut(value)}” is not taken for ${name}: ${kind.says}.`;
}

/** The dangers by their names, so that whoever wrote one knows why. */
function dangerSentence(name: string, value: string): string | undefined {
  if (name === 'behavior' || name === '-moz-binding' || /expression\s*\(|javascript\s*:/i.test(value))
    return 'This would run a program in old browsers.';
  if (name === 'position' || name === 'z-index' || name === 'transform' || name === 'float')
    return `“${name}” could lay something over what the payer has to see.`;
  if (
    /^(display|visibility|opacity|clip|clip-path|overflow|filter|mask|text-indent|max-height)/.test(name) &&
    !(name === 'display' && /^(block|inline-block)$/.test(value))
  )
    return `“${cut(name)}” could hide what the payer has to see.`;
  if (name.startsWith('--')) return 'The page’s own colours are set above, not by CSS.';
  if (/url\s*\(/i.test(value) && !/^url\(\s*["']?data:image\//i.test(value))
    return 'url(…) would tell another server who looks at a bill. Only images inside the text are taken: url(data:image/png;base64,…).';
  return undefined;
}

function imageFault(value: string): string | undefined {
  const found = /^url\( ?(["']?)(data:image\/(?:png|webp);base64,[A-Za-z0-9+/=]+)\1 ?\)$/.exec(value);
  if (!found) return 'Write an image as url(data:image/png;base64,…) or image/webp, and nothing else.';
  const read = readImageUrl(found[2] ?? '');
  return read.kind === 'refused' ? read.why : undefined;
}

/** Whether padding or a border of something inside a line reaches over the lines above and below. */
function isOverLines(name: string, value: string): boolean {
  if (!/^(padding(-top|-bottom)?|border(-top|-bottom)?(-width)?)$/.test(name)) return false;
  const isSmall = lengthUpTo(INLINE_PADDING_MAX_PX);
  return value.split(' ').some((part) => /^[\d.]/.test(part) && !isSmall(part));
}

function isBorder(value: string): boolean {
  if (value === 'none' || value === '0') return true;
  const found = /^(\S+) (solid|dashed|dotted|double)(?: (.+))?$/.exec(value);
  return found !== null && lengthUpTo(12)(found[1] ?? '') && (found[3] === undefined || isColour(found[3]));
}

function isShadow(value: string): boolean {
  if (value === 'none') return true;
  const found = /^((?:\S+ ){2,3})(#[0-9a-fA-F]{3,6}|rgb\([^()]*\)|black)$/.exec(value);
  if (!found) return false;
  const isLength = [SHADOW_OFFSET_MAX_PX, SHADOW_OFFSET_MAX_PX, SHADOW_BLUR_MAX_PX].map((max) => lengthUpTo(max));
  const lengths = (found[1] ?? '').trim().split(' ');
  return lengths.every((part, at) => isLength[at]?.(part)) && isColour(found[2] ?? '');
}

function isFontFamily(value: string): boolean {
  const names = value.split(',').map((name) => name.trim());
  return names.length <= 10 && names.every((name) => FONTS.has(name.replace(/^(["'])(.*)\1$/, '$2').toLowerCase()));
}

function isContent(value: string): boolean {
  const found = /^(?:"([^"]*)"|'([^']*)')$/.exec(value);
  if (!found) return value === 'none';
  const text = found[1] ?? found[2] ?? '';
  const signs = [...text];
  return signs.length <= CONTENT_CHARS_MAX && signs.every((sign) => MARKS.includes(sign));
}

function cut(text: string): string {
  return text.slice(0, 40);
}
