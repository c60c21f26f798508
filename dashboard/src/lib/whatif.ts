// SPDX-License-Identifier: AGPL-3.0-or-later
/* "What if this practice were at that level?" Only what follows exactly from the assessment:
 * the index (weighted means of continuous levels and their floor, docs/method.md), the open
 * essentials and the weight share at the target. The stage's probability needs the draws, which
 * only the server has. */
import type { Assessment, Practice } from './types';

export type Moves = Record<string, number>;

export interface WhatIf {
  index: number | null;
  quorumShare: number;
  quorumNeeded: number;
  openEssentials: string[];
  met: boolean; /* essentials and quorum: both necessary for the target */
}

const floorPart = 0.3;
const coverageForIndex = 0.6;

const applies = (p: Practice): boolean => p.state !== 'NOT_APPLICABLE';
const known = (p: Practice): boolean => p.state !== 'UNKNOWN' && p.continuous != null;

function levelOf(p: Practice, moves: Moves): number | null {
  const moved = moves[p.id];
  if (moved !== undefined) return moved;
  return known(p) ? p.continuous : null;
}

function indexOf(a: Assessment, moves: Moves): number | null {
  const means: number[] = [];
  let weightAll = 0;
  let weightKnown = 0;

  for (const dimension of a.dimensions) {
    let weight = 0;
    let sum = 0;
    for (const p of a.practices) {
      if (p.dimension !== dimension.id || !applies(p)) continue;
      const level = levelOf(p, moves);
      weightAll += p.weight;
      if (level == null) continue;
      weight += p.weight;
      weightKnown += p.weight;
      sum += p.weight * level;
    }
    if (weight > 0) means.push(sum / weight);
  }
  if (!means.length || weightKnown / weightAll < coverageForIndex - 1e-9) return null;
  const mean = means.reduce((x, y) => x + y, 0) / means.length;
  return ((mean + floorPart * (Math.min(...means) - mean) - 1) / 3) * 100;
}

/* A model that weighs dimensions differently cannot be followed from the assessment alone. */
export function indexIsExact(a: Assessment): boolean {
  const here = indexOf(a, {});
  if (here == null || a.index.value == null) return false;
  return Math.abs(here - a.index.value) < 1e-6;
}

export function whatIf(a: Assessment, moves: Moves): WhatIf {
  const target = a.stage.target;
  const check = a.stage.checks.find((c) => c.stage === target);
  const total = a.practices.reduce((sum, p) => sum + (applies(p) ? p.weight : 0), 0);
  let share = check?.quorum_share ?? 0;

  for (const p of a.practices) {
    const moved = moves[p.id];
    if (moved === undefined || !applies(p) || total <= 0) continue;
    const before = known(p) ? p.probabilities.slice(target - 1).reduce((x, y) => x + y, 0) : 0;
    share += (p.weight / total) * ((moved >= target ? 1 : 0) - before);
  }
  const openEssentials = a.gaps
    .filter((g) => g.reason === 'essential' && (moves[g.practice] ?? 0) < g.target)
    .map((g) => g.practice);
  const quorumNeeded = check?.quorum_needed ?? 0;
  return {
    index: indexIsExact(a) ? indexOf(a, moves) : null,
    quorumShare: share,
    quorumNeeded,
    openEssentials,
    met: openEssentials.length === 0 && share >= quorumNeeded - 1e-9,
  };
}
