// SPDX-License-Identifier: AGPL-3.0-or-later
/* Steps put into a flow's text, taken out, moved, and led elsewhere. A way leads to the step that it
 * names, or to the one below; so a change of the order changes where others lead. Each change here
 * says first where every way is to lead afterwards, and then names what the order does not say. What
 * led there already stays as it is written. null: it can not be done in the picture. */
import { canChangeList, insertItem, moveItem, removeItem } from '../kept/lists';
import { quoted, removeAt, setAt } from '../kept/yaml';
import { draftOf, end, type Draft, type Kind, type Step, type Way } from './draft';

/* A place for a step: on these ways, all of which lead to `to`. `start`: also where the flow begins. */
export interface Place {
  ways: { step: string; key: Way['key'] }[];
  start: boolean;
  to: string;
}
export const isSame = (a: Place, b: Place): boolean => JSON.stringify(a) === JSON.stringify(b);

type Wanted = Map<string, string[]>; /* of each step, in the order of its ways */
const list = ['steps'];

/* The steps, when each has a name of its own. */
function stepsOf(text: string): Step[] | null {
  const steps = draftOf(text)?.steps;
  if (!steps?.every((s) => s.name && s.name !== end && s.kind)) return null;
  return new Set(steps.map((s) => s.name)).size === steps.length ? steps : null;
}
/* Whether the picture may change it: its steps are known by their names, and written in a known way. */
export const canChange = (text: string): boolean => stepsOf(text) !== null && canChangeList(text, list);
const wantedOf = (steps: Step[]): Wanted => new Map(steps.map((s) => [s.name, s.ways.map((w) => w.to)]));

const pathOf = (i: number, way: Way): (string | number)[] => (typeof way.key === 'number' ? ['steps', i, 'split', way.key, 'then'] : ['steps', i, way.key]);

/* Names what the order does not say, and no more. */
function settle(text: string | null, wanted: Wanted): string | null {
  if (text === null) return null;
  let now = text;
  const steps = stepsOf(now);
  if (!steps) return null;
  for (const [i, step] of steps.entries())
    for (const [k, way] of step.ways.entries()) {
      const to = wanted.get(step.name)?.[k] ?? way.to;
      if (way.to === to) continue;
      const below = steps[i + 1]?.name ?? end;
      now = to === below && typeof way.key !== 'number' ? removeAt(now, pathOf(i, way)) : setAt(now, pathOf(i, way), quoted(to));
    }
  const after = stepsOf(now);
  const right = after?.every((s) => s.ways.every((w, k) => w.to === (wanted.get(s.name)?.[k] ?? w.to)));
  return right ? now : null;
}

/* How many ways would have to be named anew in that order. */
function costOf(order: Step[], wanted: Wanted): number {
  return order.reduce((sum, step, i) => {
    const below = order[i + 1]?.name ?? end;
    return sum + step.ways.filter((w, k) => (w.said ? w.to : below) !== (wanted.get(step.name)?.[k] ?? w.to)).length;
  }, 0);
}

/* Where among the others a step takes the fewest words: below one that leads to it, or above the next. */
function bestPlace(others: Step[], step: Step, place: Place, wanted: Wanted): number {
  if (place.start) return 0;
  const at = (name: string): number => others.findIndex((s) => s.name === name);
  const sources = place.ways.map((w) => at(w.step) + 1);
  const target = place.to === end ? others.length : at(place.to);
  const last = Math.max(...sources);
  const choices = [...sources, target].filter((c) => c >= last);
  const cost = (c: number): number => costOf([...others.slice(0, c), step, ...others.slice(c)], wanted);
  return choices.reduce((best, c) => (cost(c) < cost(best) ? c : best), choices[0] ?? last);
}

/* ---- places --------------------------------------------------------------------------------- */

export function placeOn(step: Step, ways: Way[]): Place {
  return { ways: ways.map((w) => ({ step: step.name, key: w.key })), start: false, to: ways[0]!.to };
}
/* Before a step, for everybody who comes to it. */
export function placeBefore(steps: Step[], name: string): Place {
  return { ways: steps.flatMap((s) => s.ways.filter((w) => w.to === name).map((w) => ({ step: s.name, key: w.key }))), start: (steps[0]?.name ?? end) === name, to: name };
}

/* Those by which a step goes on: what only leaves does not count, unless all do. */
export function mainWays(step: Step): Way[] {
  const on = step.ways.filter((w) => w.to !== end);
  if (on.length) return on;
  const silent = step.ways.filter((w) => !w.said);
  return silent.length ? silent : step.ways.slice(-1);
}
/* Where a step goes on; null: in several places. */
export function goesOn(step: Step): string | null {
  const places = new Set(mainWays(step).map((w) => w.to));
  return places.size === 1 ? [...places][0]! : null;
}

