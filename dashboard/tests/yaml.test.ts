// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { quoted, removeAt, setAt } from '../src/lib/kept/yaml';
import { addLanguage, tableOf, translate } from '../src/lib/messages/messages';

const text = `# of ours
name: hello   # its name
html: |
  <p>one</p>
  <p>two</p>

languages:
  en: {subject: "Hello", body: Day}   # English
  # Thai
  th:
    subject: 'สวัสดี'   # says hello
    items: {one: a, other: b}
`;

describe('changes to a text', () => {
  it('leave every other byte as it was', () => {
    expect(translate(text, 'th', 'subject', 'หวัดดี')).toBe(text.replace("'สวัสดี'", 'หวัดดี'));
    expect(translate(text, 'en', 'subject', 'Hi: you')).toBe(text.replace('"Hello"', '"Hi: you"'));
    expect(setAt(text, ['html'], '"<p>x</p>"')).toBe(text.replace('|\n  <p>one</p>\n  <p>two</p>', '"<p>x</p>"'));
  });
  it('add what is missing where it belongs', () => {
    expect(translate(text, 'th', 'body', 'วันดี')).toBe(`${text}    body: วันดี\n`);
    expect(translate(text, 'en', 'more', 'x')).toBe(text.replace('body: Day}', 'body: Day, more: x}'));
    expect(translate(text, 'th', 'items.two', 'c')).toBe(text.replace('other: b}', 'other: b, two: c}'));
    expect(addLanguage(text, 'ar')).toBe(`${text}  ar: {"subject":"Hello","body":"Day"}\n`);
  });
  it('give a value to a name that has none, before its comment', () => {
    expect(setAt('a: # none yet\nb: 1\n', ['a'], 'x')).toBe('a: x # none yet\nb: 1\n');
    expect(setAt('m: {a, b: 1}\n', ['m', 'a'], 'x')).toBe('m: {a: x, b: 1}\n');
  });
  it('take away a name with its value, and the last one stays', () => {
    expect(removeAt(text, ['languages', 'en', 'body'])).toBe(text.replace(', body: Day', ''));
    expect(removeAt(text, ['languages', 'en', 'subject'])).toBe(text.replace('subject: "Hello", ', ''));
    expect(removeAt(text, ['languages', 'th', 'items'])).toBe(text.replace('\n    items: {one: a, other: b}', ''));
    expect(removeAt('a: {b: 1}\n', ['a', 'b'])).toBe('a: {b: 1}\n');
  });
  it('take only its own comments away with a name', () => {
    const own = `# of ours
start:
  # carts
  event: cart_add   # any
  # whom
  where: x
steps:
  - name: a
    wait: 1 day
    # why to the end
    next: end
    # nothing more

  # of b
  - # b itself
    channel: email
    # its name
    name: b
    # of the last step
# what it is for
goal: order_complete
  # and nothing else
# the end
`;
    expect(removeAt(own, ['start', 'event'])).toBe(own.replace('  # carts\n  event: cart_add   # any\n', ''));
    expect(removeAt(own, ['start', 'where'])).toBe(own.replace('  # whom\n  where: x\n', ''));
    expect(removeAt(own, ['steps', 0, 'next'])).toBe(own.replace('    # why to the end\n    next: end\n', ''));
    expect(removeAt(own, ['steps', 1, 'channel'])).toBe(own.replace('    channel: email\n', ''));
    expect(removeAt(own, ['goal'])).toBe(own.replace('# what it is for\ngoal: order_complete\n  # and nothing else\n', ''));
    expect(removeAt(own, ['steps'])).toContain('where: x\n# what it is for\ngoal:');
    const first = 'steps:\n  - channel: email   # by mail\n    # its name\n    name: b\n';
    expect(removeAt(first, ['steps', 0, 'channel'])).toBe('steps:\n  -\n    # its name\n    name: b\n');
    expect(removeAt('steps:\n  - channel: email\n    name: b', ['steps', 0, 'channel'])).toBe('steps:\n  - name: b');
    expect(removeAt('a: 1\r\n# b\r\nb: 2', ['b'])).toBe('a: 1');
  });
  it('write texts so that they are read as they are', () => {
    for (const odd of ['yes', 'null', '12', '- a', 'a: b', '#x', '{x}', '"q"', ' a', 'a ', '', '*a', 'a\nb']) expect(JSON.parse(quoted(odd))).toBe(odd);
    expect(quoted("don't go")).toBe("don't go");
  });
});

describe('translations', () => {
  it('stand in rows, with what a language lacks', () => {
    expect(tableOf(text)).toEqual({
      languages: ['en', 'th'],
      rows: [
        { key: 'subject', texts: ['Hello', 'สวัสดี'] },
        { key: 'body', texts: ['Day', null] },
        { key: 'items.one', texts: [null, 'a'] },
        { key: 'items.other', texts: [null, 'b'] },
      ],
    });
    expect(tableOf('name: x\n')).toEqual({ languages: [], rows: [] });
  });
});
