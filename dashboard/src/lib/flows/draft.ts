// SPDX-License-Identifier: AGPL-3.0-or-later
/* A flow's text as the picture shows it, also while it is not right yet (docs/flows.md). What is wrong
 * with it the server tells. */
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { range, rootOf } from '../kept/yaml';

export const kinds = ['wait', 'until', 'wait_for', 'if', 'split', 'send', 'ask', 'webhook'] as const;
export type Kind = (typeof kinds)[number];
export const end = 'end';

/* `said`: the text names where it leads to, instead of leaving it to the step below. */
export interface Way {
  key: 'next' | 'then' | 'else' | number; /* a number: of a split */
  to: string;
  said: boolean;
  share: number; /* in percent */
}
export interface Step {
  name: string;
  kind: Kind | null; /* null: none of them, or several */
  first: number; /* lines of the text */
  last: number;
  values: Record<string, string>;
  lists: Record<string, string[]>;
  ways: Way[];
}
export interface Draft {
  values: Record<string, string>;
  lists: Record<string, string[]>;
  start: Record<string, string>;
  startKind: string; /* "" when there is none */
  steps: Step[];
}

export const startKinds = ['event', 'enters', 'leaves', 'every_year', 'date'];
const waysOfKind: Record<Kind, ('next' | 'then' | 'else')[]> = {
  wait: ['next'], until: ['next'], send: ['next'], ask: ['next'], webhook: ['next'], wait_for: ['then', 'else'], if: ['then', 'else'], split: [],
};
const written = (node: unknown): string => (isScalar(node) ? (node.value === null ? '' : (node.source ?? String(node.value))) : '');

function pairsOf(map: unknown): { values: Record<string, string>; lists: Record<string, string[]> } {
  const values: Record<string, string> = {};
  const lists: Record<string, string[]> = {};
  for (const pair of isMap(map) ? map.items : []) {
    const key = String(pair.key);
    if (isSeq(pair.value)) lists[key] = pair.value.items.map((v) => (key === 'on' ? written(v).toLowerCase() : written(v)));
    else values[key] = written(pair.value);
  }
  return { values, lists };
}

function waysOf(map: YAMLMap, kind: Kind | null, values: Record<string, string>, below: string): Way[] {
  const way = (key: Way['key'], named: string | undefined, share = 0): Way => ({ key, to: named || below, said: !!named, share });
  const lots = map.get('split');
  if (kind === 'split')
    return (isSeq(lots) ? lots.items : []).map((lot, i) => {
      const own = pairsOf(lot).values;
      return way(i, own.then, Number(own.share) || 0);
    });
  return kind ? waysOfKind[kind].map((key) => way(key, values[key])) : [];
}

/* null: it can not be read at all. */
export function draftOf(text: string): Draft | null {
  const root = rootOf(text);
  if (!root) return null;
  const lineOf = (at: number): number => text.slice(0, at).split('\n').length;
  const list = root.get('steps');
  const maps = isSeq(list) ? list.items : [];
  const nameOf = (i: number): string => (isMap(maps[i]) ? written(maps[i].get('name', true)) : '');
  const steps = maps.map((item, i): Step => {
    const { values, lists } = pairsOf(item);
    const own = kinds.filter((k) => k in values || k in lists);
    const kind = own.length === 1 ? own[0]! : null;
    const [from, to] = item ? range(item as Node) : [0, 0];
    const last = from + text.slice(from, to).trimEnd().length;
    return { name: nameOf(i), kind, first: lineOf(from), last: lineOf(last), values, lists, ways: isMap(item) ? waysOf(item, kind, values, i + 1 < maps.length ? nameOf(i + 1) : end) : [] };
  });
  const start = pairsOf(root.get('start')).values;
  return { ...pairsOf(root), start, startKind: startKinds.find((k) => k in start) ?? '', steps };
}

const units: Record<string, number> = { m: 60, min: 60, minute: 60, h: 3600, hour: 3600, d: 86400, day: 86400, w: 604800, week: 604800 };

/* "90 minutes", "3d"; null: no length of time. */
export function secondsOf(text: string): number | null {
  const [, n, unit = ''] = /^\s*(\d{1,6})\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const word = unit.toLowerCase();
  const size = units[word] ?? (word.length > 2 ? units[word.replace(/s$/, '')] : undefined);
  return n && size && Number(n) > 0 ? Number(n) * size : null;
}

/* "09:30" */
export function minuteOf(text: string): number | null {
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  return hour && Number(hour) < 24 && Number(minute) < 60 ? Number(hour) * 60 + Number(minute) : null;
}
