/** What a logo may be drawn with. Everything else is refused: a list of dangers would never be complete. */
export const ELEMENTS: ReadonlySet<string> = new Set(
  [
    'svg g defs symbol use title desc style path rect circle ellipse line polyline polygon text tspan',
    'linearGradient radialGradient stop clipPath mask pattern',
  ].flatMap((names) => names.split(' ')),
);

const NAMESPACES: ReadonlySet<string> = new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']);

const ATTRIBUTES: ReadonlySet<string> = new Set(
  [
    'id class style d x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy width height viewBox preserveAspectRatio points transform version',
    'fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset',
    'opacity color display visibility overflow clip-path clip-rule mask offset stop-color stop-opacity gradientUnits gradientTransform spreadMethod',
    'patternUnits patternTransform patternContentUnits clipPathUnits maskUnits maskContentUnits font-family font-size font-weight font-style',
    'text-anchor letter-spacing rotate textLength lengthAdjust paint-order vector-effect shape-rendering enable-background role aria-label aria-hidden focusable data-name',
    'xml:space mix-blend-mode isolation pathLength',
  ].flatMap((names) => names.split(' ')),
);

/** Why an element has no place in a logo. */
export function elementSentence(name: string): string {
  const plain = name.toLowerCase().replace(/^.*:/, '');
  if (plain === 'script') return '<script> is a program. A logo is a drawing.';
  if (plain === 'foreignobject') return '<foreignObject> holds a page. A logo is a drawing.';
  if (plain === 'image') return '<image> holds another image. Choose that image itself, as PNG or WebP.';
  if (plain === 'a') return '<a> is a link. A logo is a drawing.';
  if (/^(animate|set$|discard)/.test(plain)) return `<${plain}> moves. A logo is a still picture.`;
  return `<${name.slice(0, 40)}> is not taken. Save it as “plain SVG”.`;
}

/** Why an attribute can't stay; its value is already free of entities. */
export function attributeFault(name: string, value: string): string | undefined {
  const plain = name.toLowerCase();
  if (plain.startsWith('on')) return `${name} is a program. A logo is a drawing.`;
  if (plain === 'xmlns' || plain.startsWith('xmlns:'))
    return NAMESPACES.has(value)
      ? undefined
      : `${name} brings in something that is no drawing. Save it as “plain SVG”.`;
  if (plain === 'href' || plain === 'xlink:href')
    return /^#[A-Za-z_][\w.-]*$/.test(value) ? undefined : `${name} leads out of the file.`;
  if (!ATTRIBUTES.has(name)) return `The attribute ${name.slice(0, 40)} is not taken. Save it as “plain SVG”.`;
  return isStyleSafe(value) ? undefined : `${name} holds what is no colour, number or name in this file.`;
}

/** Whether a value or a style sheet stays within the file: no address but `url(#name)`, no rule from elsewhere, no escapes. */
export function isStyleSafe(text: string): boolean {
  const rest = text.replaceAll(/url\(\s*(["']?)#[A-Za-z_][\w.-]*\1\s*\)/gi, '');
  return !/[\\@<]|url\s*\(|image\s*\(|image-set|expression|javascript|data\s*:|-moz-binding|behavior|\/\*/i.test(rest);
}
