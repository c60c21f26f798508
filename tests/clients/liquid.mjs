// SPDX-License-Identifier: AGPL-3.0-or-later
/* Our templates beside liquidjs, as it is: every filter over many values, every tag, and templates
 * put together at random. What differs is listed below with its reason: where the two do not agree,
 * Shopify's Ruby decides. liquid.mjs LIQUID_EACH [SEED [COUNT]] */
import { spawnSync } from 'node:child_process';
import { Liquid } from 'liquidjs';

const [each, seed = '1', count = '1500'] = process.argv.slice(2);
let state = BigInt(seed) * 2654435761n + 1n;
/* A number below n: the same ones for the same seed. */
const below = (n) => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number((state >> 33n) % BigInt(n));
};
const pick = (list) => list[below(list.length)];

const data = {
  s: 'Hello World', e: '', sp: '  a  b ', uni: 'Ünïcödé ก', html: '<p class="x">a & b</p>', csv: 'a,b,,c,',
  nl: 'a\nb\nc', num: '12', dec: '3.75', word: 'zebra', zero: 0, one: 1, five: 5, neg: -7, big: 123456, f: 2.5,
  g: -0.75, yes: true, no: false, nothing: null, empty_list: [], list: [3, 1, 2, 3], words: ['pear', 'Apple', 'fig', 'Apple'],
  nested: [1, [2, [3, 4]]], map: { a: 1, b: 'two', size: 9 }, deep: { x: { y: [{ z: 'deep' }] } },
  items: [
    { t: 'Tea', p: 300, k: 'drink', on: true }, { t: 'cup', p: 1250, k: 'ware', on: false },
    { t: 'Pot', p: 990, k: 'ware', on: true }, { t: 'ant', k: 'toy' },
  ],
  day: '2026-11-20T08:15:00Z',
};
const partials = { p: '[{{ p }}{{ x }}{{ s }}]', q: '{% for i in (1..2) %}{{ i }}{{ x }}{% endfor %}' };

const values = [
  "'abc'", "''", "' x '", '1', '0', '-3', '2.5', '1.25', "'7'", "'1.5'", 'nil', 'true', 'false', 's', 'sp', 'uni', 'html',
  'csv', 'nl', 'num', 'dec', 'big', 'f', 'g', 'list', 'words', 'nested', 'missing', 'empty_list',
  'list[0]', 'items.first.t', 'words.size', 'map.b', 'deep.x.y[0].z', 's.size', "'a b c'",
];
const text = ["'a'", "''", "','", "' '", "'o'", 's', '1'];
const number = ['1', '2', '3', '0.5', "'2'", '-1', '10'];
const whole = ['0', '1', '2', '5', '20', '-1', '-2'];
const member = ["'t'", "'p'", "'k'", "'on'", "'nope'"];
const filters = {
  abs: [], append: [text], at_least: [number], at_most: [number], base64_encode: [], capitalize: [], ceil: [], compact: [],
  default: [text], divided_by: [number], downcase: [], escape: [], escape_once: [], first: [], floor: [], join: [text],
  last: [], lstrip: [], minus: [number], modulo: [number], newline_to_br: [], plus: [number], prepend: [text], remove: [text],
  remove_first: [text], remove_last: [text], replace: [text, text], replace_first: [text, text], replace_last: [text, text],
  reverse: [], round: [['0', '1', '2']], rstrip: [], size: [], slice: [whole, whole], sort: [], sort_natural: [],
  split: [text], squish: [], strip: [], strip_html: [], strip_newlines: [], times: [number], truncate: [whole, text],
  truncatewords: [['1', '2', '3'], text], uniq: [], upcase: [], url_decode: [], url_encode: [],
};
const ofItems = { map: [member], where: [member], reject: [member], find: [member], find_index: [member], has: [member],
  sort: [["'t'", "'p'"]], sum: [["'p'"]], uniq: [member], compact: [member] };
const call = (name, args) => `${name}${args.length ? `: ${args.map(pick).join(', ')}` : ''}`;

/* ---- the templates ------------------------------------------------------------------------ */

