import postcss, { type AtRule, type ChildNode, CssSyntaxError, type Declaration, type Rule } from 'postcss';
import { colourFault, paletteOf } from './portal-css-colours.ts';
import { declarationFault } from './portal-css-declarations.ts';
import { scopedSelector } from './portal-css-selectors.ts';

const CSS_CHARS_MAX = 20_000;
const RULES_MAX = 300;
const SELECTORS_MAX = 20;
const DECLARATIONS_MAX = 40;
const FAULTS_MAX = 50;

/** What is wrong in a biller's CSS, at which of its lines. */
export interface CssFault {
  readonly line: number;
  readonly message: string;
}

/**
 * The biller's CSS as it may be served: parsed, checked against a list of what is allowed, written anew with every rule
 * inside `.biller`, nothing of the text as typed. `css` is empty where there is any fault. Pure; never throws.
 *
 * What is allowed can't hide, cover, move or fake what a payer must see: no positions, sizes of nothing, other hosts,
 * scripts of old browsers or texts; and a rule that sets a ground sets its text too, with enough contrast, for
 * everything inside it (`paletteOf`).
 */
export function readPortalCss(text: string): { readonly css: string; readonly faults: readonly CssFault[] } {
  if (text.length > CSS_CHARS_MAX)
    return wrong([{ line: 1, message: `There are ${text.length} characters; at most ${CSS_CHARS_MAX} are taken.` }]);
  const raw = rawFault(text);
  if (raw) return wrong([raw]);
  let nodes: readonly ChildNode[];
  try {
    nodes = postcss.parse(text, { from: undefined, map: false }).nodes;
  } catch (cause) {
    if (!(cause instanceof CssSyntaxError)) throw cause;
    return wrong([{ line: cause.line ?? 1, message: syntaxSentence(cause.reason) }]);
  }
  const faults: CssFault[] = [];
  const css = nodes.map((node) => writeNode(node, faults, false)).join('');
  if ((css.match(/\{/g)?.length ?? 0) > RULES_MAX)
    faults.push({ line: 1, message: `There are more than ${RULES_MAX} rules.` });
  return faults.length > 0 ? wrong(faults) : { css, faults };
}

function wrong(faults: readonly CssFault[]): { css: string; faults: readonly CssFault[] } {
  return { css: '', faults: faults.slice(0, FAULTS_MAX).toSorted((a, b) => a.line - b.line) };
}

/** What no CSS of a biller needs, and what hides other things from whoever reads it. */
function rawFault(text: string): CssFault | undefined {
  const plain = text.replaceAll('\r\n', '\n');
  const found = /[\\<]|(?![\t\n])[\p{Cc}\p{Cf}\u2028\u2029]|@charset/iu.exec(plain);
  if (!found) return undefined;
  const line = plain.slice(0, found.index).split('\n').length;
  const message =
    found[0] === '\\'
      ? 'A backslash hides what is written; write the character itself.'
      : found[0] === '<'
        ? '“<” has no place in CSS. If this was copied from a page, leave out its tags.'
        : found[0].startsWith('@')
          ? '@charset is not needed; leave it out.'
          : 'There is a character here that can’t be seen. Delete it.';
  return { line, message };
}

function syntaxSentence(reason: string): string {
  switch (reason) {
    case 'Unclosed block':
      return 'A { is not closed.';
    case 'Unclosed comment':
      return 'A comment is not closed with */.';
    case 'Unclosed string':
      return 'A quotation mark is not closed.';
    case 'Unclosed bracket':
      return 'A bracket is not closed.';
    case 'Unexpected }':
      return 'There is a } too many.';
    default:
      return `This can’t be read as CSS (${reason.toLowerCase()}).`;
  }
}

function writeNode(node: ChildNode, faults: CssFault[], isInside: boolean): string {
  switch (node.type) {
    case 'comment':
      return '';
    case 'rule':
      return writeRule(node, faults);
    case 'atrule':
      return writeAtRule(node, faults, isInside);
    case 'decl':
      faults.push({ line: lineOf(node), message: `“${cut(node.prop)}” stands in no rule.` });
      return '';
    default:
      return node satisfies never;
  }
}

function writeAtRule(node: AtRule, faults: CssFault[], isInside: boolean): string {
  const query = node.params.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  if (node.name.toLowerCase() !== 'media') {
    faults.push({ line: lineOf(node), message: atRuleSentence(node.name) });
    return '';
  }
  const isPlain = /^(screen|print|(screen and )?\((min|max)-width: ?\d{1,4}(\.\d{1,2})?(px|rem|em)\))$/.test(query);
  if (!isPlain || isInside) {
    faults.push({
      line: lineOf(node),
      message: isInside
        ? 'An @media inside another is not taken.'
        : `“@media ${cut(node.params)}” is not taken; print, (min-width: …) and (max-width: …) are.`,
    });
    return '';
  }
  const inner = (node.nodes ?? []).map((each) => writeNode(each, faults, true)).join('');
  return inner === '' ? '' : `@media ${query}{${inner}}`;
}

function atRuleSentence(name: string): string {
  const shown = `@${cut(name)}`;
  if (name.toLowerCase() === 'import')
    return '@import loads a style sheet from elsewhere; put the rules themselves here.';
  if (name.toLowerCase() === 'font-face')
    return '@font-face loads a font; name one that people have, such as Georgia or system-ui.';
  return `${shown} is not taken here; @media is the only one.`;
}

function writeRule(rule: Rule, faults: CssFault[]): string {
  const line = lineOf(rule);
  const at = faults.length;
  const selectors = splitSelectors(rule.selector);
  if (selectors.length > SELECTORS_MAX)
    faults.push({ line, message: `A rule has at most ${SELECTORS_MAX} selectors.` });
  const scoped = selectors.slice(0, SELECTORS_MAX).map(scopedSelector);
  for (const each of scoped) if (each.kind === 'refused') faults.push({ line, message: each.why });
  const isPseudo = scoped.every((each) => each.kind === 'selector' && each.isPseudoElement);
  const where = {
    isPseudoElement: isPseudo,
    isInLine: scoped.some((each) => each.kind === 'selector' && each.isInLine),
  };
  const declarations: Declaration[] = [];
  for (const node of rule.nodes) {
    if (node.type === 'decl') declarations.push(node);
    else if (node.type !== 'comment')
      faults.push({ line: lineOf(node), message: 'A rule inside a rule is not taken; write it beside it.' });
  }
  if (declarations.length > DECLARATIONS_MAX)
    faults.push({ line, message: `A rule has at most ${DECLARATIONS_MAX} declarations.` });
  for (const declaration of declarations.slice(0, DECLARATIONS_MAX)) {
    const message = declarationFault(declaration, where);
    if (message !== undefined) faults.push({ line: lineOf(declaration), message });
  }
  if (faults.length > at) return '';
  const colours = colourFault(declarations, isPseudo);
  if (colours) {
    faults.push({ line: colours.declaration ? lineOf(colours.declaration) : line, message: colours.message });
    return '';
  }
  const written = declarations.map(({ prop, value }) => `${prop.toLowerCase()}:${plainValue(value)}`);
  const all = [...written, ...paletteOf(declarations)];
  if (all.length === 0) return '';
  const names = scoped.map((each) => (each.kind === 'selector' ? each.scoped : ''));
  return `${names.join(',')}{${all.join(';')}}`;
}

/** postcss splits at every comma; brackets are refused in a selector anyway, so that is right. */
function splitSelectors(selector: string): readonly string[] {
  return selector.replaceAll(/\/\*[\s\S]*?\*\//g, '').split(',');
}

function plainValue(value: string): string {
  return value.trim().replaceAll(/\s+/g, ' ');
}

function lineOf(node: ChildNode): number {
  return node.source?.start?.line ?? 1;
}

function cut(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 40);
}
