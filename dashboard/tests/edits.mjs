// SPDX-License-Identifier: AGPL-3.0-or-later
/* Files that somebody changes by hand while pages are open: what is wrong with them is told on every
 * page, and a page that was open meanwhile does not save over them. edits.mjs TIDEMARK [SCREENSHOTS];
 * TAP. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, enter, finish, launch, look, open, settle } from './browser.mjs';
import { run, serve, stop } from './serve.mjs';

const [tidemark, shots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tidemark-edits-'));
const shop = join(folder, 'shop');
const file = join(shop, 'tidemark.yaml');
const routes = ['start', 'connect', 'live', 'mark', 'gaps', 'questions', 'revenue', 'customers', 'goals', 'settings'];
let url = '';

async function visit(page, route) {
  await page.goto(`${url}/#/${route}`);
  await settle(page);
}

const banner = (page) => page.locator('main [role=alert].note.warn');

/* Until the server has seen it. */
async function until(page, wanted) {
  await page.waitForFunction(async (w) => (await (await fetch('/api/v1/files')).json()).wrong.length === w, wanted, { polling: 300 });
}

async function everywhere(page, was) {
  writeFileSync(file, `${was}margin: forty\n`);
  await until(page, 1);
  for (const route of routes) {
    await visit(page, route);
    await banner(page).waitFor();
    const text = await banner(page).textContent();
    check(/tidemark\.yaml:\d+: margin: must be a number/.test(text) && /goes on/.test(text), `${route}: what is wrong is told, with its line`, text);
  }
  await look(page, 'edits-wrong', shots);
  for (const language of ['ar', 'th']) {
    await page.selectOption('.tools select', language);
    await page.waitForFunction((l) => document.documentElement.lang === l, language);
    await page.waitForFunction(() => !/must be a number/.test(document.querySelector('main .note.warn')?.textContent ?? 'must be a number'));
    check(/tidemark\.yaml/.test(await banner(page).textContent()), `in ${language}, too`);
    await look(page, `edits-wrong-${language}`, shots);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, 'edits-wrong-phone', shots);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.selectOption('.tools select', 'en');
  writeFileSync(file, was);
  await until(page, 0);
  await visit(page, 'start');
  await visit(page, 'settings');
  await banner(page).waitFor({ state: 'detached' });
  check(true, 'mended, it is gone');
}

async function conflict(page, was) {
  await visit(page, 'settings');
  await page.fill('form input >> nth=0', 'By page');
  writeFileSync(file, was.replace('Harbour Tea', 'By hand'));
  await page.click('form button.main >> nth=0');
  await page.waitForSelector('main .note.bad');
  const said = await page.textContent('main .note.bad');
  check(/changed meanwhile/.test(said) && (await page.inputValue('form input >> nth=0')) === 'By hand', 'a save over a hand edit is refused, and what stands there is shown', said);
  check(/By hand/.test(readFileSync(file, 'utf8')), 'the file keeps it');
  await look(page, 'edits-conflict', shots);
  await page.fill('form input >> nth=0', 'By page');
  await page.click('form button.main >> nth=0');
  await page.waitForSelector('text=Saved');
  check(/By page/.test(readFileSync(file, 'utf8')), 'then it can be saved');
}

let server;
const browser = await launch();
try {
  run(tidemark, 'init', shop, '--currency', 'EUR', '--time-zone', 'Asia/Bangkok', '--shop', 'Harbour Tea');
  server = await serve(tidemark, shop);
  ({ url } = server);
  const page = await open(browser, { viewport: { width: 1280, height: 900 } });
  await enter(page, url, server.token);
  const was = readFileSync(file, 'utf8');
  await everywhere(page, was);
  await conflict(page, was);
} catch (error) {
  check(false, 'the path is walked to its end', error.stack);
} finally {
  await browser.close();
  await stop(server);
  rmSync(folder, { recursive: true, force: true });
}
finish();
process.exit();
