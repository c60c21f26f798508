// SPDX-License-Identifier: AGPL-3.0-or-later
/* Texts of the page. English is always there, the others are fetched when chosen. An area with
 * many texts has catalogues of its own beside the common ones: AREA.en.json and so on, and a line
 * in each list below. */
import campaigns from './campaigns.en.json';
import common from './en.json';
import connect from './connect.en.json';
import flows from './flows.en.json';
import messages from './messages.en.json';
import numbers from './numbers.en.json';
import plan from './plan.en.json';
import privacy from './privacy.en.json';
import segments from './segments.en.json';

const en = { ...campaigns, ...common, ...connect, ...flows, ...messages, ...numbers, ...plan, ...privacy, ...segments };

export const languages = { en: 'English', ar: 'العربية', th: 'ไทย' } as const;
export type Language = keyof typeof languages;
export type TextKey = keyof typeof en;

type Texts = Record<TextKey, string>;

const load: Record<Language, () => Promise<Texts>> = {
  en: async () => en,
  ar: async () => ({
    ...(await import('./campaigns.ar.json')).default,
    ...(await import('./ar.json')).default,
    ...(await import('./connect.ar.json')).default,
    ...(await import('./flows.ar.json')).default,
    ...(await import('./messages.ar.json')).default,
    ...(await import('./numbers.ar.json')).default,
    ...(await import('./plan.ar.json')).default,
    ...(await import('./privacy.ar.json')).default,
    ...(await import('./segments.ar.json')).default,
  }),
  th: async () => ({
    ...(await import('./campaigns.th.json')).default,
    ...(await import('./th.json')).default,
    ...(await import('./connect.th.json')).default,
    ...(await import('./flows.th.json')).default,
    ...(await import('./messages.th.json')).default,
    ...(await import('./numbers.th.json')).default,
    ...(await import('./plan.th.json')).default,
    ...(await import('./privacy.th.json')).default,
    ...(await import('./segments.th.json')).default,
  }),
};

const state = $state<{ language: Language; texts: Texts }>({ language: 'en', texts: en });

export function language(): Language {
  return state.language;
}

/* Numbers and dates: digits 0-9 and the calendar of the data (Gregorian) in every language. */
export function locale(): string {
  return `${state.language}-u-nu-latn-ca-gregory`;
}

export function isLanguage(code: unknown): code is Language {
  return typeof code === 'string' && code in languages;
}

export async function chooseLanguage(code: Language): Promise<void> {
  const texts = await load[code]();
  state.texts = texts;
  state.language = code;
  document.documentElement.lang = code;
  document.documentElement.dir = code === 'ar' ? 'rtl' : 'ltr';
  localStorage.setItem('language', code);
}

export function firstLanguage(): Language {
  const kept = localStorage.getItem('language');
  if (isLanguage(kept)) return kept;
  const asked = navigator.languages.map((l) => l.slice(0, 2)).find(isLanguage);
  return asked ?? 'en';
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return fill(state.texts[key], values);
}

/* A text whose key is made of data: the data itself when it has no text. */
export function word(group: string, code: string): string {
  const key = `${group}.${code}`;
  return key in state.texts ? state.texts[key as TextKey] : code;
}
