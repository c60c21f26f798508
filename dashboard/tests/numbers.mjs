// SPDX-License-Identifier: AGPL-3.0-or-later
/* The pages of numbers (revenue, customers, one person, goals) in a browser. numbers.mjs DIST
 * [SCREENSHOTS] against the stand-in for the server; the result as TAP. */
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { start } from '../mock/server.mjs';
import { check, finish, launch, logIn, look, open, settle, skip } from './browser.mjs';

const dist = process.argv[2] ?? 'dist';
const shots = process.argv[3];
const state = { role: undefined };
const { server, url } = await start(dist, 0, state);
const browser = await launch();
const views = JSON.parse(readFileSync(new URL('../mock/views.json', import.meta.url), 'utf8'));
const first = views.find((v) => v.view === 'person').params.person;

async function visit(page, route) {
  await page.goto(`${url}/#/${route}`);
  await settle(page);
}
const text = (page, selector = 'main') => page.textContent(selector);
const card = (page, title) => page.locator('figure', { has: page.locator('h2', { hasText: title }) });

/* Others use it so much that a time says nothing. */
const busy = () => loadavg()[0] > 1.5 * availableParallelism();

async function budget() {
  const page = await open(browser, { viewport: { width: 1280, height: 900 } });
  await logIn(page, url);
  const scripts = new Set();
  page.on('response', (r) => r.url().endsWith('.js') && scripts.add(new URL(r.url()).pathname));
  for (const route of ['revenue', 'customers', 'goals']) {
    let ready = Infinity;
    /* The best of three: the machine may be busy with others. */
    for (let i = 0; i < 3; i++) {
      scripts.clear();
      await page.goto('about:blank');
      await page.goto(`${url}/#/${route}`);
      await page.waitForSelector('main .tiles .value, main .map td strong, main .facts dd');
      ready = Math.min(ready, await page.evaluate(() => performance.now()));
      await settle(page);
    }
    const sent = [...scripts].reduce((n, s) => n + gzipSync(readFileSync(join(dist, s))).length, 0);
    check(sent > 0 && sent <= 300_000, `${route}: at most 300 kB of compressed script`, sent);
    if (ready > 1000 && busy()) skip(`${route}: figures within 1 s`, `the machine is busy; ${Math.round(ready)} ms`);
    else check(ready <= 1000, `${route}: figures within 1 s`, `${Math.round(ready)} ms`);
    console.log(`# ${route}: ${sent} bytes of compressed script, figures after ${Math.round(ready)} ms`);
  }
  await page.context().close();
}

