// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Assessment } from '../src/lib/types';
import { indexIsExact, whatIf } from '../src/lib/whatif';

const a = JSON.parse(readFileSync('mock/assessment.json', 'utf8')) as Assessment;
const everything = Object.fromEntries(a.practices.map((p) => [p.id, 4]));

describe('what if', () => {
  it('without moves is the assessment itself', () => {
    const now = whatIf(a, {});
    expect(indexIsExact(a)).toBe(true);
    expect(now.index).toBeCloseTo(a.index.value!, 6);
    expect(now.quorumShare).toBeCloseTo(a.stage.checks.find((c) => c.stage === a.stage.target)!.quorum_share, 9);
    expect(now.openEssentials).toEqual(a.gaps.filter((g) => g.reason === 'essential').map((g) => g.practice));
    expect(now.met).toBe(false);
  });

  it('with all at level 4 is 100 and meets the target', () => {
    const then = whatIf(a, everything);
    expect(then.index).toBeCloseTo(100, 6);
    expect(then.quorumShare).toBeCloseTo(1, 6);
    expect(then.met).toBe(true);
  });

  it('an essential stays open below its target, and one step down costs index', () => {
    const gap = a.gaps.find((g) => g.reason === 'essential')!;
    expect(whatIf(a, { [gap.practice]: gap.target - 1 }).openEssentials).toContain(gap.practice);
    expect(whatIf(a, { [gap.practice]: gap.target }).openEssentials).not.toContain(gap.practice);
    const top = a.practices.find((p) => p.levels.published === 4)!;
    expect(whatIf(a, { [top.id]: 1 }).index!).toBeLessThan(a.index.value!);
  });

  it('gives no index for a model that weighs areas differently', () => {
    expect(whatIf({ ...a, index: { ...a.index, value: 12 } }, {}).index).toBeNull();
  });
});
