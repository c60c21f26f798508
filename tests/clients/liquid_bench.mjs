// SPDX-License-Identifier: AGPL-3.0-or-later
/* liquidjs rendering the same message: liquid.mjs TEMPLATE DATA SECONDS. Prints messages a second, bytes
 * a message, processor microseconds a message; with 0 SECONDS the message. */
import { readFileSync } from 'node:fs';
import { Liquid } from 'liquidjs';

const [template, data, seconds] = process.argv.slice(2);
const engine = new Liquid({ outputEscape: 'escape', timezoneOffset: 0 });
const compiled = engine.parse(readFileSync(template, 'utf8'));
const values = JSON.parse(readFileSync(data, 'utf8'));
if (Number(seconds) === 0) {
  process.stdout.write(engine.renderSync(compiled, values));
} else {
  for (let i = 0; i < 200; i++) engine.renderSync(compiled, values); // until it is compiled
  const cpu = process.cpuUsage();
  const began = performance.now();
  let n = 0;
  let bytes = 0;
  while (performance.now() - began < seconds * 1000) {
    bytes = Buffer.byteLength(engine.renderSync(compiled, values));
    n++;
  }
  const used = process.cpuUsage(cpu);
  console.log(Math.round(n / ((performance.now() - began) / 1000)), bytes, ((used.user + used.system) / n).toFixed(2));
}
