/**
 * Places in a configuration document. The server names an entry of a list by its own name (`invoiceTypes.252.name`);
 * a form names it by its position (`invoiceTypes.~0.name`), so that the name itself can be typed and may stand twice.
 */

type Node = Readonly<Record<string, unknown>> | readonly unknown[];

/** Lists whose entries the server names by a field of theirs. */
const NAMED: Readonly<Record<string, string>> = { invoiceTypes: 'id', 'ftp.users': 'username' };

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const childOf = (value: unknown, part: string): unknown =>
  isNode(value) ? (value as Record<string, unknown>)[part.replace(/^~/, '')] : undefined;
const nameOf = (entry: unknown, key: string): string => String(isNode(entry) ? childOf(entry, key) : '');

/** The value at a place of a form. */
export function valueAt(document: unknown, at: string): unknown {
  return at.split('.').reduce<unknown>((value, part) => childOf(value, part), document);
}

/** A copy of the document with another value at a place of a form; everything else is the same object as before. */
export function withValueAt<Document>(document: Document, at: string, value: unknown): Document {
  return put(document, at.split('.'), value) as Document;
}

function put(node: unknown, parts: readonly string[], value: unknown): unknown {
  const [head, ...rest] = parts;
  if (head === undefined) return value;
  const key = head.replace(/^~/, '');
  if (Array.isArray(node)) return node.map((entry, n) => (String(n) === key ? put(entry, rest, value) : entry));
  return { ...(isNode(node) ? node : {}), [key]: put(childOf(node, key), rest, value) };
}

/** The places in a form that a place of the server's means; more than one where a name stands twice. */
export function toPositions(document: unknown, path: string): readonly string[] {
  const list = Object.keys(NAMED).find((each) => path.startsWith(`${each}.`));
  const entries = list === undefined ? undefined : valueAt(document, list);
  const key = NAMED[list ?? ''];
  if (list === undefined || key === undefined || !Array.isArray(entries) || path.startsWith(`${list}.~`)) return [path];
  const rest = path.slice(list.length + 1);
  const names = entries.map((entry) => nameOf(entry, key));
  const name = leading(names, rest);
  if (name === undefined) return [list];
  return names.flatMap((each, n) => (each === name ? [`${list}.~${n}${rest.slice(name.length)}`] : []));
}

/** The longest of the names that a path begins with: a user's name may hold a dot. */
function leading(names: readonly string[], rest: string): string | undefined {
  return names
    .filter((name) => name !== '' && (rest === name || rest.startsWith(`${name}.`)))
    .toSorted((a, b) => b.length - a.length)[0];
}

/**
 * The target with the value that the source has at a path of the server's: an entry, a field or an order that the source
 * does not have is taken out. Neither document is changed.
 */
export function takePath<Document>(target: Document, source: Document, path: string): Document {
  return take(target, source, path, '') as Document;
}

function take(target: unknown, source: unknown, rest: string, above: string): unknown {
  if (rest === '') return source;
  const key = NAMED[above];
  if (key !== undefined && Array.isArray(target) && Array.isArray(source))
    return takeEntry(target, source, { rest, above, key });
  const dot = rest.indexOf('.');
  const head = dot < 0 ? rest : rest.slice(0, dot);
  if (!isNode(source) || !Object.hasOwn(source, head)) {
    const { [head]: _gone, ...others } = (isNode(target) ? target : {}) as Record<string, unknown>;
    return others;
  }
  const from = childOf(source, head);
  const mine = childOf(target, head);
  const below = above === '' ? head : `${above}.${head}`;
  return {
    ...(isNode(target) ? target : {}),
    [head]: isNode(mine) ? take(mine, from, dot < 0 ? '' : rest.slice(dot + 1), below) : from,
  };
}

function takeEntry(
  target: readonly unknown[],
  source: readonly unknown[],
  at: { rest: string; above: string; key: string },
): readonly unknown[] {
  const names = (list: readonly unknown[]) => list.map((entry) => nameOf(entry, at.key));
  if (at.rest === 'order') {
    const order = names(source);
    const rank = (entry: unknown) => (order.indexOf(nameOf(entry, at.key)) + order.length + 1) % (order.length + 1);
    return target.toSorted((a, b) => rank(a) - rank(b));
  }
  const name = leading([...names(source), ...names(target)], at.rest);
  const from = source.find((entry) => nameOf(entry, at.key) === name);
  if (from === undefined) return target.filter((entry) => nameOf(entry, at.key) !== name);
  if (!names(target).includes(name ?? '')) return [...target, from];
  const below = at.rest.slice((name ?? '').length + 1);
  return target.map((entry) => (nameOf(entry, at.key) === name ? take(entry, from, below, `${at.above}.*`) : entry));
}
