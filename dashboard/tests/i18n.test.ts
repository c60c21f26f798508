// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import ar from '../src/lib/i18n/ar.json';
import en from '../src/lib/i18n/en.json';
import th from '../src/lib/i18n/th.json';

const all: Record<string, Record<string, string>> = { en, ar, th };
const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort();
const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((f) => /\.(svelte|ts)$/.test(f))
  .map((f) => readFileSync(`src/${f}`, 'utf8'))
  .join('\n');

describe('catalogues', () => {
  for (const code of ['ar', 'th'])
    it(`${code} has the keys and placeholders of English`, () => {
      expect(Object.keys(all[code]!).sort()).toEqual(Object.keys(en).sort());
      for (const [key, text] of Object.entries(en)) {
        expect(all[code]![key]?.trim(), key).not.toBe('');
        expect(holes(all[code]![key]!), key).toEqual(holes(text));
      }
    });

  it('has no text that no page uses', () => {
    const groups = [...source.matchAll(/word\('(\w+)'/g)].map((m) => m[1]!);
    const unused = Object.keys(en).filter(
      (key) => !source.includes(`'${key}'`) && !groups.includes(key.split('.')[0]!),
    );
    expect(unused).toEqual([]);
  });

  it('translates what is not a sign or a name', () => {
    const letters = /[A-Za-z]{4,}/;
    for (const code of ['ar', 'th'])
      for (const [key, text] of Object.entries(all[code]!))
        if (letters.test(en[key as keyof typeof en])) expect(text, `${code} ${key}`).not.toBe(en[key as keyof typeof en]);
  });
});
