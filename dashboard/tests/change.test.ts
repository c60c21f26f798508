// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { addLot, addStep, goesOn, goesWith, lead, mainWays, mayLeadTo, moveStep, placeBefore, placeOn, removeLot, rename, setChannels, setStart, setValue, shiftStep, takeOut } from '../src/lib/flows/change';
import { draftOf, minuteOf, secondsOf, type Kind, kinds } from '../src/lib/flows/draft';

const text = `name: Call # me
start: {event: call_me, where: "x = 'a: b'"}
steps:
  # by lot
  - {name: which, split: [{share: 60, then: ring}, {share: 40, then: write}]}
  - {name: ring, ask: Ring back, due: 1 day} # today

  - {name: bought, wait_for: order_complete, at_most: 2 days, then: end, else: write}
  - name: write   # the last
    send: welcome-1
    channel: email
goal: order_complete
`;
const stepsOf = (t: string) => draftOf(t)!.steps;
const edges = (t: string): Record<string, string[]> => Object.fromEntries(stepsOf(t).map((s) => [s.name, s.ways.map((w) => w.to)]));
const step = (t: string, name: string) => stepsOf(t).find((s) => s.name === name)!;
const on = (t: string, name: string, key: string | number) => placeOn(step(t, name), step(t, name).ways.filter((w) => w.key === key));