const templates = [];
for (const [name, args] of Object.entries(filters)) {
  for (const value of values) {
    templates.push(`{{ ${value} | ${call(name, args)} }}`, `{{ ${value} | ${call(name, args)} | join: '~' }}`);
  }
}
for (const [name, args] of Object.entries(ofItems)) {
  for (let i = 0; i < 5; i++) {
    const chain = `items | ${call(name, args)}`;
    templates.push(`{{ ${chain} | size }}`, `{% assign r = ${chain} %}{% for i in r %}{{ i.t }};{% endfor %}`);
  }
}
for (const format of '%a %A %b %B %c %C %d %D %e %F %H %I %j %k %l %L %m %M %n %N %p %P %q %r %R %s %S %T %t %u %U %w %W %x %X %y %Y %z %Z %% %-d %_m %03d %^a %-I %:z'.split(' ')) {
  for (const day of ["'2026-11-20T08:15:00Z'", "'2026-01-04T23:59:59Z'", "'2024-02-29T00:00:00Z'", '1', "'0'"]) {
    templates.push(`{{ ${day} | date: '${format}' }}`);
  }
}

const simple = () => pick(values);
const compare = () => {
  const left = simple();
  return pick([left, `${left} ${pick(['==', '!=', 'contains'])} ${simple()}`, `${pick(['one', 'five', 'f', 'neg', '3'])} ${pick(['<', '<=', '>', '>='])} ${pick(['0', '1', '2.5', '-4'])}`,
    `${left} == ${pick(['empty', 'blank', 'nil'])}`]);
};
const condition = () => Array.from({ length: 1 + below(3) }, compare).join(` ${pick(['and', 'or'])} `);
const piped = () => {
  const name = pick(Object.keys(filters));
  return `${simple()} | ${call(name, filters[name])}`;
};
const over = () => pick(['list', 'words', 'items', 'map', '(1..4)', '(2..five)', 'empty_list', 'nothing', 's']);
const makers = [
  () => `{{ ${piped()} }}`, () => `{{ ${simple()} }}`, () => ` ${pick(['text', '\n', 'a < b', '{ }', '%}'])} `,
  (d) => `{% if ${condition()} %}${body(d)}{% elsif ${condition()} %}.{% else %}${body(d)}{% endif %}`,
  (d) => `{% unless ${condition()} %}x${body(d)}{% endunless %}`,
  (d) => `{% for v in ${over()}${pick(['', ' limit:2', ' offset:1', ' reversed', ' limit:2 offset:1', ' offset:continue'])} %}`
    + `{{ forloop.${pick(['index', 'index0', 'rindex', 'first', 'last', 'length'])} }}${body(d)}`
    + `${pick(['', '{% break %}', '{% if forloop.first %}{% continue %}{% endif %}'])}.{% else %}none{% endfor %}`,
  (d) => `{% case ${simple()} %}{% when ${simple()}, ${simple()} %}1${body(d)}{% else %}2{% endcase %}`,
  () => `{% assign v = ${piped()} %}{{ v }}`, (d) => `{% capture c %}x${body(d)}{% endcapture %}{{ c }}`,
  () => `{% cycle ${pick(["'a', 'b'", "'g': 1, 2, 3", '1, 2'])} %}`, () => `{% ${pick(['increment', 'decrement'])} n %}`,
  () => `{%- assign w = ${pick(number)} -%} x {{- w -}} y `, () => `{% comment %}${pick(['x', '{{ y }}'])}{% endcomment %}`,
  () => '{% raw %}{{ x }}{% endraw %}', () => `{% echo ${piped()} %}`, () => `{% liquid\n assign z = ${pick(number)}\n echo z\n%}`,
  () => `{% tablerow v in ${pick(['list', '(1..3)'])} cols:${pick(['1', '2'])}%}{{ v }}{% endtablerow %}`,
  () => `{% render '${pick(['p', 'q'])}', x: ${pick(['1', 's', "'y'"])} %}`, () => `{% # note\n%}{{ v }}`,
];
function body(depth) {
  return depth <= 0 ? 'b' : Array.from({ length: 1 + below(3) }, () => pick(makers)(depth - 1)).join('');
}
for (let i = 0; i < Number(count); i++) {
  templates.push(Array.from({ length: 1 + below(4) }, () => pick(makers)(2)).join(''));
}

/* ---- what is known to differ -------------------------------------------------------------- */

