// SPDX-License-Identifier: AGPL-3.0-or-later
/* A segment as the builder holds it, out of the server's tree and back (docs/segments.md). */

export type Kind = 'number' | 'quantity' | 'money' | 'day' | 'time' | 'text' | 'choice' | 'list';
export interface Word {
  name: string;
  type: Kind;
  summary: string;
  total?: boolean;
  later?: boolean;
  choices?: string[];
}
export interface Action {
  name: string;
  summary: string;
  fields: Word[];
}
export interface Words {
  attributes: Word[];
  functions: Action[];
}

export interface Test {
  word: string;
  op: string;
  values: string[];
}
export interface Rows {
  action: string;
  where: Test[];
  within?: string;
  absent?: boolean;
}
/* `not` turns any of them round. */
export type Node = { id: number; not: boolean } & (
  | { kind: 'group'; join: 'all' | 'any'; nodes: Node[] }
  | { kind: 'test'; test: Test }
  | { kind: 'rows'; rows: Rows }
  | { kind: 'sequence'; steps: Rows[] }
  | { kind: 'segment'; name: string }
);
export type Group = Extract<Node, { kind: 'group' }>;

type Json = Record<string, unknown>;
let last = 0;
const fresh = (): number => ++last;

const texts = (x: unknown): string[] => (Array.isArray(x) ? x.map(String) : []);
const list = (x: unknown): Json[] => (Array.isArray(x) ? (x as Json[]) : []);
const testOf = (j: Json, key: string): Test => ({ word: String(j[key]), op: String(j.op), values: texts(j.values) });

function rowsOf(j: Json): Rows {
  return {
    action: String(j.rows),
    where: list(j.where).map((w) => testOf(w, 'field')),
    ...(j.within ? { within: String(j.within) } : {}),
    ...(j.absent ? { absent: true } : {}),
  };
}

export function fromTree(j: Json): Node {
  if (j.not) {
    const inner = fromTree(j.not as Json);
    return inner.not ? { id: fresh(), not: true, kind: 'group', join: 'all', nodes: [inner] } : { ...inner, not: true };
  }
  const base = { id: fresh(), not: false };
  if (j.all) return { ...base, kind: 'group', join: 'all', nodes: list(j.all).map(fromTree) };
  if (j.any) return { ...base, kind: 'group', join: 'any', nodes: list(j.any).map(fromTree) };
  if (j.rows) return { ...base, kind: 'rows', rows: rowsOf(j) };
  if (j.sequence) return { ...base, kind: 'sequence', steps: list(j.sequence).map(rowsOf) };
  if (j.segment) return { ...base, kind: 'segment', name: String(j.segment) };
  return { ...base, kind: 'test', test: testOf(j, 'attribute') };
}

/* The outermost is always a group, so that there is a place to add to. */
export function rootOf(j: Json): Group {
  const node = fromTree(j);
  return node.kind === 'group' ? node : { id: fresh(), not: false, kind: 'group', join: 'all', nodes: [node] };
}

const testTo = (key: string, t: Test): Json => ({ [key]: t.word, op: t.op, ...(t.values.length ? { values: t.values } : {}) });
const rowsTo = (r: Rows): Json => ({
  rows: r.action,
  where: r.where.map((w) => testTo('field', w)),
  ...(r.within ? { within: r.within } : {}),
  ...(r.absent ? { absent: true } : {}),
});

export function toTree(n: Node): Json {
  const inner: Json =
    n.kind === 'group'
      ? n.nodes.length === 1
        ? toTree(n.nodes[0]!)
        : { [n.join]: n.nodes.map(toTree) }
      : n.kind === 'test'
        ? testTo('attribute', n.test)
        : n.kind === 'rows'
          ? rowsTo(n.rows)
          : n.kind === 'sequence'
            ? { sequence: n.steps.map(rowsTo) }
            : { segment: n.name };
  return n.not ? { not: inner } : inner;
}

/* ---- operators and values ---- */