async function revenue() {
  const page = await open(browser, { viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  await logIn(page, url);
  await visit(page, 'revenue');
  check((await page.locator('.tiles li').count()) === 9, 'revenue: nine headline figures');
  const now = views.find((v) => v.view === 'revenue' && v.params.by === 'total').answer.rows[0];
  const told = new Intl.NumberFormat('en', { style: 'currency', currency: 'GBP', maximumFractionDigits: 0 }).format(now.revenue / 100);
  check((await text(page, '.tiles')).includes(told), 'revenue: the headline is the ledger’s', told);
  check(/[▲▼] *[+-]\d+%/.test(await text(page, '.tiles')), 'revenue: with its change against the period before');

  await page.click('.tiles .ask >> nth=0');
  await page.waitForSelector('[popover]:popover-open');
  check(/less discounts and refunds.*Aug 21, 2025/s.test(await text(page, '[popover]:popover-open')), 'revenue: a figure says what it means, and its days');
  await page.keyboard.press('Escape');
  check((await page.locator('[popover]:popover-open').count()) === 0, 'and the keyboard closes that again');

  const time = card(page, 'Revenue over time');
  await time.getByRole('button', { name: 'Table' }).click();
  check((await time.locator('tbody tr').count()) === 13, 'revenue over time: the table has a row for each month that the days touch');
  const href = await time.getByRole('link', { name: 'XLSX' }).getAttribute('href');
  check(/^api\/v1\/views\/revenue\?from=2025-08-21&to=2026-08-20&limit=5000&by=month&format=xlsx$/.test(href), 'and comes as a file of the same days', href);
  const [download] = await Promise.all([page.waitForEvent('download'), time.getByRole('link', { name: 'CSV' }).click()]);
  check(download.suggestedFilename().endsWith('.csv'), 'which the browser keeps');

  const parts = card(page, 'What it is made of');
  for (const [name, sign] of [['Product', 'Tote bag'], ['Country', 'United Kingdom'], ['Device', 'Phone'], ['Campaign', 'No campaign']]) {
    await parts.getByRole('button', { name, exact: true }).click();
    await parts.locator('li', { hasText: sign }).first().waitFor();
    check(true, `revenue: divided by ${name.toLowerCase()}`);
  }
  await page.reload();
  await settle(page);
  check((await parts.getByRole('button', { name: 'Campaign', exact: true }).getAttribute('aria-pressed')) === 'true', 'the choice is kept in the address');

  state.asked = [];
  await page.selectOption('.period select', 'd90');
  await settle(page);
  check(state.asked.some((a) => a.startsWith('revenue?from=2026-05-23&to=2026-08-20&by=total')) && state.asked.some((a) => a.startsWith('revenue?from=2026-02-22&to=2026-05-22&by=total')), 'another period asks for its days and those before', state.asked.join('\n'));
  state.asked = [];
  await page.fill('.period input >> nth=0', '2026-07-01');
  await page.press('.period input >> nth=0', 'Tab');
  await page.waitForTimeout(300);
  await settle(page);
  check(state.asked.some((a) => a.startsWith('revenue?from=2026-07-01&to=2026-08-20')), 'own days are asked for', state.asked.join('\n'));
  check(/claims \+\d+%/.test(await text(page)), 'claims stand with their difference');

  state.stale = true;
  await visit(page, 'customers');
  check(/being brought up to date/.test(await text(page)), 'old numbers say that they are being brought up to date');
  state.stale = false;
  await page.waitForFunction(() => !document.body.textContent.includes('being brought up to date'), null, { timeout: 12_000 });
  check(true, 'and are asked for again by themselves');
  state.missing = { spend: ['spend'], spend_parts: ['spend'] };
  await visit(page, 'revenue');
  check(/ad account|advertising|Meta/i.test(await text(page)) && /Bring in exports/.test(await text(page)), 'what is missing names the export that brings it');
  await look(page, 'revenue-no-spend', shots);
  state.missing = { all: ['orders'] };
  await visit(page, 'goals');
  check(/There are no orders yet/.test(await text(page)), 'without orders the page says what to bring');
  await look(page, 'goals-empty', shots);
  state.missing = undefined;
  await page.context().close();
}

/* Money without an exchange rate is told above all figures. */
async function unconverted() {
  const page = await open(browser, { viewport: { width: 1280, height: 900 } });
  await page.route('**/api/v1/views/revenue?by=total', async (route) => {
    const answer = await (await route.fetch()).json();
    const lost = [{ currency: 'USD', orders: 2, records: 3 }, { currency: 'SEK', orders: 1, records: 1 }];
    await route.fulfill({ json: { ...answer, unconverted: lost } });
  });
  await logIn(page, url);
  await visit(page, 'revenue');
  check(/USD \(3\) and SEK \(1\) count.*no exchange rate to GBP/.test(await text(page)), 'revenue: what is left out for want of a rate');
  await page.context().close();
}

async function customers() {
  const page = await open(browser, { viewport: { width: 1280, height: 900 } });
  await logIn(page, url);
  await visit(page, 'customers');
  check((await page.locator('.map td button').count()) === 25, 'customers: the map has 25 squares');
  await page.locator('.map button', { hasText: 'Must not be lost' }).first().click();
  await page.waitForSelector('.advice');
  check(/Write to them in person/.test(await text(page, '.advice')), 'a group says who it is and what to do');
  await settle(page);
  check(/Only the group “Must not be lost”/.test(await text(page, '#people')), 'and the list shows that group');
  await page.selectOption('#people select >> nth=0', 'all');
  await settle(page);
  check((await page.locator('#people tbody tr').count()) === 25, 'the list comes in pages');
  await page.click('text=Show more');
  await settle(page);
  check((await page.locator('#people tbody tr').count()) === 50, 'more follow by the cursor');
  check(/Of 100 new customers, \d+ have bought again within 90 days/.test(await text(page)), 'the second purchase is told in words');
  await card(page, 'month by month').getByRole('button', { name: 'Revenue per customer' }).click();
  check(/£/.test(await card(page, 'month by month').locator('td.cell').first().textContent()), 'cohorts: share or money');
  await page.fill('input[type=search]', 'am');
  await page.waitForSelector('.found li');
  await page.fill('input[type=search]', 'zzz');
  await page.waitForSelector('text=Nobody found');
  check(true, 'search finds by the beginning, and says when nobody is found');
  await page.fill('input[type=search]', 'am');
  await page.click('.found a >> nth=0');
  await page.waitForSelector('.months');
  check(/#\/person\/\d+$/.test(page.url()), 'a name opens the person');

  await visit(page, `person/${first}`);
  check((await page.getAttribute('nav a[href="#/customers"]', 'aria-current')) === 'page', 'person: the navigation stays at the customers');
  const all = await page.locator('.line li').count();
  await page.click('.filters button >> nth=1');
  const fewer = await page.locator('.line li').count();
  check(all > fewer && fewer > 0, 'person: the story can be filtered', `${all} ${fewer}`);
  check((await page.locator('.links .shared').count()) > 1, 'person: shared identifiers are marked');

  for (const role of ['viewer', 'analyst']) {
    state.role = role;
    await page.reload();
    await visit(page, 'customers');
    check(/Your role does not see people/.test(await text(page)) && (await page.locator('#people').count()) === 0, `${role}: no names, and why`);
    check((await page.locator('.map td button').count()) === 25, `${role}: the map stays`);
    await visit(page, `person/${first}`);
    check(/Your role does not see people/.test(await text(page)), `${role}: no person's story`);
  }
  await look(page, 'person-viewer', shots);
  state.role = undefined;
  await page.context().close();
}

async function goals() {
  const page = await open(browser, { viewport: { width: 1280, height: 900 } });
  await logIn(page, url);
  await visit(page, 'goals');
  check(!/Pace/.test(await text(page, '.top')), 'goals: without a goal no pace');
  await page.fill('input[type=number]', '25000');
  await page.press('input[type=number]', 'Enter');
  await page.waitForSelector('dt:has-text("Pace")');
  check(/(above|short of) the goal/.test(await text(page, '.top')), 'goals: a goal gives pace and distance');
  await settle(page);
  const keep = page.locator('text=/Keep .* as the goal/');
  if (await keep.count()) await keep.click();
  await page.waitForSelector('text=Kept.');
  check(state.settings.goal === 2_500_000, 'goals: it is kept in minor units', state.settings.goal);
  await page.reload();
  await settle(page);
  check((await page.inputValue('input[type=number]')) === '25000', 'goals: and is there again');
  check(/Since about .* a week; before/.test(await text(page)), 'alerts are told in words');
  check(/Look at:/.test(await text(page)), 'and say what to look at');
  state.role = 'marketer';
  await page.reload();
  await settle(page);
  await page.fill('input[type=number]', '30000');
  await page.press('input[type=number]', 'Tab');
  check(/only the owner can keep one/.test(await text(page)) && (await keep.count()) === 0, 'goals: others try, the owner keeps');
  state.role = undefined;
  await page.context().close();
}

async function keyboard() {
  const page = await open(browser, { viewport: { width: 1280, height: 900 } });
  await logIn(page, url);
  await visit(page, 'customers');
  await page.locator('.map button').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.advice');
  check(true, 'keyboard: a square of the map');
  await visit(page, 'revenue');
  await page.locator('.switch button').nth(1).focus();
  await page.keyboard.press('Space');
  await settle(page);
  check(/grain=week/.test(page.url()), 'keyboard: a switch');
  await page.context().close();
}

const looks = [
  ['en', { viewport: { width: 1280, height: 900 } }, 'en'],
  ['dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }, 'en'],
  ['ar', { viewport: { width: 1280, height: 900 } }, 'ar'],
  ['th', { viewport: { width: 1280, height: 900 } }, 'th'],
  ['phone', { viewport: { width: 360, height: 740 }, isMobile: true }, 'en'],
  ['phone-ar', { viewport: { width: 360, height: 740 }, isMobile: true, colorScheme: 'dark' }, 'ar'],
  ['phone-th', { viewport: { width: 360, height: 740 }, isMobile: true }, 'th'],
];

async function pictures() {
  for (const [name, options, language] of looks) {
    const page = await open(browser, options, language);
    await logIn(page, url);
    for (const [title, route] of [['revenue', 'revenue'], ['customers', 'customers?group=cannot_lose'], ['person', `person/${first}`], ['goals', 'goals']]) {
      await visit(page, route);
      await look(page, `${title}-${name}`, shots);
    }
    await page.context().close();
  }
}

const only = process.argv[4];
for (const run of [budget, revenue, unconverted, customers, goals, keyboard, pictures])
  if (!only || only.split(',').includes(run.name)) await run();
finish();
await browser.close();
server.close();
