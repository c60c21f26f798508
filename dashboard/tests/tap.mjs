// SPDX-License-Identifier: AGPL-3.0-or-later
/* The result of a test as TAP. */
let count = 0;
let failed = 0;

export function check(ok, name, why = '') {
  count++;
  if (!ok) failed++;
  console.log(`${ok ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (!ok && why) console.log(`# ${String(why).replaceAll('\n', '\n# ')}`);
}

export function skip(name, why) {
  console.log(`ok ${++count} - ${name} # SKIP ${why}`);
}

export function finish() {
  console.log(`1..${count}`);
  process.exitCode = failed ? 1 : 0;
}