const ordered = ['=', '!=', '>=', '<=', '>', '<', 'BETWEEN', 'IN', 'NOT IN', 'IS NULL', 'IS NOT NULL'];
const operators: Record<Kind, string[]> = {
  number: ordered, quantity: ordered, money: ordered,
  day: ['>=', '<=', '=', '>', '<', 'BETWEEN', 'IS NULL', 'IS NOT NULL'],
  time: ['>=', '<=', 'BETWEEN'],
  text: ['=', '!=', 'CONTAINS', 'NOT CONTAINS', 'IN', 'NOT IN', 'IS NULL', 'IS NOT NULL'],
  choice: ['=', '!=', 'IN', 'NOT IN', 'IS NULL', 'IS NOT NULL'],
  list: ['CONTAINS', 'NOT CONTAINS', 'IS NULL', 'IS NOT NULL'],
};

/* One that the text has and that is not usual here stays to be chosen. */
export function operatorsOf(word: Word | undefined, now: string): string[] {
  const all = operators[word?.type ?? 'text'].filter((op) => !word?.total || !op.includes('NULL'));
  return all.includes(now) ? all : [...all, now];
}

export function valuesNeeded(op: string): 'none' | 'one' | 'two' | 'many' {
  return op.includes('NULL') ? 'none' : op === 'BETWEEN' ? 'two' : op.includes('IN') && !op.includes('CONTAIN') ? 'many' : 'one';
}

const firsts: Record<Kind, string> = { number: '1', quantity: '1', money: '10', day: '-30d', time: '-4h', text: '', choice: '', list: '' };

function firstOf(word: Word | undefined): string {
  return word?.type === 'choice' ? (word.choices?.[0] ?? '') : firsts[word?.type ?? 'text'];
}

/* As many values as the operator takes, those before among them. */
export function fit(test: Test, word: Word | undefined): void {
  const need = valuesNeeded(test.op);
  if (need === 'none') test.values = [];
  else if (need === 'two') test.values = [test.values[0] ?? firstOf(word), test.values[1] ?? (word?.type === 'day' ? 'today' : firstOf(word))];
  else if (need === 'one') test.values = [test.values[0] ?? firstOf(word)];
  else if (!test.values.length) test.values = [firstOf(word)];
}

export function newTest(word: Word | undefined): Test {
  const type = word?.type ?? 'text';
  const op = type === 'list' ? 'CONTAINS' : ['number', 'quantity', 'money', 'day', 'time'].includes(type) ? '>=' : '=';
  return { word: word?.name ?? '', op, values: [firstOf(word)] };
}

export const newRows = (action: Action | undefined): Rows => ({
  action: action?.name ?? '',
  where: action?.fields.some((f) => f.name === 'date') ? [{ word: 'date', op: '>=', values: ['-30d'] }] : [],
});
export const newNode = (words: Words): Node => ({
  id: fresh(), not: false, kind: 'test', test: newTest(words.attributes.find((w) => w.name === 'number_of_orders') ?? words.attributes[0]),
});
export const newGroup = (words: Words): Node => ({ id: fresh(), not: false, kind: 'group', join: 'any', nodes: [newNode(words), newNode(words)] });
export const newSequence = (words: Words): Node => {
  const events = words.functions.find((f) => f.name === 'events');
  const step = (name: string): Rows => ({ action: 'events', where: events ? [{ word: 'name', op: '=', values: [name] }] : [] });
  return { id: fresh(), not: false, kind: 'sequence', steps: [step('checkout_start'), { action: 'orders_placed', where: [], within: '4h', absent: true }] };
};

/* What a row is about was chosen: "a.NAME", "f.NAME" or "s.NAME". */
export function turnInto(node: Node, choice: string, words: Words): Node {
  const name = choice.slice(2);
  const base = { id: node.id, not: node.not };
  if (choice[0] === 's') return { ...base, kind: 'segment', name };
  if (choice[0] === 'f') return { ...base, kind: 'rows', rows: newRows(words.functions.find((f) => f.name === name)) };
  return { ...base, kind: 'test', test: newTest(words.attributes.find((w) => w.name === name)) };
}
