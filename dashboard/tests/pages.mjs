// SPDX-License-Identifier: AGPL-3.0-or-later
/* The main paths in a browser, in three languages, light and dark, wide and narrow; axe-core on
 * every page; the script budget. pages.mjs DIST [SCREENSHOTS]; the result as TAP. */
import { findings } from './axe.mjs';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { start } from '../mock/server.mjs';

const dist = process.argv[2] ?? 'dist';
const shots = process.argv[3];
const budget = 300_000;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
let count = 0;
let failed = 0;

function check(ok, name, why = '') {
  count++;
  if (!ok) failed++;
  console.log(`${ok ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (!ok && why) console.log(`# ${String(why).replaceAll('\n', '\n# ')}`);
}

if (shots) mkdirSync(shots, { recursive: true });
const state = { empty: true };
const { server, url } = await start(dist, 0, state);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });

async function open(options, language) {
  const context = await browser.newContext({ locale: 'en', ...options });
  context.setDefaultTimeout(120_000); /* a busy machine is slow, not wrong */
  const page = await context.newPage();
  page.trouble = [];
  page.on('pageerror', (e) => page.trouble.push(String(e)));
  page.on('console', (m) => m.type() === 'error' && !/401|404/.test(m.text()) && page.trouble.push(m.text()));
  if (language) await page.addInitScript((l) => localStorage.setItem('language', l), language);
  return page;
}

async function logIn(page) {
  await page.goto(url);
  await page.fill('input[type=email]', 'owner@example.com');
  await page.fill('input[type=password]', 'a quiet harbour at noon');
  await page.click('form button');
  await page.waitForSelector('nav');
}

