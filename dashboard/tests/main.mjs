// SPDX-License-Identifier: AGPL-3.0-or-later
/* The main path as `tidemark serve` serves it, with a small made-up shop: from the one-time link by
 * files, mark, evidence, answers and road map to logging out; then read in Arabic and Thai, wide and
 * on a phone. main.mjs TIDEMARK [SCREENSHOTS]; the result as TAP. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, enter, finish, launch, look, open, settle } from './browser.mjs';
import { run, serve, stop } from './serve.mjs';

const [tidemark, shots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tidemark-main-'));
const shop = join(folder, 'shop');
const exports = ['orders_export.csv', 'ga4_traffic_acquisition.csv'];
const path = [];

const ask = (page, what) => page.evaluate(async (p) => (await fetch(`/api/v1${p}`)).json(), what);

async function visit(page, url, route) {
  await page.goto(`${url}/#/${route}`);
  await settle(page);
  if (route === 'gaps') await page.waitForSelector('.board[aria-busy=false]');
}

const door = (page, url, token = '') => enter(page, url, token, () => look(page, token ? 'main-setup' : 'main-enter', shots));

/* As a hand drops them: the page gets the files with the event. */
async function drop(page, names) {
  const files = names.map((name) => [name, readFileSync(join(folder, 'demo', name), 'utf8')]);
  const data = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const [name, text] of all) transfer.items.add(new File([text], name, { type: 'text/csv' }));
    return transfer;
  }, files);
  await page.dispatchEvent('.drop', 'drop', { dataTransfer: data });
  for (const name of names) await page.waitForSelector(`.taken li:has-text("${name}") .tag.good`);
  const told = await page.locator('.taken > li').allTextContents();
  check(told.length === names.length && told.every((text) => /\d rows read: .*\d stored/.test(text)), 'each file dropped has its report', told.join('\n'));
  await page.waitForSelector(`#imports ~ .scroll tr:has-text("${names[1]}")`);
}

async function assess(page) {
  await page.click('text=Measure the shop');
  await page.waitForSelector('.hero .stage');
  await settle(page);
  const { stage } = await ask(page, '/assessment');
  check((await page.textContent('.stage')).includes(stage.title), 'the mark is seen when measuring ends', stage.title);
}

/* A counted practice of the shop's orders: k, n, period, sources, and the files with their day. */
async function evidence(page) {
  const { practices } = await ask(page, '/assessment');
  const counted = practices.find((p) => p.sources.includes('shopify') && p.window && p.indicators.some((i) => i.known && i.k != null && i.n != null));
  const { k, n } = counted.indicators.find((i) => i.known && i.k != null && i.n != null);
  await page.click(`.dimensions .line:has(.code:text-is("${counted.dimension}"))`);
  await page.click(`.practices button:text-is("${counted.title}")`);
  await page.waitForSelector('dialog dl');
  const said = await page.textContent('dialog');
  const digits = (x) => new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(x);
  const facts = ['(k)', digits(k), '(n)', digits(n), 'Period', 'Newest record', 'Sources', 'shopify'];
  check(facts.every((f) => said.includes(f)), 'a number opens its evidence: k, n, period, sources', said);
  await page.click('dialog summary:has-text("Files behind it")');
  const file = (await page.textContent('dialog details[open] li')).trim();
  check(/^orders_export\.csv.*imported \w+ \d/s.test(file), 'with the file behind it, and when it came in', file);
  await look(page, 'main-evidence', shots);
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
}

async function answer(page) {
  const first = await page.textContent('#question');
  await page.click('.choice >> nth=2');
  await page.waitForFunction((q) => document.querySelector('#question')?.textContent !== q, first);
  const { questions } = await ask(page, '/questions');
  const given = questions.filter((q) => q.answer.kind === 'level');
  check(given.length === 1 && given[0].question.en === first && given[0].answer.level === 3, 'an answer is kept', JSON.stringify(given));
}

