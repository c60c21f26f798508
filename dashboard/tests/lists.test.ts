// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { canChangeList, insertItem, moveItem, removeItem } from '../src/lib/kept/lists';

const steps = ['steps'];
const text = `name: x # its name
# what is done
steps:
  # the first
  - {name: a, wait: 1 day}   # a day

  # the second,
  # in two lines
  - name: b
    split: [{share: 50, then: c}, {share: 50, then: d}]
    # what is behind it

  - name: c
    ask: |
      Ring

      # no comment
goal: order # kept
`;

describe('items of a list', () => {
  it('are put in on lines of their own', () => {
    expect(insertItem(text, steps, 0, '{name: n}')).toBe(text.replace('  # the first', '  - {name: n}\n  # the first'));
    expect(insertItem(text, steps, 1, '{name: n}')).toBe(text.replace('  # the second', '  - {name: n}\n  # the second'));
    expect(insertItem(text, steps, 3, '{name: n}')).toBe(text.replace('goal: ', '  - {name: n}\ngoal: '));
    expect(insertItem(text, ['steps', 1, 'split'], 1, '{share: 0, then: e}')).toBe(text.replace(', {share: 50, then: d}', ', {share: 0, then: e}, {share: 50, then: d}'));
  });
  it('go with their comments', () => {
    expect(removeItem(text, steps, 0)).toBe(text.replace('  # the first\n  - {name: a, wait: 1 day}   # a day\n', ''));
    const second = text.slice(text.indexOf('  # the second'), text.indexOf('\n  - name: c') + 0);
    expect(removeItem(text, steps, 1)).toBe(text.replace(second, ''));
    expect(moveItem(text, steps, 1, 0)).toBe(text.replace(second, '').replace('  # the first', `${second}  # the first`));
    expect(moveItem(text, steps, 1, 2)).toBe(text.replace(second, '').replace('goal: ', `${second}goal: `));
    expect(moveItem(text, ['steps', 1, 'split'], 0, 1)).toBe(text.replace('[{share: 50, then: c}, {share: 50, then: d}]', '[{share: 50, then: d}, {share: 50, then: c}]'));
  });
  it('come into an empty list, and leave one', () => {
    for (const none of ['steps: [] # none yet', 'steps: # none yet', 'steps: [ ] # none yet'])
      expect(insertItem(`a: 1\n${none}\nb: 2\n`, steps, 0, 'x')).toMatch(/^a: 1\nsteps: +# none yet\n {2}- x\nb: 2\n$/);
    expect(insertItem('m:\n  steps: []\n', ['m', 'steps'], 0, 'x')).toBe('m:\n  steps:\n    - x\n');
    expect(insertItem('m: {steps: []}\n', ['m', 'steps'], 0, 'x')).toBe('m: {steps: [x]}\n');
    expect(removeItem('a: 1\nsteps: # all\n- x\nb: 2\n', steps, 0)).toBe('a: 1\nsteps: [] # all\nb: 2\n');
  });
  it('keep how lines end, also the last', () => {
    expect(insertItem('steps:\r\n- x\r\n', steps, 1, 'y')).toBe('steps:\r\n- x\r\n- y\r\n');
    expect(moveItem('steps:\n- x\n- y', steps, 0, 1)).toBe('steps:\n- y\n- x');
    expect(insertItem('steps: []', steps, 0, 'y')).toBe('steps:\n  - y');
  });
  it('are left alone where the text is written in another way', () => {
    for (const odd of ['steps: [a,\n b]\n', 'steps:\n  - &x a\n  - *x\n', 'steps:\n  - |+\n    a\n\n  - b\n', 'steps:\n  - - a\n    - b\n', 'steps: x\n', 'steps:\n  - a\n - b\n', 'steps:\n  - !!str a\n']) {
      const path = odd.includes('- - ') ? ['steps', 0] : steps;
      expect([canChangeList(odd, path), insertItem(odd, path, 0, 'n'), removeItem(odd, path, 0), moveItem(odd, path, 0, 1)], odd).toEqual([false, null, null, null]);
    }
    expect(insertItem(text, steps, 0, 'a: [')).toBe(null);
  });
});

/* ---- any list, any changes ------------------------------------------------------------------ */

const seeded = (seed: number) => (n: number): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};
const forms = (i: number, pad: string): string[] => [
  `${pad}- {name: s${i}, wait: 1 day}`,
  `${pad}- {name: "s${i}", ask: 'a # b', due: 2 days} # on ${i}`,
  `${pad}- name: s${i}\n${pad}  ask: |\n${pad}    one\n\n${pad}    # no comment\n${pad}  due: 1 day # soon`,
  `${pad}- name: s${i}\n${pad}  split: [{share: 50, then: a}, {share: 50, then: b}]\n${pad}  # within ${i}`,
  `${pad}# over ${i}\n${pad}- name: s${i}\n\n${pad}  split:\n${pad}    # the one\n${pad}    - {share: 50, then: a}\n${pad}    - share: 50\n${pad}      then: b # the other`,
  `${pad}# เกี่ยวกับ ${i}\n# further out\n${pad}-   name: "ก: ${i}"\n${pad}    wait: >-\n${pad}       1\n${pad}       day`,
];

describe('any changes to any list', () => {
  it('come out as meant, and every other line stays', { timeout: 60_000 }, () => {
    const often = 150;
    for (let seed = 1; seed <= often; seed++) {
      const dice = seeded(seed);
      const pad = ['', '  ', '    '][dice(3)]!;
      const n = 1 + dice(6);
      const items = Array.from({ length: n }, (_, i) => forms(i, pad)[dice(6)]! + ['', '\n', `\n\n${pad}# alone\n`][dice(3)]!);
      let now = `# top\nname: x\nsteps:${dice(2) ? ' # all' : ''}\n${items.join('\n')}\n${dice(2) ? '' : 'goal: y # end\n'}`;
      if (dice(3) === 0) now = now.trimEnd();
      for (let turn = 0; turn < 6; turn++) {
        const list = [...(parse(now) as { steps: unknown[] }).steps];
        const rest = { ...(parse(now) as object), steps: null };
        const at = dice(list.length + 1);
        const from = dice(Math.max(1, list.length));
        const what = dice(list.length ? 3 : 1);
        const to = dice(Math.max(1, list.length));
        const after = what === 0 ? insertItem(now, steps, at, `{name: n${turn}}`) : what === 1 ? removeItem(now, steps, from) : moveItem(now, steps, from, to);
        if (what === 0) list.splice(at, 0, { name: `n${turn}` });
        else if (what === 1) list.splice(from, 1);
        else list.splice(to, 0, ...list.splice(from, 1));
        expect(after, `${seed}: ${now}`).not.toBe(null);
        expect((parse(after!) as { steps: unknown[] }).steps).toEqual(list);
        expect({ ...(parse(after!) as object), steps: null }).toEqual(rest);
        const [before, behind] = [now, after!].map((t) => t.split('\n').filter((l) => !/^steps:/.test(l) && !l.includes(`{name: n${turn}}`)));
        if (what === 0) expect(behind).toEqual(before);
        if (what === 1) expect(isPartOf(behind!, before!), `${seed}`).toBe(true);
        if (what === 2) expect([...behind!].sort()).toEqual([...before!].sort());
        now = after!;
      }
    }
  });
});

/* Whether `some` are `all` but a run of lines that stand together. */
function isPartOf(some: string[], all: string[]): boolean {
  let same = 0;
  while (same < some.length && some[same] === all[same]) same++;
  const tail = some.length - same;
  return tail === 0 || some.slice(same).join('\n') === all.slice(-tail).join('\n');
}