describe('steps of a text', () => {
  it('lead to the step that they name, or to the one below', () => {
    expect(edges(text)).toEqual({ which: ['ring', 'write'], ring: ['bought'], bought: ['end', 'write'], write: ['end'] });
    expect(stepsOf(text).map((s) => [s.first, s.last])).toEqual([[5, 5], [6, 6], [8, 8], [9, 11]]);
    expect(draftOf('name: x\nsteps:\n  - {}\n  - {wait: 1, send: 2}\n  -\n')!.steps.map((s) => s.kind)).toEqual([null, null, null]);
    expect(draftOf('name: [')).toBe(null);
  });
  it('are put on one way, or before a step for everybody', () => {
    const one = addStep(text, on(text, 'which', 1), 'wait', 'pause')!;
    expect(one).toBe(text.replace('then: write}]}', 'then: pause}]}').replace('  - name: write', '  - {name: pause, wait: 1 day}\n  - name: write'));
    const all = addStep(text, placeBefore(stepsOf(text), 'write'), 'wait', 'pause')!;
    expect(edges(all)).toEqual({ which: ['ring', 'pause'], ring: ['bought'], bought: ['end', 'pause'], pause: ['write'], write: ['end'] });
    const first = addStep(text, placeBefore(stepsOf(text), 'which'), 'if', 'ask')!;
    expect(edges(first)).toMatchObject({ ask: ['which', 'which'] });
    const left = addStep(text, on(text, 'bought', 'then'), 'ask', 'thank', 'ask: Thank, due: 1 day')!;
    expect(edges(left)).toEqual({ which: ['ring', 'write'], ring: ['bought'], bought: ['thank', 'write'], thank: ['end'], write: ['end'] });
    expect(addStep('name: x\nsteps: []\n', { ways: [], start: true, to: 'end' }, 'send', 'hello')).toBe('name: x\nsteps:\n  - {name: hello, send: welcome-1, channel: email}\n');
  });
  it('are taken out, with what nobody comes to any more', () => {
    expect(goesWith(stepsOf(text), 'which', 'write')).toEqual(['ring', 'bought']);
    expect(takeOut(text, 'which', 'write')).toBe(`${text.slice(0, text.indexOf('  # by lot'))}\n${text.slice(text.indexOf('  - name: write'))}`);
    expect(edges(takeOut(text, 'bought', 'write')!)).toEqual({ which: ['ring', 'write'], ring: ['write'], write: ['end'] });
    expect(takeOut(text, 'ring', 'bought')).toContain('then: bought}, {share: 40');
  });
  it('are moved up and down, and back', () => {
    const up = shiftStep(text, 'ring', true)!;
    expect(edges(up)).toEqual({ ring: ['which'], which: ['bought', 'write'], bought: ['end', 'write'], write: ['end'] });
    expect(edges(shiftStep(up, 'ring', false)!)).toEqual(edges(text));
    expect(edges(shiftStep(text, 'bought', true)!)).toEqual({ which: ['bought', 'write'], bought: ['end', 'ring'], ring: ['write'], write: ['end'] });
    expect(shiftStep(text, 'which', true)).toBe(null);
    expect(shiftStep(text, 'write', false)).toBe(null);
  });
  it('lead elsewhere, never in a circle', () => {
    expect(mayLeadTo(stepsOf(text), 'bought')).toEqual(['write', 'end']);
    expect(lead(text, 'ring', 'next', 'end')).toBe(text.replace('due: 1 day}', 'due: 1 day, next: end}'));
    expect(lead(lead(text, 'ring', 'next', 'end')!, 'ring', 'next', 'bought')).toBe(text);
  });
  it('have names that others know', () => {
    expect(rename(text, 'write', 'last: word')).toBe(text.replace(/write(?= {3}#|\})/g, '"last: word"'));
    expect(rename(text, 'write', 'ring')).toBe(null);
  });
  it('have values', () => {
    expect(setChannels(text, 3, ['sms', 'email'])).toBe(text.replace('channel: email', 'channels: [sms, email]'));
    expect(setChannels(setChannels(text, 3, ['sms', 'email']), 3, ['email'])).toBe(text);
    expect(setValue(text, ['steps', 1, 'due'], '3 days')).toBe(text.replace('1 day}', '3 days}'));
    expect(setValue(text, ['again'], '09:00')).toBe(`${text}again: "09:00"\n`);
    expect(addLot(text, 0, 'end')).toBe(text.replace('then: write}]', 'then: write}, {share: 0, then: end}]'));
    expect(removeLot(text, 0, 0)).toBe(text.replace('{share: 60, then: ring}, ', ''));
    const dated = setStart(text, draftOf(text)!, 'every_year', 'birthday');
    expect(dated).toBe(text.replace('event: call_me, where: "x = \'a: b\'"', 'where: "x = \'a: b\'", every_year: birthday, at: "10:00"'));
    expect(setStart(dated, draftOf(dated)!, 'event', 'call_me')).toBe(text.replace('event: call_me, where: "x = \'a: b\'"', 'where: "x = \'a: b\'", event: call_me'));
  });
  it('are left alone where two have one name', () => {
    const twice = text.replace('name: ring', 'name: write');
    expect(addStep(twice, placeBefore(stepsOf(twice), 'which'), 'wait', 'n')).toBe(null);
  });
});

describe('times', () => {
  it('are read as the server reads them', () => {
    expect(['90 minutes', '3d', '1 Week', '2 WEEKS', '5 min', '1h'].map(secondsOf)).toEqual([5400, 259200, 604800, 1209600, 300, 3600]);
    expect(['', 'soon', '0 days', '3', '3 ds', '1.5 h'].map(secondsOf)).toEqual([null, null, null, null, null, null]);
    expect(['09:30', '24:00', '9:30'].map(minuteOf)).toEqual([570, null, null]);
  });
});

/* ---- any flow, any changes ------------------------------------------------------------------ */

const seeded = (seed: number) => (n: number): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};
type Dice = (n: number) => number;

function anyFlow(dice: Dice): string {
  const n = 1 + dice(7);
  const to = (i: number): string => [...Array.from({ length: n - i - 1 }, (_, k) => `s${i + 1 + k}`), 'end'][dice(n - i)]!;
  const block = dice(3) === 0;
  const items = Array.from({ length: n }, (_, i) => {
    const said = (key: string): string[] => (dice(2) ? [`${key}: ${to(i)}`] : []);
    const parts = [['wait: 1 day', ...said('next')], ['if: x', ...said('then'), ...said('else')], [`split: [{share: 30, then: ${to(i)}}, {share: 70, then: ${to(i)}}]`], ['send: a', 'channel: email', ...said('next')], ['wait_for: x', 'at_most: 1 day', ...said('then'), ...said('else')]][dice(5)]!;
    const own = [`name: s${i}`, ...parts];
    return `${dice(3) ? '' : `  # of s${i}\n`}  - ${block ? own.join('\n    ') : `{${own.join(', ')}}`}${dice(3) ? '' : ` # at s${i}`}\n${dice(4) ? '' : '\n'}`;
  });
  return `name: x\nsteps: # all\n${items.join('')}goal: y\n`;
}

/* What is changed, and where every step is to lead afterwards. */
function anyChange(now: string, dice: Dice, turn: number): { after: string | null; want: Record<string, string[]> | null } {
  const steps = stepsOf(now);
  const want = edges(now);
  const one = steps[dice(steps.length)];
  const put = (ways: { step: string; key: string | number }[], to: string): void =>
    ways.forEach((w) => (want[w.step]![steps.find((s) => s.name === w.step)!.ways.findIndex((k) => k.key === w.key)] = to));
  const away = (name: string, to: string): void => Object.values(want).forEach((ways) => ways.forEach((t, k) => t === name && (ways[k] = to)));
  const anyPlace = () => {
    const s = steps[dice(steps.length)]!;
    return dice(2) ? placeBefore(steps, s.name) : placeOn(s, [s.ways[dice(s.ways.length)]!]);
  };
  if (!one) return { after: addStep(now, { ways: [], start: true, to: 'end' }, 'wait', `n${turn}`), want: { [`n${turn}`]: ['end'] } };
  const what = dice(4);
  if (what === 0) {
    const place = anyPlace();
    const kind: Kind = kinds[dice(kinds.length)]!;
    put(place.ways, `n${turn}`);
    want[`n${turn}`] = kind === 'wait_for' ? ['end', place.to] : kind === 'if' || kind === 'split' ? [place.to, place.to] : [place.to];
    return { after: addStep(now, place, kind, `n${turn}`), want };
  }
  if (what === 1) {
    const to = one.ways[dice(one.ways.length)]!.to;
    for (const gone of [one.name, ...goesWith(steps, one.name, to)]) delete want[gone];
    away(one.name, to);
    return { after: takeOut(now, one.name, to), want };
  }
  const to = goesOn(one);
  if (what === 3 || to === null) return { after: shiftStep(now, one.name, dice(2) === 0), want: null };
  const place = anyPlace();
  if (place.to !== one.name && place.ways.every((w) => w.step !== one.name)) {
    const main = mainWays(one).map((w) => w.key);
    want[one.name] = one.ways.map((w) => (main.includes(w.key) ? place.to : w.to));
    const own = want[one.name]!;
    delete want[one.name];
    away(one.name, to);
    put(place.ways, one.name);
    want[one.name] = own;
  }
  return { after: moveStep(now, one.name, place), want };
}

describe('any changes to any flow', () => {
  it('lead everybody where they were meant to, and leave what they do not touch', { timeout: 60_000 }, () => {
    let made = 0;
    let refused = 0;
    for (let seed = 1; seed <= 120; seed++) {
      const dice = seeded(seed);
      let now = anyFlow(dice);
      for (let turn = 0; turn < 6; turn++) {
        const { after, want } = anyChange(now, dice, turn);
        if (after === null) {
          refused += want ? 1 : 0;
          continue;
        }
        if (want) expect(edges(after), `${seed}.${turn}:\n${now}\n${after}`).toEqual(want);
        const said = (t: string, name: string) => step(t, name)?.ways.map((w) => w.said && w.to);
        const lines = now.split('\n').filter((l) => !/^steps:/.test(l) && !stepsOf(now).some((s) => l.includes(`name: ${s.name}`) || /^ {4}/.test(l)));
        if (want && Object.keys(want).length >= stepsOf(now).length) for (const line of lines) expect(after.split('\n'), line).toContain(line);
        for (const s of stepsOf(now)) {
          const own = now.split('\n').slice(s.first - 1, s.last).join('\n');
          const there = step(after, s.name);
          if (there && JSON.stringify(said(now, s.name)) === JSON.stringify(said(after, s.name))) expect(after, `${seed}.${turn}: ${s.name}`).toContain(own);
        }
        made++;
        now = after;
      }
    }
    expect(made).toBeGreaterThan(400);
    expect(refused / made).toBeLessThan(0.1);
  });
});
