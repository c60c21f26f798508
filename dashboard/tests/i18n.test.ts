// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Texts = Record<string, string>;
const folder = 'src/lib/i18n';
const files = readdirSync(folder).filter((f) => f.endsWith('.json'));
const codes = ['en', 'ar', 'th'];
const areas = [...new Set(files.map((f) => f.replace(/(en|ar|th)\.json$/, '')))];
const read = (area: string, code: string): Texts => JSON.parse(readFileSync(`${folder}/${area}${code}.json`, 'utf8')) as Texts;
const whole = (code: string): Texts => Object.assign({}, ...areas.map((area) => read(area, code))) as Texts;
const all: Record<string, Texts> = Object.fromEntries(codes.map((code) => [code, whole(code)]));
const en = all.en!;
const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '').sort();
const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((f) => /\.(svelte|ts)$/.test(f))
  .map((f) => readFileSync(`src/${f}`, 'utf8'))
  .join('\n');

describe('catalogues', () => {
  for (const area of areas)
    for (const code of ['ar', 'th'])
      it(`${area}${code} has the keys and placeholders of English`, () => {
        const own = read(area, code);
        const english = read(area, 'en');
        expect(Object.keys(own).sort()).toEqual(Object.keys(english).sort());
        for (const [key, text] of Object.entries(english)) {
          expect(own[key]?.trim(), key).not.toBe('');
          expect(holes(own[key]!), key).toEqual(holes(text));
        }
      });

  it('have no key in two areas', () => {
    const keys = areas.flatMap((area) => Object.keys(read(area, 'en')));
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
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
        if (letters.test(en[key]!.replace(/\{\w+\}/g, ''))) expect(text, `${code} ${key}`).not.toBe(en[key]!);
  });
});
