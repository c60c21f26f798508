// SPDX-License-Identifier: AGPL-3.0-or-later
/* A shop of its own for a test in a browser, its files, and its pages in every language. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enter, finish, launch, look, open, settle } from './browser.mjs';
import { run, serve, stop } from './serve.mjs';

/* Lines of the same name go. */
function adjust(file, settings) {
  const names = settings.match(/^\w+(?=:)/gm) ?? [];
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => !names.some((name) => line.startsWith(`${name}:`)));
  writeFileSync(file, `${lines.join('\n')}\n${settings}`);
}

/* `walk` gets the owner's page, logged in; `settings` are added to tidemark.yaml. All of it goes at
 * the end, which is the test's. */
export async function atShop(tidemark, name, settings, walk) {
  const folder = mkdtempSync(join(tmpdir(), `tidemark-${name}-`));
  const shop = join(folder, 'shop');
  const browser = await launch();
  let server;
  try {
    run(tidemark, 'init', shop, '--currency', 'EUR', '--time-zone', 'Europe/Berlin');
    adjust(join(shop, 'tidemark.yaml'), settings);
    server = await serve(tidemark, shop);
    const page = await open(browser, { viewport: { width: 1280, height: 900 } });
    await enter(page, server.url, server.token);
    await walk({ page, browser, url: server.url, shop });
  } finally {
    await browser.close();
    await stop(server);
    rmSync(folder, { recursive: true, force: true });
  }
  finish();
}

export const daysAgo = (n) => new Date(Date.now() - n * 86400e3).toISOString().slice(0, 19).replace('T', ' ');

/* A file of orders, until its people are in the figures. */
export async function bring(page, url, orders) {
  await page.goto(`${url}/#/start`);
  await page.waitForSelector('.drop');
  await page.setInputFiles('input[type=file]', [{ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(orders) }]);
  await page.waitForFunction(() => document.querySelectorAll('.taken .tag.good').length === 1);
  await page.goto(`${url}/#/customers`);
  await page.waitForSelector('#people tbody tr');
  page.trouble.length = 0; /* that the numbers were not ready is no fault */
}

/* Past the page: what it would have asked of the server. */
export const ask = (page, path, body = {}, method = 'POST') =>
  page.evaluate(async ([path, body, method]) => {
    const { csrf } = await (await fetch('/api/v1/me')).json();
    const told = await fetch(`/api/v1${path}`, { method, headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    return told.json();
  }, [path, body, method]);

/* Pages as the owner reads them: `pages` are [name, route, what stands there]. */
export async function read(browser, url, name, { language, dark = false, width, touch = false }, pages) {
  const page = await open(browser, { viewport: { width, height: 844 }, isMobile: width < 500, hasTouch: touch, colorScheme: dark ? 'dark' : 'light' }, language);
  await enter(page, url);
  for (const [what, route, stands] of pages) {
    await page.goto(`${url}/#/${route}`);
    await page.waitForSelector(stands);
    await settle(page);
    await look(page, `${name}-${what}-${language}-${width}${dark ? '-dark' : ''}`, process.argv[3]);
  }
  return page;
}
