// SPDX-License-Identifier: AGPL-3.0-or-later
export interface Colours {
  ink: string;
  soft: string;
  line: string;
  card: string;
  accent: string;
  accentSoft: string;
  goal: string;
  edge: string;
  none: string;
  font: string;
}

/* The theme's colours as a canvas needs them. */
export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: value('ink'),
    soft: value('soft'),
    line: value('line'),
    card: value('card'),
    accent: value('accent'),
    accentSoft: value('accent-soft'),
    goal: value('goal'),
    edge: value('edge'),
    none: value('none'),
    font: getComputedStyle(document.body).fontFamily,
  };
}

/* What every chart shares: fonts, quiet axes, a tooltip that is drawn and not markup. */
export function frame(c: Colours): Record<string, unknown> {
  return {
    textStyle: { fontFamily: c.font, color: c.ink },
    grid: { left: 8, right: 16, top: 24, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    tooltip: {
      renderMode: 'richText',
      backgroundColor: c.card,
      borderColor: c.line,
      textStyle: { color: c.ink, fontFamily: c.font },
    },
    animationDuration: 250,
  };
}

/* In Arabic a chart begins on the right, too. */
export function mirrored(): Record<'x' | 'y' | 'far' | 'ends', Record<string, unknown>> {
  const rtl = document.documentElement.dir === 'rtl';
  return {
    x: { inverse: rtl },
    y: { position: rtl ? 'right' : 'left' },
    far: { position: rtl ? 'left' : 'right' },
    /* of an axis that begins and ends at the edge: its outer labels stay inside */
    ends: { alignMinLabel: rtl ? 'right' : 'left', alignMaxLabel: rtl ? 'left' : 'right', hideOverlap: true },
  };
}

export function axis(c: Colours, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    axisLine: { lineStyle: { color: c.line } },
    axisTick: { show: false },
    axisLabel: { color: c.soft },
    nameTextStyle: { color: c.soft },
    splitLine: { lineStyle: { color: c.line } },
    ...more,
  };
}
