// SPDX-License-Identifier: AGPL-3.0-or-later
/* Messages written, translated, seen as people get them and kept in the browser: messages.mjs TIDEMARK [SCREENSHOTS]; TAP. */
import { check, look, open, settle } from './browser.mjs';
import { ask, atShop, bring, daysAgo, read } from './shop.mjs';

const [tidemark, shots] = process.argv.slice(2);
const orders = `order_id,ordered_at,total,currency,email,status\n1,${daysAgo(3)},20.00,EUR,ada@example.com,paid\n2,${daysAgo(9)},30.00,EUR,ben@example.com,paid\n`;
const box = '#message-text';
const hostile = `name: trap
subject: Trap
html: |
  <script>top.caught = 1</script><img src=x onerror="top.caught = 1"><svg onload="top.caught = 1"></svg>
  <a href="javascript:top.caught=1" id="go">go</a><p>{{ person.email }}</p>
  <form action="/api/v1/logout" method="post"><button>x</button></form><meta http-equiv="refresh" content="0;url=/">
`;
const shown = (page) => page.frameLocator('iframe').first();
const framed = (page, text) => shown(page).locator('body', { hasText: text }).waitFor();

async function begin(page, url) {
  await page.goto(`${url}/#/messages`);
  await page.waitForSelector('.starters li');
  check((await page.locator('.starters li').count()) >= 10, 'messages to begin with are listed');
  await settle(page);
  await look(page, 'messages-none', shots);
  await page.click('.starters a:has-text("cart-1")');
  await framed(page, 'Teapot');
  check((await page.textContent('.inbox')).includes('Your cart at'), 'it is shown as an inbox shows it', await page.textContent('.inbox'));
  check((await page.getAttribute('iframe', 'sandbox')) === '', 'its frame allows nothing');
  await settle(page);
  await look(page, 'messages-starter', shots);
}

async function translate(page) {
  const before = await page.inputValue(box);
  await page.fill('fieldset:has(code:text-is("subject")) textarea[lang=en]', 'Still there: your cart');
  await page.keyboard.press('Tab');
  await page.waitForFunction((id) => document.querySelector(id).value.includes('subject: "Still there: your cart"'), box);
  const after = await page.inputValue(box);
  check(after === before.replace('"Your cart at {{ shop }} is waiting"', '"Still there: your cart"'), 'a translation is changed in the text, and nothing else');
  await page.waitForFunction(() => document.querySelector('.inbox')?.textContent.includes('Still there'));
  await page.selectOption('select[aria-label=Language]', '*');
  await page.waitForFunction(() => document.querySelectorAll('iframe').length === 3);
  await settle(page);
  await look(page, 'messages-side', shots);
  await page.selectOption('select[aria-label=Language]', 'ar');
  await page.waitForFunction(() => document.querySelectorAll('iframe').length === 1 && document.querySelector('.inbox')?.dir === 'rtl');
  await shown(page).locator('html[dir=rtl]').waitFor();
  check(true, 'a language that is read from the right is shown so');
  await page.click('button:text-is("Dark program")');
  await page.click('button:text-is("On a phone")');
  await page.waitForSelector('iframe.phone[src$="dark=1"]');
  const colour = await shown(page).locator('.sheet').first().evaluate((e) => getComputedStyle(e).backgroundColor);
  check(colour === 'rgb(34, 37, 44)', 'as in a dark program', colour);
  await settle(page);
  await look(page, 'messages-dark-phone', shots);
  await page.click('button:text-is("Dark program")');
  await page.click('button:text-is("On a phone")');
  await page.selectOption('select[aria-label=Language]', '');
}