async function look(page, name) {
  const found = await findings(page);
  const grave = found.filter((v) => ['serious', 'critical'].includes(v.impact));
  check(grave.length === 0, `${name}: no serious finding of axe-core`, JSON.stringify(grave, null, 1).slice(0, 2500));
  const wide = (await page.evaluate(() => document.documentElement.scrollWidth)) - page.viewportSize().width;
  check(wide <= 0, `${name}: nothing is wider than the screen`, `${wide} px`);
  check(page.trouble.length === 0, `${name}: no error in the console`, page.trouble.join('\n'));
  page.trouble.length = 0;
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

async function visit(page, route) {
  await page.goto(`${url}/#/${route}`);
  await page.waitForSelector('main h1');
  await page.waitForTimeout(700); /* charts draw themselves */
}

/* How long what is kept: nothing goes for good without a second word. */
async function keeping(page) {
  const part = page.locator('section[aria-labelledby=retention]');
  const people = part.locator('input[aria-describedby=retention-people]');
  await people.waitFor();
  check((await people.inputValue()) === '' && (await part.locator('[type=checkbox]').count()) === 0, 'settings: for ever is an empty field');
  await people.fill('700');
  await part.locator('[type=checkbox]').waitFor();
  await look(page, 'retention');
  await part.locator('button').click();
  check((await people.inputValue()) === '700' && state.settings.keep_people === 0, 'settings: who is to be erased by the clock needs a second word', state.settings);
  await part.locator('[type=checkbox]').check();
  await part.locator('select').selectOption('at_once');
  await part.locator('button').click();
  await part.locator('text=Saved.').waitFor();
  check(state.settings.keep_people === 700 && state.settings.keep_events === 760 && state.settings.keep_audit === 0 && state.settings.erase_on_request === 'at_once',
    'settings: how long what is kept is saved', state.settings);
}

/* A step to another quarter by the list on it (no drawing needed) and by drawing; given to
 * somebody; left out and allowed again; the road map as a file. */
async function board(page) {
  const column = (n) => page.locator(`.board > section:nth-child(${n})`);
  const cards = column(1).locator('article');
  const folded = await cards.count();
  await column(1).locator('button', { hasText: 'Show' }).click();
  check(folded === 5 && (await cards.count()) > 5, 'board: a quarter shows five steps, and all when asked', `${folded} ${await cards.count()}`);
  await column(1).locator('button', { hasText: 'Show fewer' }).click();
  await page.setViewportSize({ width: 1024, height: 900 });
  const rows = await page.$$eval('.board > section', (all) => new Set(all.map((s) => s.getBoundingClientRect().top)).size);
  check(rows === 1, 'board: all quarters stand in one row at 1024 px', rows);
  await look(page, 'gaps-1024');
  await page.setViewportSize({ width: 1280, height: 900 });
  const card = column(1).locator('article.can').first();
  const title = await card.locator('.title').textContent();
  await card.locator('summary', { hasText: 'Change' }).click();
  await card.locator('select').selectOption('2');
  await column(2).locator('article', { hasText: title }).waitFor();
  check(true, 'board: a step is moved by the list on it');
  await column(2).locator('article', { hasText: title }).first().dragTo(column(3).locator('h3'));
  await column(3).locator('article', { hasText: title }).waitFor();
  check(true, 'board: a step is drawn to another quarter');
  const moved = column(3).locator('article', { hasText: title }).first();
  if (!(await moved.locator('form').isVisible())) await moved.locator('summary', { hasText: 'Change' }).click();
  await moved.locator('input[name=owner]').fill('Kim');
  await moved.locator('form button').click();
  await page.waitForSelector('text=Planned again');
  if (!(await moved.locator('form').isVisible())) await moved.locator('summary', { hasText: 'Change' }).click();
  check((await moved.locator('input[name=owner]').inputValue()) === 'Kim', 'board: a step has somebody who does it');
  await moved.locator('button', { hasText: 'Leave out' }).click();
  await page.click('summary:has-text("Not in the plan")');
  await page.click('.left button:has-text("Allow again")');
  await page.locator('.board article', { hasText: title }).first().waitFor();
  check(true, 'board: a step is left out and allowed again');
}

const routes = await (async () => {
  const page = await open({ viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  await page.waitForSelector('form');
  await look(page, 'enter');
  await page.fill('input[type=email]', 'owner@example.com');
  await page.fill('input[type=password]', 'wrong');
  await page.click('form button');
  check(/do not fit/.test(await page.textContent('[role=alert]')), 'enter: a wrong password is told');
  const scripts = [];
  page.on('response', (r) => r.url().endsWith('.js') && scripts.push(r.url()));
  await logIn(page);
  await visit(page, 'mark');
  check(/no mark yet/.test(await page.textContent('main')), 'mark: without one it says what to do next');
  await look(page, 'empty');
  state.empty = false;
  await page.goto(url);
  await page.waitForSelector('text=Your shop is at stage');
  const found = await page.$$eval('nav a', (links) => links.map((l) => l.getAttribute('href').slice(2)).filter((r) => !['revenue', 'customers', 'goals'].includes(r))); /* numbers.mjs looks at those */
  await page.waitForTimeout(500);
  const sent = [...new Set(scripts)].reduce((n, s) => n + gzipSync(readFileSync(join(dist, new URL(s).pathname))).length, 0);
  check(sent <= budget, `first view: at most ${budget} bytes of compressed script`, sent);
  console.log(`# first view: ${sent} bytes of compressed script`);
  check(/Stage|stage/.test(await page.textContent('main')), 'mark: the stage is told');

  await page.click('.dimensions .line');
  await page.click('.practices button');
  await page.waitForSelector('dialog dl');
  check(/\(n\)|Period/.test(await page.textContent('dialog')), 'mark: a practice opens its evidence');
  await look(page, 'evidence');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });

  await visit(page, 'start');
  await page.setInputFiles('input[type=file]', [
    { name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') },
    { name: 'bad.bin', mimeType: 'text/plain', buffer: Buffer.from('?') },
  ]);
  await page.waitForSelector('td >> text=orders.csv');
  await page.waitForSelector('[role=alert] >> text=no known format');
  check(true, 'start: a file is imported, and one that cannot be is told with what to do');
  page.once('dialog', (d) => d.accept());
  await page.click('tr:has-text("orders.csv") button');
  await page.waitForSelector('td >> text="orders.csv"', { state: 'detached' });
  check(true, 'start: an import is undone');
  await page.click('text=Measure again');
  await page.waitForSelector('text=Your shop is at stage');
  check(true, 'start: measuring ends at the mark');

  await visit(page, 'questions');
  const first = await page.textContent('#question');
  await page.click('.choice >> nth=2');
  await page.waitForFunction((q) => document.querySelector('#question')?.textContent !== q, first);
  await page.reload();
  await page.waitForSelector('#question');
  check((await page.textContent('#question')) !== first, 'questions: an answer is kept, and they go on where they were left');

  await visit(page, 'settings');
  await page.fill('input[type=number]', '40');
  await page.click('text=Save');
  await page.waitForSelector('text=Saved.');
  await page.reload();
  await page.waitForSelector('input[type=number]');
  check((await page.inputValue('input[type=number]')) === '40', 'settings: what was saved is there again');
  await keeping(page);

  await visit(page, 'gaps');
  const before = await page.textContent('.result');
  await page.click('section[aria-labelledby=what-if] li .levels button:last-child');
  await page.waitForFunction((b) => document.querySelector('.result')?.textContent !== b, before);
  check(true, 'gaps: moving a practice changes what follows');
  await board(page);

  await page.reload();
  await page.waitForSelector('main h1');
  await page.keyboard.press('Tab');
  check((await page.evaluate(() => document.activeElement.className)).includes('skip'), 'the first stop of the keyboard skips to the content');
  await page.keyboard.press('Enter');
  check((await page.evaluate(() => document.activeElement.id)) === 'main', 'and it does');
  await page.click('text=Log out');
  await page.waitForSelector('form');
  check(true, 'logging out leads to the door');
  await page.goto(`${url}/#/setup/once`);
  await page.waitForSelector('text=Welcome');
  await look(page, 'setup');
  await page.goto(`${url}/#/reset/once`);
  await page.waitForSelector('text=A new password');
  check((await page.locator('input').count()) === 1, 'the link of an owner who lost the password asks for a new one alone');
  await look(page, 'reset');
  await page.context().close();
  return found;
})();

const looks = [
  ['en', { viewport: { width: 1280, height: 900 } }, 'en'],
  ['dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }, 'en'],
  ['ar', { viewport: { width: 1280, height: 900 } }, 'ar'],
  ['th', { viewport: { width: 1280, height: 900 } }, 'th'],
  ['phone', { viewport: { width: 360, height: 740 }, isMobile: true }, 'en'],
  ['phone-ar', { viewport: { width: 360, height: 740 }, isMobile: true }, 'ar'],
];
for (const [name, options, language] of looks) {
  const page = await open(options, language);
  await logIn(page);
  check((await page.getAttribute('html', 'dir')) === (language === 'ar' ? 'rtl' : 'ltr'), `${name}: direction of writing`);
  for (const route of routes) {
    await visit(page, route);
    await look(page, `${route}-${name}`);
    const beside = await page.$$eval('.stacked tr td:first-of-type ~ td', (all) => all.filter((td) => td.getClientRects().length && td.scrollWidth > td.clientWidth + 1).length);
    check(beside === 0, `${route}-${name}: no figure of a table is cut off`, beside);
  }
  await page.context().close();
}

console.log(`1..${count}`);
await browser.close();
server.close();
process.exitCode = failed ? 1 : 0;
