// SPDX-License-Identifier: AGPL-3.0-or-later
/* What tests in a browser share: a page that notes its troubles, the door, axe-core, screenshots. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findings } from './axe.mjs';
import { check } from './tap.mjs';

export { check, finish, skip } from './tap.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const patience = 120_000;
export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });
}

/* A new page of a new visitor; `page.trouble` collects what the console complains of. */
export async function open(browser, options = {}, language = '') {
  const context = await browser.newContext({ locale: 'en', ...options });
  context.setDefaultTimeout(patience); /* a busy machine is slow, not wrong */
  const page = await context.newPage();
  page.trouble = [];
  page.on('pageerror', (e) => page.trouble.push(String(e)));
  page.on('console', (m) => m.type() === 'error' && !/4(0[0134]|12)/.test(m.text()) && page.trouble.push(m.text()));
  if (language) await page.addInitScript((l) => self === top && localStorage.setItem('language', l), language);
  return page;
}

async function passDoor(page, password, seen) {
  await page.fill('input[type=email]', 'owner@example.com');
  await page.fill('input[type=password]', password);
  await seen();
  await page.click('form button');
  await page.waitForSelector('nav');
}

/* At the stand-in for the server. */
export async function logIn(page, url) {
  await page.goto(url);
  await passDoor(page, 'a quiet harbour at noon', async () => {});
}

/* At the program's own; the first time by its one-time link. `seen` looks at the door before. */
export async function enter(page, url, token = '', seen = async () => {}) {
  await page.goto(token ? `${url}/#/setup/${token}` : url);
  await passDoor(page, 'seven quiet rivers', seen);
}

/* Nothing grave, nothing wider than the screen, no error; and a picture. */
export async function look(page, name, shots) {
  const grave = (await findings(page)).filter((v) => ['serious', 'critical'].includes(v.impact));
  check(grave.length === 0, `${name}: no serious finding of axe-core`, JSON.stringify(grave, null, 1).slice(0, 2500));
  /* A phone widens its window with what sticks out: its own width counts. */
  const wide = (await page.evaluate(() => document.documentElement.scrollWidth)) - page.viewportSize().width;
  check(wide <= 0, `${name}: nothing is wider than the screen`, `${wide} px`);
  check(page.trouble.length === 0, `${name}: no error in the console`, page.trouble.join('\n'));
  page.trouble.length = 0;
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/* Until nothing says "one moment" or is being read anew, and the charts stand. */
export async function settle(page) {
  await page.waitForFunction(() => {
    const route = location.hash.slice(2).split(/[/?]/)[0];
    return document.querySelector('nav [aria-current]')?.getAttribute('href') === `#/${route === 'person' ? 'customers' : route}`;
  });
  await page.waitForSelector('main h1');
  await page.waitForFunction(() => !document.querySelector('main p.soft[role=status]:not(.state), main [aria-busy=true]'));
  await page.waitForTimeout(500);
}