/* By the list on the card: nothing needs to be drawn. */
async function pin(page) {
  const wide = await page.$$eval('.board > section', (all) => new Set(all.map((s) => s.getBoundingClientRect().top)).size);
  check(wide === 1, 'all quarters stand in one row', wide);
  const card = page.locator('.board > section:nth-child(1) article.can').first();
  const title = await card.locator('.title').textContent();
  const there = page.locator('.board > section:nth-child(2) article', { hasText: title }).filter({ hasText: 'Your wish' });
  await card.locator('summary', { hasText: 'Change' }).click();
  await card.locator('select').selectOption('2');
  await there.first().waitFor();
  const pinned = (await ask(page, '/plan')).steps.filter((s) => s.pin_quarter === 2);
  check(pinned.length === 1, 'a step is pinned to another quarter without drawing it', JSON.stringify(pinned));
  await page.waitForSelector('.board[aria-busy=false]');
}

async function download(page) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('button:text-is("CSV")')]);
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\n');
  check(file.suggestedFilename() === 'roadmap.csv' && lines.length > 1 && lines[0].includes(','), 'the road map comes as CSV', lines[0]);
}

async function undo(page) {
  page.once('dialog', (d) => d.accept());
  await page.click(`button[aria-label="Undo: ${exports[1]}"]`);
  await page.waitForSelector(`#imports ~ .scroll tr:has-text("${exports[1]}")`, { state: 'detached' });
  const { imports } = await ask(page, '/imports');
  check(imports.length === 1 && imports[0].name === exports[0], 'an import is undone', JSON.stringify(imports));
}

async function leave(page) {
  await page.click('.tools button:last-child');
  await page.waitForSelector('input[type=password]');
  check((await page.evaluate(async () => (await fetch('/api/v1/assessment')).status)) === 401, 'logged out, nothing is told any more');
}

async function whole(page, url, token) {
  await door(page, url, token);
  check(true, 'the one-time link makes the owner');
  await leave(page);
  await door(page, url);
  check(true, 'the owner logs in');
  await visit(page, url, 'start');
  await look(page, 'main-start-empty', shots);
  await drop(page, exports);
  await look(page, 'main-start', shots);
  await assess(page);
  await look(page, 'main-mark', shots);
  await evidence(page);
  await visit(page, url, 'questions');
  await look(page, 'main-questions', shots);
  await answer(page);
  await visit(page, url, 'gaps');
  await pin(page);
  await look(page, 'main-gaps', shots);
  await download(page);
  await visit(page, url, 'start');
  await undo(page);
  path.push(...(await page.$$eval('nav a', (all) => all.map((a) => a.getAttribute('href').slice(2)))));
  await leave(page);
}

async function read(page, url, code, name) {
  await door(page, url);
  check((await page.getAttribute('html', 'dir')) === (code === 'ar' ? 'rtl' : 'ltr'), `${name}: direction of writing`);
  for (const route of path) {
    await visit(page, url, route);
    await look(page, `main-${route}-${name}`, shots);
  }
  await visit(page, url, 'mark');
  await page.click('.dimensions .line');
  await page.click('.practices button');
  await page.waitForSelector('dialog dl');
  await look(page, `main-evidence-${name}`, shots);
  await page.keyboard.press('Escape');
  await leave(page);
}

let server;
try {
  run(tidemark, 'simulate', '--stage', '3', '--orders', '400', join(folder, 'demo'));
  run(tidemark, 'init', '--shop', 'Harbour Tea', '--time-zone', 'Asia/Bangkok', shop);
  server = await serve(tidemark, shop);
  const browser = await launch();
  const owner = await open(browser, { viewport: { width: 1280, height: 900 } }, 'en');
  await whole(owner, server.url, server.token);
  await owner.context().close();
  for (const [code, width] of [['ar', 1280], ['th', 1280], ['ar', 360], ['th', 360]]) {
    const reader = await open(browser, { viewport: { width, height: 780 }, isMobile: width < 600 }, code);
    await read(reader, server.url, code, `${code}-${width}`);
    await reader.context().close();
  }
  await browser.close();
} catch (error) {
  check(false, 'the path is walked to its end', error.stack);
} finally {
  await stop(server);
  rmSync(folder, { recursive: true, force: true });
}
finish();
process.exit();