async function keep(page, url) {
  await page.click('button:text-is("Save")');
  await page.waitForFunction(() => /#\/messages\/\d+/.test(location.hash));
  const route = new URL(page.url()).hash.slice(2);
  await ask(page, '/flows', { text: 'name: Cart\nstart: {event: sign_up}\nsteps:\n  - {name: a, send: cart-1, channel: email}\n' });
  await page.goto(`${url}/#/messages`);
  await page.waitForSelector('main table a');
  await page.click('main table a');
  await page.waitForSelector('section:has(#used) a:has-text("Cart")');
  check(true, 'which flow sends it is told');
  await page.fill(box, (await page.inputValue(box)).replace("'body' | t", "'body' | tt"));
  await page.waitForSelector('#faults li button');
  check((await page.textContent('#faults li button')) === 'Line 8' && (await page.isDisabled('button:text-is("Save")')), 'a mistake in Liquid is told by its line', await page.textContent('#faults'));
  await look(page, 'messages-wrong', shots);
  await page.fill(box, (await page.inputValue(box)).replace("'body' | tt", "'body' | t").replace('Reminds', 'Asks'));
  await page.waitForSelector('button:text-is("Save"):enabled');
  const theirs = await page.evaluate(async (path) => (await (await fetch(`/api/v1/${path}`)).json()).text, route);
  await ask(page, `/${route}`, { text: theirs.replace('Reminds', 'Tells') }, 'PUT');
  await page.click('button:text-is("Save")');
  await page.waitForSelector('main .note.bad[role=alert]');
  check((await page.inputValue(box)).includes('about: Asks'), 'what somebody else wrote is not written over, and nothing is lost');
  await page.reload();
  await framed(page, 'Teapot');
  return route;
}

async function person(page) {
  await page.fill('input[type=search]', 'ada@');
  await page.click('.find li button');
  await page.waitForSelector('text=With the data of');
  await page.fill(box, hostile);
  await framed(page, 'ada@example.com');
  await shown(page).locator('#go').click();
  await page.waitForTimeout(300);
  check((await page.evaluate(() => window.caught)) === undefined, 'what a message holds does not run here');
  check((await page.textContent('main h1')) === 'cart-1' && (await page.isVisible('nav')), 'nor leads anywhere');
  page.trouble.length = 0; /* the browser tells what it kept from running */
}

async function viewer(page, browser, url, route) {
  await ask(page, '/users', { email: 'viewer@example.com', password: 'seven quiet rivers', role: 'viewer' });
  const own = await open(browser, { viewport: { width: 1280, height: 900 } });
  await own.goto(url);
  await own.fill('input[type=email]', 'viewer@example.com');
  await own.fill('input[type=password]', 'seven quiet rivers');
  await own.click('form button');
  await own.waitForSelector('nav');
  await own.goto(`${url}/#/${route}`);
  await own.waitForSelector('#used');
  check((await own.locator('iframe, main button, input[type=search]').count()) === 0 && (await own.getAttribute(box, 'readonly')) !== null, 'who only reads sees no person and changes nothing');
  await look(own, 'messages-viewer', shots);
  await own.context().close();
}

const settings = '\nsending:\n  marketing: {name: Shop, address: news@shop.example}\n  postal_address: "Shop, 1 High Street, Town"\n  smtp: {host: 127.0.0.1, port: 9, tls: off}\n';
await atShop(tidemark, 'messages', settings, async ({ page, browser, url }) => {
  await bring(page, url, orders);
  await begin(page, url);
  await translate(page);
  const route = await keep(page, url);
  await page.click('button:text-is("Send")');
  await page.waitForSelector('section:has(#trial) .note');
  check(true, 'a test is sent, and what became of it is told', await page.textContent('section:has(#trial)'));
  await person(page);
  await viewer(page, browser, url, route);
  const both = [['list', 'messages', '#kept'], ['one', route, 'iframe']];
  for (const [language, dark, width] of [['en', false, 390], ['ar', true, 390], ['th', false, 390], ['ar', false, 1280], ['th', true, 1280]])
    await (await read(browser, url, 'messages', { language, dark, width }, both)).context().close();
  await page.reload();
  await page.click('button:text-is("Delete …")');
  await page.click('button:text-is("Yes, delete")');
  await page.waitForSelector('text=There are none of your own yet.');
  check(true, 'it is deleted at the second word');
});
