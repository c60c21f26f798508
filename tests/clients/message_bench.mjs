// SPDX-License-Identifier: AGPL-3.0-or-later
/* liquidjs rendering a message to begin with: message_bench.mjs SOURCE DATA SECONDS. SOURCE is what
 * "bench-message ... source" prints. Prints messages a second, bytes a message, processor microseconds
 * a message; with 0 SECONDS the message. */
import { readFileSync } from 'node:fs';
import { Liquid } from 'liquidjs';

const [source, data, seconds] = process.argv.slice(2);
const { html, partials, texts, frame } = JSON.parse(readFileSync(source, 'utf8'));
const engine = new Liquid({ outputEscape: 'escape', templates: partials, globals: JSON.parse(readFileSync(data, 'utf8')) });
const find = (all, key) => key.split('.').reduce((at, part) => at?.[part], all);
const amounts = new Intl.NumberFormat('en-001', { style: 'currency', currency: 'EUR' });
engine.registerFilter('t', (key, ...named) => {
  const given = Object.fromEntries(named);
  return (find(texts, key) ?? find(frame, key)).replace(/{{\s*(\w+)\s*}}/g, (_, name) => given[name] ?? '');
});
engine.registerFilter('money', (minor) => amounts.format(minor / 100));
const compiled = engine.parse(html);
const render = () => engine.renderSync(compiled);
if (Number(seconds) === 0) {
  process.stdout.write(render());
} else {
  for (let i = 0; i < 2000; i++) render(); // until it is compiled
  const cpu = process.cpuUsage();
  const began = performance.now();
  let n = 0;
  let bytes = 0;
  while (performance.now() - began < seconds * 1000) {
    bytes = Buffer.byteLength(render());
    n++;
  }
  const used = process.cpuUsage(cpu);
  console.log(Math.round(n / ((performance.now() - began) / 1000)), bytes, ((used.user + used.system) / n).toFixed(2));
}