/* Written differently, the same otherwise: Ruby prints whole fractions as 5.0 and quotes as &quot;. */
const even = (out) => out?.replaceAll('.0', '').replaceAll('&quot;', '&#34;');
const squeezed = (out) => even(out)?.replace(/\s+/g, '');
const EXPECTED = [
  ['blocks that print only white space print nothing', (t, o, x) => /\{%-?\s*(if|unless|for|case)/.test(t) && squeezed(o.out) === squeezed(x.out)],
  ['a table row ends its lines', (t, o, x) => /tablerow/.test(t) && squeezed(o.out) === squeezed(x.out)],
  ['a map prints as Ruby shows it', (t, o, x) => /"=>/.test(o.out) && /\[object/i.test(x.out)],
  ['a loop that was at the end goes on there: nothing is left', (t) => /offset:continue/.test(t)],
  ['a text is one element of a loop, limit and offset or not', (t) => /in s (limit|offset)/.test(t)],
  ['nil, what is missing and blank are the same', (t) => /== blank|case (nil|nothing|missing)|when [^%]*(nil|nothing|missing)|== nil/.test(t)],
  ['whole numbers divide into whole numbers', (t) => /divided_by/.test(t)],
  ['true is no number', (t) => /(true|false|yes|no)\b[^}%]*\| *(abs|at_|ceil|floor|round|plus|minus|times|modulo)/.test(t)],
  ['nested lists are one list to filters', (t) => /nested *\|/.test(t)],
  ['"" stands before every character and at the end', (t) => /replace(_first|_last)?: '',/.test(t)],
  ['truncatewords adds its end only where it cut, and keeps what it did not', (t) => /truncatewords/.test(t)],
  ['splitting at a blank leaves out blanks in front', (t) => /split: ' '/.test(t)],
  ['truncate cuts to nothing for a length below 0', (t) => /truncate: -/.test(t)],
  ['a list in a text filter is its elements glued', (t) => /(list|words)\b[^}%]*\| *truncate/.test(t)],
  ['uniq and compact take a member', (t) => /(uniq|compact): /.test(t)],
  ['a map has a size', (t) => /find: .*\| size/.test(t)],
  ['directives of dates that JavaScript lacks', (t) => /date: '%?[cDFGgIklNPRrTvVnuxX+Zz^#_0:-]?[a-zA-Z0-9]*'/.test(t) || /date: ''/.test(t)],
];
const theirs = (template) => {
  try {
    const own = structuredClone(data); /* it counts in them */
    const engine = new Liquid({ templates: partials, globals: own, timezoneOffset: 0, ownPropertyOnly: true });
    return { out: engine.parseAndRenderSync(template, own) };
  } catch (e) {
    return { error: String(e.message) };
  }
};
const input = templates.map((template) => JSON.stringify({ template, data, partials })).join('\n');
const run = spawnSync(each, { input, maxBuffer: 1 << 30, encoding: 'utf8' });
const ours = run.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
let same = 0;
const known = new Map(EXPECTED.map(([why]) => [why, 0]));
const differ = [];
templates.forEach((template, i) => {
  const other = theirs(template);
  if (even(ours[i].out) === even(other.out)) {
    same++;
    return;
  }
  const why = EXPECTED.find(([, when]) => when(template, ours[i], other))?.[0];
  if (why) known.set(why, known.get(why) + 1);
  else differ.push([template, ours[i], other]);
});
console.log(`# ${templates.length} templates, seed ${seed}: ${same} the same, ${differ.length} differ without a reason`);
for (const [why, n] of known) console.log(`# ${n} differ: ${why}`);
for (const [template, our, other] of differ.slice(0, 20)) {
  console.log(`# ${JSON.stringify(template)}\n#   ours   ${JSON.stringify(our)}\n#   theirs ${JSON.stringify(other)}`);
}
const checks = [
  [ours.length === templates.length && run.status === 0, 'every template was rendered'],
  [differ.length === 0, 'what differs from liquidjs has a reason'],
  [same > templates.length * 0.85, 'most are the same'],
];
checks.forEach(([ok, what], i) => console.log(`${ok ? 'ok' : 'not ok'} ${i + 1} - ${what}`));
console.log(`1..${checks.length}`);
process.exit(checks.every(([ok]) => ok) ? 0 : 1);
