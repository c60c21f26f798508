// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import type { Step } from '../src/lib/flows/draft';
import { lines } from '../src/lib/flows/lanes';

const step = (name: string, ways: Record<string, string | [number, string]>): Step => ({
  name, kind: 'wait', first: 1, last: 1, values: {}, lists: {},
  ways: Object.entries(ways).map(([key, to], i) => (Array.isArray(to) ? { key: i, to: to[1], said: true, share: to[0] } : { key: key as 'next', to, said: true, share: 0 })),
});

describe('lines of a flow', () => {
  it('run straight down to the next step, and around to others', () => {
    const { lines: all, width } = lines([
      step('best', { then: 'ring', else: 'offer' }),
      step('ring', { next: 'end' }),
      step('offer', { next: 'end' }),
    ]);
    expect(all.map((l) => [l.from, l.to, l.name, l.lane])).toEqual([
      [0, 1, 'then', -1],
      [0, 2, 'else', 0],
      [1, 3, 'next', 1],
      [2, 3, 'next', -1],
    ]);
    expect(width).toBe(2);
  });

  it('share a lane only where they do not meet', () => {
    const { lines: all, width } = lines([
      step('a', { a: [50, 'b'], b: [30, 'd'], c: [20, 'end'] }),
      step('b', { next: 'd' }),
      step('c', { next: 'd' }),
      step('d', { next: 'f' }),
      step('e', { next: 'f' }),
      step('f', { next: 'end' }),
    ]);
    const beside = all.filter((l) => l.lane >= 0);
    for (const a of beside)
      for (const b of beside) if (a !== b && a.lane === b.lane) expect(a.from >= b.to || b.from >= a.to).toBe(true);
    expect(width).toBe(3);
    expect(all.filter((l) => l.from === 0).map((l) => l.share)).toEqual([0.5, 0.3, 0.2]);
    expect(all.filter((l) => l.from === 0).map((l) => l.nth)).toEqual([0, 0, 1]);
  });
});
