// SPDX-License-Identifier: AGPL-3.0-or-later
/* Spans of whole days, first and last included, as "2026-09-30". A day is the shop's own; nothing
 * here knows a time of day. */
export interface Span {
  from: string;
  to: string;
}
export const presets = ['d30', 'd90', 'month', 'quarter', 'months12'] as const;
export type Preset = (typeof presets)[number];
export type Grain = 'day' | 'week' | 'month';

const ms = 86_400_000;
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const text = (time: number): string => new Date(time).toISOString().slice(0, 10);

export function isDay(x: unknown): x is string {
  return typeof x === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(x) && !Number.isNaN(at(x)) && text(at(x)) === x;
}

export function addDays(day: string, n: number): string {
  return text(at(day) + n * ms);
}

/* The same day of another month, or that month's last. */
export function addMonths(day: string, n: number): string {
  const [y = 0, m = 1, d = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(y, m + n, 0));
  return text(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(d, last.getUTCDate())));
}

export function daysOf(span: Span): number {
  return Math.round((at(span.to) - at(span.from)) / ms) + 1;
}

/* The shop's day of a moment. */
export function dayIn(zone: string, moment: string | null): string | null {
  if (!moment || Number.isNaN(Date.parse(moment))) return null;
  const parts = (timeZone: string): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(moment));
  try {
    return parts(zone);
  } catch {
    return parts('UTC'); /* a zone that this browser does not know */
  }
}

const firstOfMonth = (day: string): string => `${day.slice(0, 7)}-01`;

export function firstOfQuarter(day: string): string {
  const month = Number(day.slice(5, 7));
  return addMonths(firstOfMonth(day), -((month - 1) % 3));
}

export function spanOf(preset: Preset, today: string): Span {
  const from = {
    d30: () => addDays(today, -29),
    d90: () => addDays(today, -89),
    month: () => firstOfMonth(today),
    quarter: () => firstOfQuarter(today),
    months12: () => addDays(addMonths(today, -12), 1),
  }[preset]();
  return { from, to: today };
}

/* What a span is compared with: the same days of the month, quarter or year before, or as many
 * days right before it. */
export function before(span: Span, preset: Preset | null): Span {
  const months = { month: -1, quarter: -3, months12: -12 }[preset as string];
  if (months) return { from: addMonths(span.from, months), to: addMonths(span.to, months) };
  const n = daysOf(span);
  return { from: addDays(span.from, -n), to: addDays(span.to, -n) };
}

export function grainOf(span: Span): Grain {
  const n = daysOf(span);
  return n <= 45 ? 'day' : n <= 190 ? 'week' : 'month';
}

export const weekDays: Record<string, number> = { sunday: 0, monday: 1, saturday: 6 };

/* The first days of all days, weeks or months that a span touches, as views name them. */
export function buckets(span: Span, grain: Grain, weekStart = 1): string[] {
  const list: string[] = [];
  let day = span.from;
  if (grain === 'month') day = firstOfMonth(day);
  if (grain === 'week') day = addDays(day, -((new Date(at(day)).getUTCDay() - weekStart + 7) % 7));
  while (day <= span.to && list.length < 1000) {
    list.push(day);
    day = grain === 'month' ? addMonths(day, 1) : addDays(day, grain === 'week' ? 7 : 1);
  }
  return list;
}
