// SPDX-License-Identifier: AGPL-3.0-or-later
/* The pages of numbers as `tidemark serve` serves them, with a made-up shop: every view answers, in
 * every language, and the page shows what the program says. served.mjs TIDEMARK [SCREENSHOTS] */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, enter, finish, launch, look, open, settle } from './browser.mjs';
import { run, serve, stop } from './serve.mjs';

const [tidemark, shots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tidemark-served-'));
const shop = join(folder, 'shop');

const pages = [
  ['revenue', 'revenue'],
  ['customers', 'customers?group=at_risk'],
  ['goals', 'goals?weeks=104'],
];

try {
  run(tidemark, 'simulate', '--stage', '3', '--orders', '800', join(folder, 'demo'));
  run(tidemark, 'init', '--shop', 'Harbour Tea', '--time-zone', 'Asia/Bangkok', shop);
  run(tidemark, 'import', '--workspace', shop, join(folder, 'demo'));
  const total = JSON.parse(run(tidemark, 'show', 'revenue', '--workspace', shop, '--by', 'total', '--from', '2025-11-01', '--json'));
  const server = await serve(tidemark, shop);
  const browser = await launch();
  const refused = [];

  const page = await open(browser, { viewport: { width: 1280, height: 900 } });
  page.on('response', (r) => r.url().includes('/views/') && r.status() >= 400 && refused.push(`${r.status()} ${r.url()}`));
  await enter(page, server.url, server.token);
  const newest = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Bangkok' }).format(new Date(total.as_of));
  await page.goto(`${server.url}/#/revenue?from=2025-11-01&to=${newest}`);
  await settle(page);
  const told = new Intl.NumberFormat('en', { style: 'currency', currency: total.currency, maximumFractionDigits: 0 }).format(total.rows[0].revenue / 100);
  check((await page.textContent('.tiles')).includes(told), 'the headline is what the program says of the same days', told);

  const links = await page.$$eval('figcaption a[download]', (all) => all.map((a) => a.getAttribute('href')));
  const files = await page.evaluate(async (all) => {
    const got = [];
    for (const link of all) {
      const answer = await fetch(link);
      got.push([link, answer.status, (await answer.arrayBuffer()).byteLength]);
    }
    return got;
  }, links);
  check(links.length === 10 && files.every(([, status, size]) => status === 200 && size > 20), 'every table comes as CSV and XLSX', JSON.stringify(files));

  for (const by of ['Campaign', 'Product', 'Country', 'Device']) {
    await page.getByRole('button', { name: by, exact: true }).first().click();
    await settle(page);
  }
  await page.selectOption('.period select', 'd30');
  await settle(page);
  await page.goto(`${server.url}/#/customers`);
  await settle(page);
  check((await page.locator('.map td button').count()) > 15, 'the map of customers');
  const name = (await page.textContent('#people tbody a >> nth=0')).trim();
  await page.fill('input[type=search]', name.slice(0, 5));
  await page.waitForSelector(`.found a:has-text("${name}")`);
  check(true, 'search finds by the beginning of a name');
  await page.click('#people tbody a >> nth=0');
  await page.waitForSelector('.months');
  await settle(page);
  check((await page.textContent('h1')).includes(name), 'one person has a name and a story', await page.textContent('h1'));
  await look(page, 'served-person', shots);
  await page.goto(`${server.url}/#/goals`);
  await settle(page);
  await page.fill('input[type=number]', '20000');
  await page.press('input[type=number]', 'Tab');
  await page.click('text=/Keep .* as the goal/');
  await page.waitForSelector('text=Kept.');
  await page.reload();
  await settle(page);
  check((await page.inputValue('input[type=number]')) === '20000' && /Chance to reach it/.test(await page.textContent('main')), 'the goal is kept, with its chance');

  for (const [code, width] of [['en', 1280], ['ar', 1280], ['th', 1280], ['ar', 360]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate((l) => localStorage.setItem('language', l), code);
    for (const [title, route] of pages) {
      await page.goto('about:blank');
      await page.goto(`${server.url}/#/${route}`);
      await settle(page);
      await look(page, `served-${title}-${code}-${width}`, shots);
    }
  }
  check(refused.length === 0, 'no view was refused', refused.join('\n'));
  await browser.close();
  await stop(server);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
finish();
