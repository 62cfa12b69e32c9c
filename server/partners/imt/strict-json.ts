/** No answer of the partner nests deeper than a handful of levels. */
const DEPTH_MAX = 32;

export type StrictJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

/**
 * JSON as one reader and every other reader would understand it: no name twice in an object (`JSON.parse` silently takes
 * the last, so two programs could read two amounts out of one answer) and no depth that is only there to exhaust us.
 */
export function parseStrictJson(text: string): StrictJson {
  const fault = faultOf(text);
  if (fault !== undefined) return { ok: false, why: fault };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, why: 'it is not JSON' };
  }
}

/** What is wrong with a text that `JSON.parse` might still accept; its syntax is left to `JSON.parse`. */
function faultOf(text: string): string | undefined {
  /** The names seen of each open object; null for an open array. */
  const open: (Set<string> | null)[] = [];
  let isNameNext = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
        open.push(new Set());
        isNameNext = true;
        break;
      case '[':
        open.push(null);
        isNameNext = false;
        break;
      case '}':
      case ']':
        open.pop();
        isNameNext = false;
        break;
      case ',':
        isNameNext = open.at(-1) instanceof Set;
        break;
      case '"': {
        const end = endOfText(text, at);
        const names = open.at(-1);
        if (isNameNext && names) {
          const name = unescaped(text.slice(at, end + 1));
          if (names.has(name)) return `the name ${JSON.stringify(name.slice(0, 60))} appears twice in one object`;
          names.add(name);
          isNameNext = false;
        }
        at = end;
        break;
      }
    }
    if (open.length > DEPTH_MAX) return `it nests deeper than ${DEPTH_MAX} levels`;
  }
  return undefined;
}

/** Where the closing quote of the text that opens at `at` stands; the end of everything when there is none. */
function endOfText(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** `"\u0061"` and `"a"` are one name. */
function unescaped(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
