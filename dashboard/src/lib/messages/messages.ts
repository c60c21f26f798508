// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the server tells of messages, and their translations in the text. */
import { isMap, isScalar } from 'yaml';
import { nodeAt, quoted, rootOf, setAt } from '../kept/yaml';

export interface MessageRow {
  id: number;
  name: string;
  about: string;
  changed_by: string;
  changed_at: string;
}
export interface Finding {
  language: string;
  blocks: boolean;
  text: string;
}
export interface Use {
  id: number;
  name: string;
  on: boolean;
}
export interface Uses {
  flows: Use[];
  campaigns: Use[];
}
export interface Message extends MessageRow {
  version: string;
  text: string;
  problem?: string;
  languages?: string[];
  findings?: Finding[];
  used_by: Uses;
}
export interface Starter {
  name: string;
  about: string;
  text: string;
}
export type Checked =
  | { ok: true; name: string; languages: string[]; names: string[]; findings: Finding[]; used_by: Uses }
  | { ok: false; problems: { problem: string; hint: string; line: number | null }[] };
export interface Preview {
  language: string;
  subject: string;
  preheader: string;
  html: string;
  text: string;
  short: string;
  frame: string;
}

export const blank = `name: hello
about: A greeting
subject: "{{ 'subject' | t }}"
preheader: "{{ 'preheader' | t }}"
html: |
  {% render 'top' %}
  <p>{{ 'body' | t: name: person.first_name }}</p>
  {% assign label = 'button' | t %}{% render 'button', label: label, url: shop.url %}
  {% render 'end' %}
languages:
  en:
    subject: "Hello"
    preheader: "Good to see you"
    body: "Hello {{ name }}"
    button: "To the shop"
`;

/* A language's own name of itself. */
export const ownName = (code: string): string => new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
export const directionOf = (code: string): 'rtl' | 'ltr' => (['ar', 'fa', 'he', 'ur'].includes(code) ? 'rtl' : 'ltr');

/* Row by row what each language says; null: it says nothing. Forms of a plural stand below their
 * key, as "items.one". */
export interface Table {
  languages: string[];
  rows: { key: string; texts: (string | null)[] }[];
}
export function tableOf(text: string): Table {
  const languages = nodeAt(text, ['languages']);
  if (!isMap(languages)) return { languages: [], rows: [] };
  const codes = languages.items.map((p) => String(p.key));
  const rows: Record<string, (string | null)[]> = {};
  const walk = (node: unknown, before: string, column: number): void => {
    if (isMap(node)) for (const p of node.items) walk(p.value, before ? `${before}.${String(p.key)}` : String(p.key), column);
    else if (isScalar(node)) (rows[before] ??= codes.map(() => null))[column] = String(node.value ?? '');
  };
  languages.items.forEach((p, i) => walk(p.value, '', i));
  return { languages: codes, rows: Object.entries(rows).map(([key, texts]) => ({ key, texts })) };
}

export function translate(text: string, language: string, key: string, said: string): string {
  return setAt(text, ['languages', language, ...key.split('.')], quoted(said));
}

/* A language more begins with what the first one says. */
export function addLanguage(text: string, code: string): string {
  const first = nodeAt(text, ['languages']);
  if (!isMap(first) || !rootOf(text)) return text;
  const from = first.items[0]?.value;
  return isMap(from) ? setAt(text, ['languages', code], JSON.stringify(from.toJSON())) : text;
}
