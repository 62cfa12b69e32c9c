const SELECTOR_CHARS_MAX = 120;

/** Elements and classes of the payer pages that a biller may style. Forms’ faults and notes of trouble keep their look. */
const ELEMENTS: ReadonlySet<string> = new Set(
  'html body header footer main section nav h1 h2 h3 p a ul ol li dl dt dd div span strong b label legend fieldset img'.split(
    ' ',
  ),
);
const CLASSES: ReadonlySet<string> = new Set(
  'biller site bar brand card rows amount money soft step progress done button quiet acts choice fee pair hint field clocks mark total authorization short'.split(
    ' ',
  ),
);
/** What is a block wherever it stands; padding of anything else may lie over the lines around it. */
const BLOCKS: ReadonlySet<string> = new Set(
  [
    'html body header footer main section nav h1 h2 h3 p ul ol li dl dt dd div label legend fieldset',
    '.biller .site .bar .brand .card .rows .amount .step .progress .button .acts .choice .pair .hint .field .clocks .authorization',
  ].flatMap((names) => names.split(' ')),
);
const STATES: ReadonlySet<string> = new Set(['hover', 'first-child', 'last-child', 'first-of-type', 'last-of-type']);
const PSEUDO_ELEMENTS: ReadonlySet<string> = new Set(['before', 'after']);

export type ScopedSelector =
  | {
      readonly kind: 'selector';
      readonly scoped: string;
      readonly isPseudoElement: boolean;
      readonly isInLine: boolean;
    }
  | { readonly kind: 'refused'; readonly why: string };

/** A selector inside `.biller`, the class of a payer page's body; `body`, `html` and `:root` are that body itself. Pure. */
export function scopedSelector(text: string): ScopedSelector {
  const selector = text.trim().replaceAll(/\s+/g, ' ');
  if (selector === '') return refused('A selector is missing before or after a comma.');
  if (selector.length > SELECTOR_CHARS_MAX) return refused(`A selector has at most ${SELECTOR_CHARS_MAX} characters.`);
  if (!/^[A-Za-z0-9.:> -]+$/.test(selector))
    return refused(
      `“${selector.slice(0, 40)}” is not taken: elements, .classes, :hover, ::before and ::after are, one inside another.`,
    );
  const compounds = selector.toLowerCase() === ':root' ? ['body'] : selector.split(/ ?> ?| /);
  if (compounds.includes('')) return refused(`“${selector.slice(0, 40)}” is no selector.`);
  for (const [at, compound] of compounds.entries()) {
    const why = compoundFault(compound, at === compounds.length - 1);
    if (why !== undefined) return refused(why);
  }
  const isPseudoElement = /::?(before|after)$/i.test(selector);
  return {
    kind: 'selector',
    scoped: scope(selector, compounds),
    isPseudoElement,
    isInLine: isInLine(compounds.at(-1) ?? ''),
  };
}

function scope(selector: string, compounds: readonly string[]): string {
  const [first = '', ...rest] = compounds;
  // The page's own body is the scope; what is written on it stays on it.
  const own = /^(?:html|body|:root|\.biller)(?![a-z0-9-])(.*)$/i.exec(first);
  if (!own) return `.biller ${selector}`;
  if (rest.length === 0) return `.biller${own[1] ?? ''}`;
  if (/^(html)$/i.test(first)) return scope(selector.replace(/^html ?>? ?/i, ''), rest);
  return `.biller${own[1] ?? ''}${selector.slice(first.length)}`;
}

function isInLine(compound: string): boolean {
  const names = compound.split(/:/)[0]?.split(/(?=\.)/) ?? [];
  const isBlock = names.some((name) => BLOCKS.has(name.toLowerCase()));
  return !isBlock || /::?(before|after)$/i.test(compound);
}

function compoundFault(compound: string, isLast: boolean): string | undefined {
  const found = /^([a-z][a-z0-9]*)?((?:\.[a-z][a-z0-9-]*)*)((?:::?[a-z-]+)*)$/i.exec(compound);
  if (!found || compound === '') return `“${compound.slice(0, 40)}” is no selector.`;
  const [, element, classes = '', pseudos = ''] = found;
  if (element !== undefined && !ELEMENTS.has(element.toLowerCase())) return `The pages have no <${element}> to style.`;
  const unknown = classes
    .split('.')
    .slice(1)
    .find((name) => !CLASSES.has(name));
  if (unknown !== undefined)
    return `The class .${unknown} is not one to style. There are: ${[...CLASSES].map((name) => `.${name}`).join(' ')}.`;
  const names = pseudos
    .split(/::?/)
    .slice(1)
    .map((name) => name.toLowerCase());
  const odd = names.find((name) => !STATES.has(name) && !PSEUDO_ELEMENTS.has(name));
  if (odd !== undefined) return `:${odd} is not taken; :hover, :first-child, :last-child, ::before and ::after are.`;
  const isMisplaced = names.some((name, at) => PSEUDO_ELEMENTS.has(name) && (!isLast || at < names.length - 1));
  return isMisplaced ? '::before and ::after come last in a selector.' : undefined;
}

function refused(why: string): ScopedSelector {
  return { kind: 'refused', why };
}
