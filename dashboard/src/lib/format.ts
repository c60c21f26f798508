// SPDX-License-Identifier: AGPL-3.0-or-later
/* Figures as people read them. A figure that is not known is a dash, never 0. */
import { locale } from './i18n/index.svelte';

const none = '–';
const kept = new Map<string, Intl.NumberFormat>();

export function numberFormat(tag: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = tag + JSON.stringify(options);
  let format = kept.get(key);
  if (!format) kept.set(key, (format = new Intl.NumberFormat(tag, options)));
  return format;
}

/* A name inside a sentence: in another script it does not turn the words around it. */
export function apart(name: string): string {
  return `\u2068${name}\u2069`;
}

export function number(x: number | null | undefined, digits = 0): string {
  if (x == null || !Number.isFinite(x)) return none;
  return numberFormat(locale(), { maximumFractionDigits: digits }).format(x);
}

/* A share of 1. Never rounds up to certain or down to impossible. */
export function percent(x: number | null | undefined, digits = 0): string {
  if (x == null || !Number.isFinite(x)) return none;
  const format = numberFormat(locale(), { style: 'percent', maximumFractionDigits: digits });
  const least = 10 ** -(digits + 2);
  if (x > 0 && x < least / 2) return `< ${format.format(least)}`;
  if (x < 1 && x > 1 - least / 2) return `> ${format.format(1 - least)}`;
  return format.format(x);
}

export interface Currency {
  currency: string | null;
  decimals: number;
}

/* "UK£" and "US$" fall apart in Arabic, and a shop reports in one currency: its sign is enough. */
function shortSign(format: Intl.NumberFormat, amount: number): string {
  return format
    .formatToParts(amount)
    .map((p) => (p.type === 'currency' ? (/\p{Sc}/u.exec(p.value)?.[0] ?? p.value) : p.value))
    .join('');
}

/* Minor units; `compact` for figures that are estimates. */
export function money(
  minor: number | null | undefined,
  c: Currency,
  compact = false,
  tag = locale(),
): string {
  if (minor == null || !Number.isFinite(minor)) return none;
  const amount = minor / 10 ** c.decimals;
  const shape: Intl.NumberFormatOptions = compact
    ? { notation: 'compact', maximumSignificantDigits: 3 }
    : { minimumFractionDigits: c.decimals, maximumFractionDigits: c.decimals };
  if (!c.currency) return numberFormat(tag, shape).format(amount);
  return shortSign(numberFormat(tag, { ...shape, style: 'currency', currency: c.currency, currencyDisplay: 'narrowSymbol' }), amount);
}

/* For headlines: without the small change from a thousand on. */
export function headline(minor: number | null | undefined, c: Currency): string {
  if (minor == null || Math.abs(minor) < 1000 * 10 ** c.decimals) return money(minor, c);
  return money(Math.round(minor / 10 ** c.decimals), { ...c, decimals: 0 });
}

export function day(iso: string | null | undefined, zone = 'UTC'): string {
  if (!iso) return none;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return none;
  return new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: zone,
  }).format(at);
}

/* A change as people say it: +12 %, -3 %. */
export function changeOf(now: number | null | undefined, before: number | null | undefined): string {
  if (now == null || before == null || !(Math.abs(before) > 0)) return none;
  return signed(now / before - 1);
}

export function signed(share: number | null | undefined): string {
  if (share == null || !Number.isFinite(share)) return none;
  return numberFormat(locale(), { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' }).format(share);
}

/* A country by its two letters. */
export function country(code: string): string {
  try {
    return new Intl.DisplayNames([locale()], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/* A day, week or month by its first day. */
export function bucket(key: string, grain: 'day' | 'week' | 'month', long = false): string {
  const shape: Intl.DateTimeFormatOptions = grain === 'month' ? { month: 'short', year: 'numeric' } : { day: 'numeric', month: 'short', ...(long ? { year: 'numeric' } : {}) };
  const at = new Date(`${key}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? key : new Intl.DateTimeFormat(locale(), { ...shape, timeZone: 'UTC' }).format(at);
}

export function moment(iso: string | null | undefined, zone = 'UTC'): string {
  const at = new Date(iso ?? '');
  if (Number.isNaN(at.getTime())) return none;
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(at);
}

/* A measure's value in its unit; shares come as parts of 1. */
export function quantity(x: number | null | undefined, unit: string): string {
  if (unit === 'percent') return percent(x, 1);
  return number(x, 2);
}
