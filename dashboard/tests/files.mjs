// SPDX-License-Identifier: AGPL-3.0-or-later
/* What a file does not say is chosen on the page, and an upload is cancelled there: files.mjs TIDEMARK
 * [SCREENSHOTS]; TAP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, enter, finish, launch, look, open } from './browser.mjs';
import { serve, stop } from './serve.mjs';

const [tidemark, shots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tidemark-files-'));
const orders = `order_id,ordered_at,total,email,status
1,03/04/2026,"1,234",a@example.com,paid
2,04/04/2026,"2,345",b@example.com,paid
`;

async function begin(page, server) {
  await enter(page, server.url, server.token);
  await page.goto(`${server.url}/#/start`);
  await page.waitForSelector('.drop');
}

/* Whatever is asked, until nothing is. */
async function choose(page) {
  await page.setInputFiles('input[type=file]', [{ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(orders) }]);
  await page.waitForSelector('.needs:has(button:enabled)');
  check(!(await page.textContent('.taken')).includes('--'), 'no option of the command line is named', await page.textContent('.taken'));
  const tags = await page.locator('.taken .tag').allTextContents();
  check(tags.join() === 'needs your choice', 'a file that only asks is not called unusable', tags.join());
  await look(page, 'files-needs', shots);
  const said = { dates: 'dmy', decimals: 'point' };
  for (let i = 0; i < 4 && (await page.locator('.needs').count()); i++) {
    for (const [need, value] of Object.entries(said)) {
      const field = page.locator(`.needs select[id$="-${need}"]`);
      if (await field.count()) await field.selectOption(value);
    }
    const currency = page.locator('.needs input');
    if (await currency.count()) await currency.fill('eur');
    const listed = page.waitForResponse((r) => /imports\?limit/.test(r.url())); /* comes last */
    await page.click('.needs button');
    await listed;
    await page.waitForSelector('.taken .tag.good, .needs:has(button:enabled)');
  }
  await page.waitForSelector('.taken .tag.good');
  check((await page.textContent('.taken')).includes('2 rows read'), 'then the file is read', await page.textContent('.taken'));
}

/* On its way: the line is slow, so that there is time. */
async function cancel(page) {
  await page.route('**/api/v1/imports?**', () => new Promise(() => {}));
  await page.setInputFiles('input[type=file]', [{ name: 'big.csv', mimeType: 'text/csv', buffer: Buffer.alloc(1_000_000, 'x') }]);
  await page.click('button:text-is("Cancel")');
  await page.waitForSelector('.drop input:enabled', { state: 'attached' });
  check((await page.locator('[role=alert]').count()) === 0 && (await page.textContent('.taken')).includes('big.csv'), 'an upload on its way is cancelled', await page.textContent('main'));
  await look(page, 'files-cancelled', shots);
}

let server;
const browser = await launch();
try {
  server = await serve(tidemark, join(folder, 'shop'));
  const page = await open(browser, { viewport: { width: 390, height: 844 }, isMobile: true });
  await begin(page, server);
  await choose(page);
  await cancel(page);
} finally {
  await browser.close();
  await stop(server);
  rmSync(folder, { recursive: true, force: true });
}
finish();