function reached(steps: Step[], from: string): Set<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const step = steps.find((s) => s.name === name);
    if (!step || seen.has(name)) continue;
    seen.add(name);
    open.push(...step.ways.map((w) => w.to));
  }
  return seen;
}
/* Where a way of the step may lead to without a circle. */
export function mayLeadTo(steps: Step[], name: string): string[] {
  return [...steps.map((s) => s.name).filter((n) => !reached(steps, n).has(name)), end];
}

/* ---- changes -------------------------------------------------------------------------------- */

function leadPlace(wanted: Wanted, steps: Step[], place: Place, to: string): boolean {
  return place.ways.every(({ step, key }) => {
    const k = steps.find((s) => s.name === step)?.ways.findIndex((w) => w.key === key) ?? -1;
    const own = wanted.get(step);
    if (k < 0 || !own) return false;
    own[k] = to;
    return true;
  });
}

export function freeName(steps: Step[], wish: string): string {
  const taken = new Set([...steps.map((s) => s.name), end, '']);
  for (let n = 1; ; n++) {
    const name = n > 1 ? `${wish} ${n}` : wish;
    if (!taken.has(name)) return name;
  }
}

/* Of a step at its beginning; `at` is where it goes on. */
const begun: Record<Kind, (at: string) => string> = {
  wait: () => 'wait: 1 day',
  until: () => 'until: "10:00"',
  wait_for: () => 'wait_for: order_complete, at_most: 1 day, then: end',
  if: () => 'if: "number_of_orders >= 2"',
  split: (at) => `split: [{share: 50, then: ${quoted(at)}}, {share: 50, then: ${quoted(at)}}]`,
  send: () => 'send: welcome-1, channel: email',
  ask: () => 'ask: "", due: 1 day',
  webhook: () => 'webhook: ""',
};

/* `values`: in place of what such a step begins with, each YAML on one line. */
export function addStep(text: string, place: Place, kind: Kind, name: string, values = begun[kind](place.to)): string | null {
  const steps = stepsOf(text);
  const item = `{name: ${quoted(name)}, ${values}}`;
  const step = draftOf(`steps:\n  - ${item}\n`)?.steps[0];
  if (!steps || !step || steps.some((s) => s.name === name)) return null;
  const wanted = wantedOf(steps);
  wanted.set(name, step.ways.map((w) => (w.said ? w.to : place.to)));
  if (!leadPlace(wanted, steps, place, name)) return null;
  return settle(insertItem(text, list, bestPlace(steps, step, place, wanted), item), wanted);
}

/* Which steps go with a step, when who came to it goes on at `on`. */
export function goesWith(steps: Step[], name: string, on: string): string[] {
  const wanted = steps.filter((s) => s.name !== name).map((s) => ({ ...s, ways: s.ways.map((w) => (w.to === name ? { ...w, to: on } : w)) }));
  const first = steps[0]?.name === name ? on : (steps[0]?.name ?? end);
  const stay = reached(wanted, first);
  const before = reached(steps, steps[0]?.name ?? end);
  return wanted.map((s) => s.name).filter((n) => before.has(n) && !stay.has(n));
}

/* Who came to it goes on at `on`; steps that nobody comes to any more go with it. */
export function takeOut(text: string, name: string, on: string): string | null {
  const steps = stepsOf(text);
  if (!steps?.some((s) => s.name === name)) return null;
  const gone = new Set([name, ...goesWith(steps, name, on)]);
  const wanted = wantedOf(steps);
  for (const [own, ways] of wanted) wanted.set(own, ways.map((to) => (to === name ? on : to)));
  let now: string | null = text;
  for (let i = steps.length - 1; i >= 0 && now !== null; i--) if (gone.has(steps[i]!.name)) now = removeItem(now, list, i);
  const left = now === null ? null : draftOf(now)?.steps;
  const first = left?.findIndex((s) => s.name === on) ?? -1;
  if (now !== null && steps[0]!.name === name && first > 0) now = moveItem(now, list, first, 0);
  return settle(now, wanted);
}

/* Its ways that go on lead to the place's end then, those that leave still leave. */
export function moveStep(text: string, name: string, place: Place): string | null {
  const steps = stepsOf(text);
  const from = steps?.findIndex((s) => s.name === name) ?? -1;
  const step = steps?.[from];
  const on = step && goesOn(step);
  if (!steps || !step || on == null) return null;
  if (place.to === name || place.ways.some((w) => w.step === name)) return text;
  const wanted = wantedOf(steps);
  for (const [own, ways] of wanted) wanted.set(own, ways.map((to) => (to === name ? on : to)));
  if (!leadPlace(wanted, steps, place, name)) return null;
  const main = new Set(mainWays(step).map((w) => w.key));
  wanted.set(name, step.ways.map((w) => (main.has(w.key) ? place.to : w.to)));
  const others = steps.filter((s) => s.name !== name);
  if (!place.start && (from === 0 ? on : steps[0]!.name) !== others[0]?.name) return null; /* another step would be the first */
  return settle(moveItem(text, list, from, bestPlace(others, step, place, wanted)), wanted);
}

