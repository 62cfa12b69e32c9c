import type { ImageRead } from './image-read.ts';
import { attributeFault, ELEMENTS, elementSentence, isStyleSafe } from './svg-allowed.ts';

const ELEMENTS_MAX = 5000;
const DEPTH_MAX = 40;
const USES_MAX = 50;
const NAME = '[A-Za-z_][A-Za-z0-9_.:-]*';
const TAG = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, 'y');
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');

/**
 * Reads an SVG as strictly as XML is written, and takes drawing only: no script, handler, animation, foreign content,
 * image or style from elsewhere, no entities, and nothing that is not on the list (svg-allowed.ts). Pure; bounded.
 */
export function readSvg(bytes: Buffer): ImageRead {
  const text = utf8Of(bytes);
  if (text === undefined || !/<svg[\s>]/.test(text))
    return refused('A logo is a PNG, WebP or SVG image; this is none of them.');
  try {
    return new Reading(text).read();
  } catch (cause) {
    if (cause instanceof NoSvg) return refused(`The SVG, line ${cause.line}: ${cause.message}`);
    throw cause;
  }
}

class NoSvg extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** One pass over the text, with the elements that are open. */
class Reading {
  readonly #text: string;
  readonly #open: { name: string; id: string | undefined }[] = [];
  /** Ids of elements that hold a `use`: pointing at one of these would multiply what is drawn. */
  readonly #holdingUse = new Set<string>();
  readonly #used: { id: string; line: number }[] = [];
  #at = 0;
  #elements = 0;
  #size: { width: number; height: number } | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  read(): ImageRead {
    const start = /^\uFEFF?\s*(?:<\?xml[^?<>]*\?>)?/.exec(this.#text);
    this.#at = start?.[0].length ?? 0;
    while (this.#at < this.#text.length) this.#next();
    if (this.#open.length > 0) this.#refuse(`<${this.#open.at(-1)?.name}> is not closed.`);
    if (!this.#size) return this.#refuse('There is no <svg> in it.');
    const twice = this.#used.find(({ id }) => this.#holdingUse.has(id));
    if (twice) throw new NoSvg('<use> points at something that holds a <use>.', twice.line);
    return { kind: 'image', format: 'SVG', ...this.#size };
  }

  #next(): void {
    if (this.#text[this.#at] !== '<') this.#characters();
    else if (this.#text.startsWith('<!--', this.#at)) this.#comment();
    else this.#tag();
  }

  #tag(): void {
    if (/^<(!DOCTYPE|!ENTITY|!\[CDATA|\?)/i.test(this.#text.slice(this.#at, this.#at + 10)))
      this.#refuse('Declarations, entities and instructions are not taken. Save it as “plain SVG”.');
    TAG.lastIndex = this.#at;
    const found = TAG.exec(this.#text);
    const [whole, slash, name = '', attributes = '', end] =
      found ?? this.#refuse('This is not written as XML is. Save it as “plain SVG”.');
    if (slash === '/') this.#close(name, attributes);
    else this.#enter(name, attributes, end === '/');
    this.#at += whole.length;
  }

  #characters(): void {
    const to = this.#text.indexOf('<', this.#at);
    const text = this.#text.slice(this.#at, to === -1 ? undefined : to);
    const parent = this.#open.at(-1)?.name;
    if (text.trim() !== '' && (parent === undefined || !['text', 'tspan', 'title', 'desc', 'style'].includes(parent)))
      this.#refuse('There is text where none belongs.');
    if (decoded(text) === undefined) this.#refuse('There is an & that names an entity. Write the character itself.');
    if (parent === 'style' && !isStyleSafe(decoded(text) ?? ''))
      this.#refuse('The styles may name colours, lines and fonts only.');
    this.#at += text.length;
  }

  #comment(): void {
    const end = this.#text.indexOf('-->', this.#at + 4);
    if (end === -1) this.#refuse('A comment is not closed.');
    this.#at = end + 3;
  }

  #close(name: string, attributes: string): void {
    const last = this.#open.pop();
    if (last?.name !== name || attributes !== '') this.#refuse(`</${name}> closes nothing.`);
  }

  #enter(name: string, text: string, isClosed: boolean): void {
    this.#elements += 1;
    if (this.#elements > ELEMENTS_MAX)
      this.#refuse(`There are more than ${ELEMENTS_MAX} elements. Simplify the drawing.`);
    if (this.#open.length >= DEPTH_MAX) this.#refuse('Elements stand too deep in each other.');
    if (!ELEMENTS.has(name)) this.#refuse(elementSentence(name));
    const attributes = this.#attributes(text);
    if (this.#open.length === 0) this.#root(name, attributes);
    if (name === 'use') this.#use(attributes);
    if (!isClosed) this.#open.push({ name, id: attributes.get('id') });
  }

  #root(name: string, attributes: ReadonlyMap<string, string>): void {
    if (this.#size || name !== 'svg') this.#refuse('An SVG is one <svg> and nothing beside it.');
    this.#size = sizeOf(attributes) ?? this.#refuse('<svg> needs a width and a height in pixels, or a viewBox.');
  }

  #attributes(text: string): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE)) {
      const value = decoded(double ?? single ?? '');
      if (value === undefined) return this.#refuse(`${name} holds an entity. Write the character itself.`);
      if (found.has(name)) this.#refuse(`${name} stands twice in one element.`);
      const why = attributeFault(name, value);
      if (why !== undefined) this.#refuse(why);
      found.set(name, value);
    }
    return found;
  }

  #use(attributes: ReadonlyMap<string, string>): void {
    const id = (attributes.get('href') ?? attributes.get('xlink:href') ?? '').slice(1);
    this.#used.push({ id, line: this.#line() });
    if (this.#used.length > USES_MAX) this.#refuse(`There are more than ${USES_MAX} <use>.`);
    for (const open of this.#open) if (open.id !== undefined) this.#holdingUse.add(open.id);
    const own = attributes.get('id');
    if (own !== undefined) this.#holdingUse.add(own);
  }

  #line(): number {
    return this.#text.slice(0, this.#at).split('\n').length;
  }

  #refuse(why: string): never {
    throw new NoSvg(why, this.#line());
  }
}

/** The text with its five entities and its numbers; undefined where another entity is named or a number is no character. */
function decoded(text: string): string | undefined {
  let isOdd = false;
  const plain = text.replaceAll(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}))?;?/g,
    (whole, word, decimal, hex) => {
      const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
      const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : undefined;
      if (
        !whole.endsWith(';') ||
        (word === undefined && code === undefined) ||
        (code !== undefined && (code < 32 || code > 0x10ffff))
      ) {
        isOdd = true;
        return '';
      }
      return code === undefined ? (named[word] ?? '') : String.fromCodePoint(code);
    },
  );
  return isOdd ? undefined : plain;
}

function sizeOf(attributes: ReadonlyMap<string, string>): { width: number; height: number } | undefined {
  const pixels = (name: string) => /^(\d{1,5}(?:\.\d{1,6})?)(?:px)?$/.exec(attributes.get(name) ?? '')?.[1];
  const [width, height] = [pixels('width'), pixels('height')];
  if (width !== undefined && height !== undefined) return whole(Number(width), Number(height));
  const box =
    /^-?\d{1,7}(?:\.\d{1,6})?[ ,]+-?\d{1,7}(?:\.\d{1,6})?[ ,]+(\d{1,7}(?:\.\d{1,6})?)[ ,]+(\d{1,7}(?:\.\d{1,6})?)$/.exec(
      (attributes.get('viewBox') ?? '').trim(),
    );
  return box ? whole(Number(box[1]), Number(box[2])) : undefined;
}

function whole(width: number, height: number): { width: number; height: number } | undefined {
  return width > 0 && height > 0 ? { width: Math.ceil(width), height: Math.ceil(height) } : undefined;
}

function utf8Of(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function refused(why: string): ImageRead {
  return { kind: 'refused', why };
}
