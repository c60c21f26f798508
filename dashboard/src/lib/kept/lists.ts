// SPDX-License-Identifier: AGPL-3.0-or-later
/* Items put into, taken out of and moved within a list of a text in YAML; every other byte stays. In a
 * list with an item a line, an item takes the comments directly above it, and those below it that stand
 * further in, with it. What is written in a way that is not known here is refused (null), never damaged:
 * what comes out is read again, and is what was meant or nothing. */
import { isAlias, isMap, isScalar, isSeq, visit, type CST, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { breakOf, commentIndentAt, endOf, lastEnd, lineEnd, lineStart, nextLine, nodeAt, put, range, rootOf, type Path } from './yaml';

/* Whole lines. */
interface Span {
  from: number;
  to: number;
}
interface Rows {
  spans: Span[];
  indent: string;
}

/* Names for other places (anchors), types, and blocks that keep their empty lines are left to the text. */
export function isKnown(root: Node): boolean {
  let known = true;
  visit(root, {
    Node(_, node) {
      const kept = isScalar(node) && node.type?.startsWith('BLOCK') && (node.srcToken as CST.BlockScalar).props.some((p) => p.type === 'block-scalar-header' && p.source.includes('+'));
      if (!isAlias(node) && !node.anchor && !node.tag && !kept) return undefined;
      known = false;
      return visit.BREAK;
    },
  });
  return known;
}

function rowsOf(text: string, seq: YAMLSeq): Rows | null {
  const dashes = (seq.srcToken as CST.BlockSequence).items.flatMap((i) => i.start.filter((s) => s.type === 'seq-item-ind').map((s) => s.offset));
  if (dashes.length !== seq.items.length) return null;
  const indent = text.slice(lineStart(text, dashes[0]!), dashes[0]);
  const spans: Span[] = [];
  for (const [i, dash] of dashes.entries()) {
    let from = lineStart(text, dash);
    if (text.slice(from, dash) !== indent || indent.trim()) return null;
    const least = spans.at(-1)?.to ?? 0;
    while (from > least && commentIndentAt(text, lineStart(text, from - 1)) >= 0) from = lineStart(text, from - 1);
    let to = nextLine(text, Math.max(dash + 1, lastEnd(text, seq.items[i])));
    while (to < text.length && commentIndentAt(text, to) > indent.length) to = nextLine(text, to);
    spans.push({ from, to });
  }
  return { spans, indent };
}

/* ---- lists on one line ---------------------------------------------------------------------- */

const within = (text: string, seq: YAMLSeq): boolean => !text.slice(...range(seq)).includes('\n');
const itemAt = (text: string, seq: YAMLSeq, i: number): [number, number] => [range(seq.items[i])[0], endOf(text, seq.items[i])];

function putFlow(text: string, seq: YAMLSeq, at: number, item: string): string {
  if (!seq.items.length) return put(text, range(seq)[0] + 1, range(seq)[1] - 1, item);
  if (at < seq.items.length) return put(text, itemAt(text, seq, at)[0], itemAt(text, seq, at)[0], `${item}, `);
  const end = itemAt(text, seq, seq.items.length - 1)[1];
  return put(text, end, end, `, ${item}`);
}
function cutFlow(text: string, seq: YAMLSeq, at: number): string {
  const [from, to] = itemAt(text, seq, at);
  if (at) return put(text, itemAt(text, seq, at - 1)[1], to, '');
  return put(text, from, seq.items.length > 1 ? itemAt(text, seq, 1)[0] : to, '');
}

/* ---- lists with an item a line -------------------------------------------------------------- */

/* The first one of a list that is empty: on a line of its own, unless the list stands within braces. */
function begin(text: string, map: YAMLMap, key: string, item: string): string | null {
  const pair = map.items.find((p) => isScalar(p.key) && p.key.value === key) as Pair<Node, Node | null> | undefined;
  if (!pair || map.flow) return null;
  const start = range(pair.key)[0];
  const colon = text.indexOf(':', range(pair.key)[1]) + 1;
  const end = isSeq(pair.value) ? range(pair.value)[1] : colon;
  if (text.slice(colon, end).includes('\n')) return null;
  const bare = put(text, colon, end, '');
  const at = lineEnd(bare, colon);
  return put(bare, at, at, `${breakOf(text)}${' '.repeat(start - lineStart(text, start) + 2)}- ${item}`);
}

/* An empty list stays when its last one goes. */
function empty(text: string, path: Path, span: Span): string | null {
  const map = nodeAt(text, path.slice(0, -1));
  const pair = isMap(map) && (map.items.find((p) => isScalar(p.key) && p.key.value === path.at(-1)) as Pair<Node, Node> | undefined);
  if (!pair) return null;
  const colon = text.indexOf(':', range(pair.key)[1]) + 1;
  return put(put(text, span.from, span.to, ''), colon, colon, ' []');
}

/* ---- changes -------------------------------------------------------------------------------- */

type Tree = Record<string | number, unknown>;
function listIn(tree: unknown, path: Path): unknown[] {
  const above = path.slice(0, -1).reduce<unknown>((t, k) => (t as Tree)[k], tree) as Tree;
  return (above[path.at(-1)!] ??= []) as unknown[];
}

/* `make` of the list at the path; what comes out is read again and compared with what `mean` makes of it. */
function changed(text: string, path: Path, make: (whole: string, list: unknown) => string | null, mean: (list: unknown[]) => void): string | null {
  const ended = text.endsWith('\n');
  const whole = ended ? text : text + breakOf(text);
  const root = rootOf(whole);
  const list = nodeAt(whole, path);
  if (!root || !isKnown(root) || (list !== undefined && !isSeq(list) && !(isScalar(list) && list.value === null))) return null;
  const made = make(whole, list);
  const read = made === null ? null : rootOf(made);
  if (made === null || !read) return null;
  const want: unknown = root.toJSON();
  mean(listIn(want, path));
  if (JSON.stringify(read.toJSON()) !== JSON.stringify(want)) return null;
  return ended ? made : made.slice(0, -breakOf(text).length);
}

/* Whether items of the list at the path can be put in, taken out and moved. */
export function canChangeList(text: string, path: Path): boolean {
  const root = rootOf(text);
  const list = nodeAt(text, path);
  if (!root || !isKnown(root)) return false;
  if (!isSeq(list)) return isScalar(list) && list.value === null;
  return list.flow ? within(text, list) : rowsOf(text, list) !== null;
}

/* `item` is YAML on one line; it gets the place `at`. */
export function insertItem(text: string, path: Path, at: number, item: string): string | null {
  const value: unknown = rootOf(`item: ${item}\n`)?.toJSON()?.item;
  return changed(
    text,
    path,
    (whole, list) => {
      const map = nodeAt(whole, path.slice(0, -1));
      const filled = isSeq(list) && list.items.length > 0;
      if (!filled && isMap(map) && !map.flow) return begin(whole, map, String(path.at(-1)), item);
      if (!isSeq(list)) return null;
      if (list.flow) return within(whole, list) ? putFlow(whole, list, at, item) : null;
      const rows = rowsOf(whole, list);
      if (!rows) return null;
      const to = at < rows.spans.length ? rows.spans[at]!.from : rows.spans.at(-1)!.to;
      return put(whole, to, to, `${rows.indent}- ${item}${breakOf(whole)}`);
    },
    (all) => all.splice(at, 0, value),
  );
}

export function removeItem(text: string, path: Path, at: number): string | null {
  return changed(
    text,
    path,
    (whole, list) => {
      if (!isSeq(list) || at >= list.items.length) return null;
      if (list.flow) return within(whole, list) ? cutFlow(whole, list, at) : null;
      const rows = rowsOf(whole, list);
      if (!rows) return null;
      const span = rows.spans[at]!;
      return rows.spans.length > 1 ? put(whole, span.from, span.to, '') : empty(whole, path, span);
    },
    (all) => all.splice(at, 1),
  );
}

/* `to` is its place afterwards. */
export function moveItem(text: string, path: Path, from: number, to: number): string | null {
  return changed(
    text,
    path,
    (whole, list) => {
      if (!isSeq(list) || from >= list.items.length || to >= list.items.length) return null;
      if (from === to) return whole;
      if (list.flow) {
        if (!within(whole, list)) return null;
        const item = whole.slice(...itemAt(whole, list, from));
        const without = cutFlow(whole, list, from);
        const left = nodeAt(without, path);
        return isSeq(left) ? putFlow(without, left, to, item) : null;
      }
      const rows = rowsOf(whole, list);
      if (!rows) return null;
      const { from: first, to: last } = rows.spans[from]!;
      const at = to < from ? rows.spans[to]!.from : rows.spans[to]!.to;
      const lines = whole.slice(first, last);
      return at < first ? put(put(whole, first, last, ''), at, at, lines) : put(put(whole, at, at, lines), first, last, '');
    },
    (all) => all.splice(to, 0, ...all.splice(from, 1)),
  );
}