function below(steps: Step[], step: Step): Place | null {
  const on = goesOn(step);
  const next = steps.find((s) => s.name === on);
  if (!next) return null;
  return placeOn(next, goesOn(next) === null ? next.ways.slice(0, 1) : mainWays(next));
}
function above(steps: Step[], step: Step): Step | undefined {
  const before = steps.filter((s) => s.ways.some((w) => w.to === step.name));
  return before.find((s) => steps[steps.indexOf(s) + 1] === step) ?? before.at(-1);
}

/* One place up or down its way: which step goes where. A branch changes places with the step beside it. */
function shiftOf(steps: Step[], name: string, up: boolean): { name: string; place: Place } | null {
  const step = steps.find((s) => s.name === name);
  if (!step) return null;
  const branch = goesOn(step) === null;
  const other = up ? above(steps, step) : branch ? steps.find((s) => s.name === step.ways.find((w) => w.to !== end)?.to) : undefined;
  if (!branch) {
    const place = up ? other && placeBefore(steps, other.name) : below(steps, step);
    return place ? { name, place } : null;
  }
  if (!other || goesOn(other) === null) return null;
  const place = up ? below(steps, other) : placeBefore(steps, name);
  return place && { name: other.name, place };
}
export const mayShift = (steps: Step[], name: string, up: boolean): boolean => shiftOf(steps, name, up) !== null;

export function shiftStep(text: string, name: string, up: boolean): string | null {
  const shift = shiftOf(stepsOf(text) ?? [], name, up);
  return shift && moveStep(text, shift.name, shift.place);
}

export function lead(text: string, name: string, key: Way['key'], to: string): string | null {
  const steps = stepsOf(text);
  if (!steps) return null;
  const wanted = wantedOf(steps);
  return leadPlace(wanted, steps, { ways: [{ step: name, key }], start: false, to }, to) ? settle(text, wanted) : null;
}

/* By that name others lead to it. */
export function rename(text: string, name: string, to: string): string | null {
  const steps = stepsOf(text);
  const i = steps?.findIndex((s) => s.name === name) ?? -1;
  if (!steps || i < 0 || !to.trim() || to === end || steps.some((s) => s.name === to)) return null;
  const named = steps.flatMap((s, at) => s.ways.filter((w) => w.said && w.to === name).map((w) => pathOf(at, w)));
  return named.reduce((now, path) => setAt(now, path, quoted(to)), setAt(text, ['steps', i, 'name'], quoted(to)));
}

/* ---- lots ----------------------------------------------------------------------------------- */

export function addLot(text: string, i: number, to: string): string | null {
  return insertItem(text, ['steps', i, 'split'], (draftOf(text)?.steps[i]?.ways.length ?? 0), `{share: 0, then: ${quoted(to)}}`);
}
export const removeLot = (text: string, i: number, lot: number): string | null => removeItem(text, ['steps', i, 'split'], lot);

/* ---- values --------------------------------------------------------------------------------- */

/* As it is written on one line: what is no number, time or name stands in quotes. */
export const written = (value: string): string => (/^-?\d+(\.\d+)?$|^\d+ [a-z]+$|^true$/.test(value) ? value : quoted(value));

/* "" takes it away, unless it must be there. */
export function setValue(text: string, path: (string | number)[], value: string, needed = false): string {
  return value === '' && !needed ? removeAt(text, path) : setAt(text, path, written(value));
}
export function setList(text: string, path: (string | number)[], values: string[]): string {
  return values.length ? setAt(text, path, `[${values.map(quoted).join(', ')}]`) : removeAt(text, path);
}
export function setChannels(text: string, i: number, channels: string[]): string {
  const now = channels.length > 1 ? setList(text, ['steps', i, 'channels'], channels) : setAt(text, ['steps', i, 'channel'], quoted(channels[0] ?? ''));
  return removeAt(now, ['steps', i, channels.length > 1 ? 'channel' : 'channels']);
}

/* Another kind of start keeps whom it is for. */
export function setStart(text: string, draft: Draft, kind: string, name: string): string {
  if (!('start' in draft.values) && !draft.startKind) return setAt(text, ['start'], `{${kind}: ${quoted(name)}}`);
  const dated = (k: string): boolean => k === 'every_year' || k === 'date';
  let now = setAt(text, ['start', kind], quoted(name));
  if (draft.startKind && draft.startKind !== kind) now = removeAt(now, ['start', draft.startKind]);
  if (dated(kind) && !('at' in draft.start)) now = setAt(now, ['start', 'at'], '"10:00"');
  if (!dated(kind)) for (const key of ['days', 'at', 'not_after']) if (key in draft.start) now = removeAt(now, ['start', key]);
  return now;
}
