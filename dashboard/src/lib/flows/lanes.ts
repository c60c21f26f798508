// SPDX-License-Identifier: AGPL-3.0-or-later
/* Where the lines of a flow's picture run: steps stand below each other, whatever leads further
 * than to the one below goes around in a lane beside them. Lane 0 is next to the steps. */
import type { Step } from './flows';

export interface Line {
  from: number;
  to: number; // a place; the number of steps for the end
  name: string; // of the way: "then", "else", "share" or "next"
  target: string;
  share: number;
  colour: string;
  lane: number; // -1: straight down
  nth: number; // of those that leave the same step sideways
}

const colours = { then: '--accent', else: '--goal', next: '--edge' };
const lots = ['--accent', '--goal', '--good', '--bad', '--soft'];

function waysOf(step: Step): Pick<Line, 'name' | 'target' | 'share' | 'colour'>[] {
  if (step.ways) return step.ways.map((w, i) => ({ name: 'share', target: w.then, share: w.share / 100, colour: lots[i % lots.length]! }));
  return (['then', 'else', 'next'] as const).flatMap((name) => (step[name] ? [{ name, target: step[name], share: 0, colour: colours[name] }] : []));
}

/* Of the steps, in their order; `width`: how many lanes. The shortest lines are the nearest. */
export function lines(steps: Step[]): { lines: Line[]; width: number } {
  const all: Line[] = steps.flatMap((step, from) => {
    let nth = 0;
    return waysOf(step).map((way) => {
      const at = steps.findIndex((s) => s.name === way.target);
      const to = at < 0 ? steps.length : at;
      return { ...way, from, to, lane: -1, nth: to === from + 1 ? 0 : nth++ };
    });
  });
  const sideways = all.filter((l) => l.to !== l.from + 1).sort((a, b) => a.to - a.from - (b.to - b.from));
  const lanes: Line[][] = [];
  for (const line of sideways) {
    let lane = lanes.findIndex((taken) => taken.every((o) => line.from >= o.to || o.from >= line.to));
    if (lane < 0) lane = lanes.push([]) - 1;
    lanes[lane]!.push(line);
    line.lane = lane;
  }
  return { lines: all, width: lanes.length };
}
