/** No answer of the partner nests deeper than a handful of levels. */
const DEPTH_MAX = 32;

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

export type StrictJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

/**
 * JSON as one reader and every other reader would understand it: no name twice in an object (`JSON.parse` silently takes
 * the last, so two programs could read two amounts out of one answer) and no depth that is only there to exhaust us.
 */
export function parseStrictJson(text: string): StrictJson {
  let value: unknown;
  let written: string | undefined;
  try {
    value = JSON.parse(text);
    written = JSON.stringify(value);
  } catch {
    // Not JSON, or nested so deep that printing it exhausts the stack; the count tells which.
    written = undefined;
  }
  // Printed again as it came: then each name stood there once, since a value holds none twice. Most answers are compact.
  if (written === text) return isShallow(value, DEPTH_MAX) ? { ok: true, value } : tooDeep;
  const membersWritten = countMembers(text);
  if (membersWritten === undefined) return tooDeep;
  if (written === undefined) return { ok: false, why: 'it is not JSON' };
  // Each member is written with one colon outside a text; a name that came twice was kept once.
  if (membersKept(value) !== membersWritten) return { ok: false, why: 'a name appears twice in one object' };
  return { ok: true, value };
}

const tooDeep = { ok: false, why: `it nests deeper than ${DEPTH_MAX} levels` } as const;

/** Whether a value nests at most so many levels. */
function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  for (const part of Object.values(value) as unknown[]) {
    if (typeof part === 'object' && !isShallow(part, levels - 1)) return false;
  }
  return true;
}

/** Colons outside texts; undefined for a text nested too deep. Its syntax is left to `JSON.parse`. */
function countMembers(text: string): number | undefined {
  let members = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfText(text, at);
        break;
      case COLON:
        members += 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        if (depth > DEPTH_MAX) return undefined;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
    }
  }
  return members;
}

/** Where the closing quote of the text that opens at `at` stands; the end of everything when there is none. */
function endOfText(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}

/** Members of all objects of a value, whose depth is bounded by then. */
function membersKept(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const parts: unknown[] = Object.values(value);
  let members = Array.isArray(value) ? 0 : parts.length;
  for (const part of parts) members += membersKept(part);
  return members;
}
