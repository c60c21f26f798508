// SPDX-License-Identifier: AGPL-3.0-or-later
/* Where the lines of a flow's picture run: steps stand below each other, whatever leads further
 * than to the one below goes around in a lane beside them. Lane 0 is next to the steps. */
import type { Step, Way } from './draft';

export interface Line {
  from: number;
  to: number; // a place; the number of steps for the end and for what is no step
  name: string; // of the way: "then", "else", "share" or "next"
  key: Way['key'];
  target: string;
  share: number;
  colour: string;
  lane: number; // -1: straight down
  nth: number; // of those that leave the same step sideways
}

const colours = { then: '--accent', else: '--goal', next: '--edge' };
const lots = ['--accent', '--goal', '--good', '--bad', '--soft'];

function waysOf(step: Step): Pick<Line, 'name' | 'key' | 'target' | 'share' | 'colour'>[] {
  return step.ways.map((w) =>
    typeof w.key === 'number'
      ? { name: 'share', key: w.key, target: w.to, share: w.share / 100, colour: lots[w.key % lots.length]! }
      : { name: w.key, key: w.key, target: w.to, share: 0, colour: colours[w.key] },
  );
}

const top = (l: Line): number => Math.min(l.from, l.to); /* upwards in a text that is not right yet */
const bottom = (l: Line): number => Math.max(l.from, l.to);

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
  const sideways = all.filter((l) => l.to !== l.from + 1).sort((a, b) => bottom(a) - top(a) - (bottom(b) - top(b)));
  const lanes: Line[][] = [];
  for (const line of sideways) {
    let lane = lanes.findIndex((taken) => taken.every((o) => bottom(o) <= top(line) || bottom(line) <= top(o)));
    if (lane < 0) lane = lanes.push([]) - 1;
    lanes[lane]!.push(line);
    line.lane = lane;
  }
  return { lines: all, width: lanes.length };
}
