// SPDX-License-Identifier: AGPL-3.0-or-later
/* Changes to a text in YAML that leave every other byte of it as it was written: comments, blank
 * lines and quotes stay. The text is read anew for each change. */
import { isMap, isScalar, isSeq, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';

export type Path = (string | number)[];

/* Text as a value on one line. */
export function quoted(text: string): string {
  const plain = /^[\p{L}_](?:[\p{L}\p{M}\p{N}_ ./'-]*[\p{L}\p{M}\p{N}_./'-])?$/u.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

export function rootOf(text: string): YAMLMap | null {
  const document = parseDocument(text, { keepSourceTokens: true });
  return !document.errors.length && isMap(document.contents) ? document.contents : null;
}

function stepInto(node: unknown, key: string | number): unknown {
  if (isMap(node)) return node.get(key, true);
  return isSeq(node) && typeof key === 'number' ? node.items[key] : undefined;
}
export const nodeAt = (text: string, path: Path): unknown => path.reduce<unknown>(stepInto, rootOf(text));

export const range = (node: unknown): [number, number] => {
  const [from, to] = (node as Node).range!;
  return [from, to];
};
const startOf = (pair: Pair): number => range(pair.key)[0];
export const put = (text: string, from: number, to: number, what: string): string => text.slice(0, from) + what + text.slice(to);
const indentAt = (text: string, at: number): string => {
  const from = text.lastIndexOf('\n', at - 1) + 1;
  return ' '.repeat(at - from);
};
export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
const lineAt = (text: string, from: number): string => text.slice(from, lineEnd(text, from));
export const nextLine = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
};
/* How far in the comment stands of the line that begins there; -1: it is none. */
export const commentIndentAt = (text: string, from: number): number => /^( *)#/.exec(lineAt(text, from))?.[1]!.length ?? -1;
/* Where a value ends, without the line's end that belongs to a block. */
export function endOf(text: string, node: unknown): number {
  const [from, to] = range(node);
  return to - (/\s*$/.exec(text.slice(from, to))?.[0].length ?? 0);
}
/* Behind what stands on the line of `at`: a comment stays with its own. */
export const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end - (text[end - 1] === '\r' ? 1 : 0);
};
/* How the text ends its lines. */
export const breakOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/* Where the last thing of a block is written. */
export function lastEnd(text: string, node: unknown): number {
  if (isMap(node) && !node.flow && node.items.length) {
    const pair = node.items.at(-1)! as Pair<Node, Node | null>;
    return pair.value && range(pair.value)[0] < range(pair.value)[1] ? lastEnd(text, pair.value) : range(pair.key)[1];
  }
  if (isSeq(node) && !node.flow && node.items.length) return lastEnd(text, node.items.at(-1));
  return endOf(text, node);
}

function addTo(text: string, map: YAMLMap, key: string, value: string): string {
  const last = map.items.at(-1);
  if (!map.flow && last) {
    const at = lineEnd(text, last.value ? endOf(text, last.value) : range(last.key)[1]);
    return put(text, at, at, `${breakOf(text)}${indentAt(text, startOf(map.items[0]!))}${key}: ${value}`);
  }
  const at = last ? endOf(text, last.value ?? last.key) : range(map)[0] + 1;
  return put(text, at, at, `${last ? ', ' : ''}${key}: ${value}`);
}

/* `value` is YAML on one line; the map at all but the last name of the path must be there. */
export function setAt(text: string, path: Path, value: string): string {
  const map = nodeAt(text, path.slice(0, -1));
  const key = String(path.at(-1));
  if (!isMap(map)) return text;
  const pair = map.items.find((p) => isScalar(p.key) && p.key.value === key);
  if (!pair) return addTo(text, map, key, value);
  if (!pair.value || range(pair.value)[0] === range(pair.value)[1]) {
    const end = range(pair.key)[1];
    const colon = /^\s*:/.exec(text.slice(end))?.[0].length;
    return put(text, end + (colon ?? 0), end + (colon ?? 0), `${colon ? '' : ':'} ${value}`);
  }
  return put(text, range(pair.value)[0], endOf(text, pair.value), value);
}

/* Out of a map with a name a line. Its own comments go with it: those directly above it, as far in, and
 * those below it that stand further in. All others are somebody else's. */
function removeLines(text: string, map: YAMLMap, i: number): string {
  const pair = map.items[i]! as Pair<Node, Node | null>;
  const start = startOf(pair);
  let from = lineStart(text, start);
  const indent = start - from;
  const last = pair.value && range(pair.value)[0] < range(pair.value)[1] ? lastEnd(text, pair.value) : range(pair.key)[1];
  let to = nextLine(text, last);
  while (to < text.length && commentIndentAt(text, to) > indent) to = nextLine(text, to);
  if (text.slice(from, start).trim()) { /* a list's "- " stands before it, and does before what is next */
    const next = startOf(map.items[1]!);
    return lineStart(text, next) === to ? put(text, start, next, '') : put(text, start - (/ *$/.exec(text.slice(from, start))?.[0].length ?? 0), lineEnd(text, last), '');
  }
  const least = i ? nextLine(text, startOf(map.items[i - 1]!)) : 0;
  while (from > least && commentIndentAt(text, lineStart(text, from - 1)) === indent) from = lineStart(text, from - 1);
  return to === text.length && !text.endsWith('\n') ? text.slice(0, Math.max(0, from - breakOf(text).length)) : put(text, from, to, '');
}

/* Takes a name with its value away; the last one of a map stays. */
export function removeAt(text: string, path: Path): string {
  const map = nodeAt(text, path.slice(0, -1));
  if (!isMap(map) || map.items.length < 2) return text;
  const i = map.items.findIndex((p) => isScalar(p.key) && p.key.value === path.at(-1));
  const pair = map.items[i];
  if (!pair) return text;
  if (!map.flow) return removeLines(text, map, i);
  const end = pair.value ? endOf(text, pair.value) : range(pair.key)[1];
  return i ? put(text, endOf(text, map.items[i - 1]!.value ?? map.items[i - 1]!.key), end, '') : put(text, startOf(pair), startOf(map.items[1]!), '');
}
