// SPDX-License-Identifier: AGPL-3.0-or-later
/* Connections and what comes in now, as `tidemark serve` serves them: a source is made on the page, an
 * event comes by the real API, the light turns green, it is seen as it comes, the source is ended, what
 * still comes is shown; a shop's webhooks. connect.mjs TIDEMARK [SCREENSHOTS]; TAP. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, enter, finish, launch, look, open, settle } from './browser.mjs';
import { run, serve, stop } from './serve.mjs';

const [tidemark, shots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tidemark-connect-'));
const shop = join(folder, 'shop');
let url = '';

const ask = (page, what) => page.evaluate(async (p) => (await fetch(`/api/v1${p}`)).json(), what);
const send = async (key, event) =>
  (await fetch(`${url}/v1/track`, { method: 'POST', body: JSON.stringify({ writeKey: key, anonymousId: 'a1', ...event }) })).status;

async function hook(path, secret, topic, body, from = 'harbour.myshopify.com') {
  const raw = JSON.stringify(body);
  const sign = createHmac('sha256', secret).update(raw).digest('base64');
  const headers = { 'X-Shopify-Topic': topic, 'X-Shopify-Hmac-SHA256': sign, 'X-Shopify-Shop-Domain': from, 'X-Shopify-Webhook-Id': `${topic} ${body.id}` };
  return (await fetch(url + path, { method: 'POST', body: raw, headers })).status;
}
const order = (n) => ({
  id: 9000 + n, name: `#${n}`, email: `c${n}@example.com`, currency: 'EUR', total_price: '24.50', financial_status: 'paid',
  created_at: `2026-11-${10 + Math.floor((n - 1001) / 5)}T10:${10 + (n % 5)}:00Z`, updated_at: '2026-11-20T10:00:00Z', shipping_address: { country_code: 'TH' },
});

async function visit(page, route) {
  await page.goto(`${url}/#/${route}`);
  await settle(page);
}

async function site(page) {
  await visit(page, 'connect');
  check((await page.locator('.kinds li').count()) === 7 && /Nothing is connected yet/.test(await page.textContent('main')), 'without connections the page says what there is', await page.textContent('main'));
  await look(page, 'connect-empty', shots);
  await page.click('a[href="#/connect/site"]');
  await page.fill('form input', 'My pages');
  await page.click('form button.main');
  await page.waitForSelector('[data-state=waiting]');
  const made = (await ask(page, '/sources')).sources[0];
  const snippet = await page.textContent('.steps code');
  check(snippet.includes(made.key) && snippet.includes(`${url}/tidemark.js`) && snippet.startsWith('<script async'), 'the line to paste has the shop’s own address and key', snippet);
  await page.click('.steps input[type=checkbox]');
  check((await page.textContent('.steps code')).includes('data-consent="required"'), 'and asks for consent where the shop does');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.click('.steps .copy button');
  check((await page.evaluate(() => navigator.clipboard.readText())).includes(made.key), 'a button copies it');
  await look(page, 'connect-site', shots);
  await page.click('button:text-is("Send a test event")');
  await page.waitForSelector('[data-state=fresh]');
  check(/Test event/.test(await page.textContent('article')), 'the light turns green when the first event comes, without a reload');
  check((await send(made.key, { event: 'Product Viewed', properties: { price: 12.5, currency: 'EUR' } })) === 200, 'an event comes by the real API');
  await page.waitForSelector('article:has-text("Product")');
  check(true, 'and is the last one told');
  await page.click('.switch button:text-is("Your own server or app")');
  await page.waitForSelector('code:has-text("analytics-node"), code:has-text("writeKey")');
  check((await page.textContent('.steps')).includes('curl'), 'the same key works on a server');
  await look(page, 'connect-server', shots);
  return made;
}

async function shopify(page) {
  await visit(page, 'connect');
  await page.click('a[href="#/connect/shopify"]');
  await page.fill('form input >> nth=1', 'harbour.myshopify.com');
  await page.click('form button.main');
  await page.waitForSelector('text=The secret is missing');
  const made = (await ask(page, '/sources')).sources.find((s) => s.protocol === 'shopify');
  check((await page.textContent('.steps')).includes(`${url}/hooks/${made.key}`) && (await page.locator('.topics li').count()) === 16, 'address and webhooks of a shop stand in its guide');
  await page.fill('.give input', 'hush hush');
  await page.click('.give button');
  await page.waitForSelector('text=The secret is kept');
  check(!(await page.content()).includes('hush hush'), 'the secret is kept and not shown again');
  check((await hook(made.path, 'wrong', 'orders/paid', order(1001))) === 401, 'who does not know it is refused');
  await page.waitForSelector('.wrong >> text=The signature is not the shop');
  check(/Copy the secret/.test(await page.textContent('.wrong')), 'which the page tells, with what to do');
  for (let n = 1001; n <= 1040; n++) if (n < 1021 || n > 1025) await hook(made.path, 'hush hush', 'orders/paid', order(n));
  await hook(made.path, 'hush hush', 'orders/paid', order(1041), 'other.myshopify.com');
  await page.waitForSelector('[data-state=fresh]');
  await page.waitForSelector('.wrong >> text=another shop');
  check(true, 'orders come; those of another shop are refused for all to see');
  await look(page, 'connect-shopify', shots);
  return made;
}

/* What people ask for by law, through their shop: listed, asked twice, marked, all by the keyboard. */
async function requests(page, made) {
  const who = (n) => ({ id: n, customer: { email: `c${n}@example.com` } });
  await hook(made.path, 'hush hush', 'customers/data_request', who(1001));
  await hook(made.path, 'hush hush', 'customers/redact', who(1002));
  await hook(made.path, 'hush hush', 'shop/redact', { id: 3 });
  await page.waitForSelector('[data-duty][data-state=ready]');
  await page.waitForSelector('[data-duty][data-state=open]:has-text("c1002@example.com")');
  check(/until .*2\d\d\d/.test(await page.textContent('section[aria-labelledby=duties]')), 'requests are listed with their day');
  const erase = page.locator('[data-duty]:has-text("c1002@example.com") button');
  await erase.first().focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=Orders stay for the books');
  await look(page, 'connect-requests', shots);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  check((await page.locator('text=Orders stay for the books').count()) === 0, 'an erasure is asked twice, and can be left');
  const download = page.waitForEvent('download');
  await page.click('button:has-text("Fetch the file")');
  check(/^person-\d+\.zip$/.test((await download).suggestedFilename()), 'the file is fetched');
  await page.click('[data-duty]:has-text("c1001@example.com") button:has-text("Mark as done")');
  await page.waitForSelector('summary:has-text("Done: 1")');
  check((await page.locator('section[aria-labelledby=duties]:has-text("c1001@example.com")').count()) === 0, 'what is done names nobody');
}

async function woo(page) {
  await visit(page, 'connect');
  await page.click('a[href="#/connect/woocommerce"]');
  await page.click('form button.main');
  await page.click('button:text-is("Make a secret")');
  await page.waitForSelector('.steps .copy code');
  const made = (await ask(page, '/sources')).sources.find((s) => s.protocol === 'woocommerce');
  check(/^[0-9a-f]{48}$/.test(await page.textContent('.steps .copy code')) && made.has_secret, 'a secret is made, shown once');
  await look(page, 'connect-woocommerce', shots);
}

async function missing(page) {
  await page.evaluate(async () => {
    const { csrf } = await (await fetch('/api/v1/me')).json();
    await fetch('/api/v1/assessments', { method: 'POST', headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }, body: '{}' });
  });
  for (let i = 0, rows = []; !rows.length && i < 300; i++) {
    rows = (await ask(page, '/views/missing_orders')).rows ?? [];
    await page.waitForTimeout(200);
  }
  await page.reload();
  await page.waitForSelector('.missing');
  const said = await page.textContent('.missing');
  check(/5 order numbers between #1021 and #1025/.test(said) && /Deleted and test orders/.test(said), 'order numbers that never came are told, with the days to import', said);
  page.trouble.length = 0;
}

async function live(page, made) {
  await visit(page, 'live');
  await page.waitForSelector('.tag.good >> text=live');
  await page.waitForSelector('tbody tr:has-text("orders/paid")');
  await page.click('main button:text-is("More")');
  await page.waitForSelector('tbody tr:has-text("Product Viewed")');
  await send(made.key, { event: 'Order Completed', properties: { order_id: '77', total: 99.9, currency: 'EUR' } });
  await page.waitForSelector('tbody tr:has-text("€99.90")');
  check(true, 'an event is seen as it comes, with its money');
  await send(made.key, { event: '' });
  await page.waitForSelector('tbody tr.not:has-text("The event has no name.")');
  check(/The event has no name/.test(await page.textContent('section[aria-labelledby=refused]')), 'what is refused is seen with the reason');
  await page.click('button:text-is("Pause")');
  await send(made.key, { event: 'Checkout Started' });
  await page.waitForSelector('text=1 more have come meanwhile');
  check((await page.locator('tbody tr:has-text("Checkout Started")').count()) === 0, 'paused it stands still');
  await page.click('button:text-is("Go on")');
  await page.waitForSelector('tbody tr:has-text("Checkout Started")');
  await page.selectOption('select >> nth=2', 'order');
  check((await page.locator('tbody tr').count()) > 5 && (await page.locator('tbody tr:has-text("Product Viewed")').count()) === 0, 'one kind alone');
  await page.selectOption('select >> nth=2', '');
  await page.locator('.filters select >> nth=0').selectOption({ label: 'My pages' });
  check((await page.locator('tbody tr:has-text("orders/paid")').count()) === 0, 'one connection alone');
  check(/Events a minute/.test(await page.getAttribute('.bars', 'aria-label')), 'the pace is told in words, too');
  await page.locator('.filters select >> nth=0').selectOption('0');
  await who(page, made);
  await look(page, 'live', shots);
}

/* Whose a message is: the page leads to the person's, where it waits for the figures. */
async function who(page, made) {
  await send(made.key, { event: 'Came Back', userId: 'u1', context: { traits: { email: 'c1001@example.com' } } });
  await page.waitForSelector('tbody tr:has-text("Came Back") a[href^="#/person/"] >> text=c1001@example.com');
  check(true, 'a message of somebody known leads to the page of the person');
  await send(made.key, { event: 'First Visit', anonymousId: 'a77', userId: 'u77', context: { traits: { email: 'new@example.com' } } });
  await page.waitForSelector('tbody tr:has-text("First Visit"):has-text("somebody new")');
  check(true, 'of somebody new it says so');
  const there = await page.getAttribute('tbody tr:has-text("Came Back") a[href^="#/person/"]', 'href');
  for (let i = 0; i < 20 && !(await page.locator('#waiting').count()); i++) {
    await send(made.key, { event: 'Came Back', userId: 'u1' }); /* figures may be made just now, then not for a minute */
    await visit(page, 'live');
    await visit(page, there.slice(2));
    await page.waitForSelector('#waiting', { timeout: 5000 }).catch(() => {});
  }
  check(/Came Back/.test(await page.textContent('section[aria-labelledby=waiting]')), 'there it waits for the figures', await page.textContent('main'));
  await look(page, 'person-waiting', shots);
  await visit(page, 'live');
  await page.waitForSelector('tbody tr:has-text("Came Back")');
}

async function care(page, made) {
  await visit(page, `connect/site?source=${made.id}`);
  await page.click('button:text-is("New key")');
  await page.click('button:text-is("Make a new key")');
  await page.waitForFunction((key) => !document.querySelector('.steps code')?.textContent.includes(key), made.key);
  check((await send(made.key, { event: 'E' })) === 401, 'a new key ends the old one');
  await page.click('button:text-is("End the connection")');
  await look(page, 'connect-sure', shots);
  await page.click('button:text-is("End it")');
  await page.waitForSelector('details:has-text("Ended connections: 1")');
  const ended = (await ask(page, '/sources')).sources.find((s) => s.id === made.id);
  check((await send(ended.key, { event: 'E' })) === 401, 'an ended connection takes nothing more');
  await visit(page, 'live');
  await page.waitForSelector('tbody tr.not:has-text("The key is not known or was revoked.")');
  check(true, 'and what still comes is seen as turned away');
  await visit(page, 'settings');
  check((await page.locator('main a[href="#/connect"]').count()) === 1, 'the settings lead to the one list of sources');
}

async function pictures(browser) {
  const looks = [
    ['en-dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }, 'en'], ['ar', { viewport: { width: 1280, height: 900 } }, 'ar'],
    ['th', { viewport: { width: 1280, height: 900 } }, 'th'], ['phone', { viewport: { width: 360, height: 740 }, isMobile: true }, 'en'],
    ['phone-ar-dark', { viewport: { width: 360, height: 740 }, isMobile: true, colorScheme: 'dark' }, 'ar'], ['phone-th', { viewport: { width: 360, height: 740 }, isMobile: true }, 'th'],
  ];
  for (const [name, options, language] of looks) {
    const page = await open(browser, options, language);
    await enter(page, url);
    for (const [title, route] of [['connect', 'connect'], ['connect-guide', 'connect/shopify?source=2'], ['live', 'live']]) {
      await visit(page, route);
      await page.waitForTimeout(800);
      await look(page, `${title}-${name}`, shots);
    }
    await page.context().close();
  }
}

async function viewer(browser, owner) {
  await owner.evaluate(async () => {
    const { csrf } = await (await fetch('/api/v1/me')).json();
    const body = JSON.stringify({ email: 'viewer@example.com', password: 'seven quieter rivers', role: 'viewer' });
    await fetch('/api/v1/users', { method: 'POST', headers: { 'X-CSRF-Token': csrf, 'Content-Type': 'application/json' }, body });
  });
  const page = await open(browser, { viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  await page.fill('input[type=email]', 'viewer@example.com');
  await page.fill('input[type=password]', 'seven quieter rivers');
  await page.click('form button');
  await page.waitForSelector('nav');
  await visit(page, 'live');
  await page.waitForSelector('tbody tr');
  check(!/c10\d\d@example/.test(await page.textContent('main')) && (await page.locator('main a[href^="#/person/"]').count()) === 0, 'a viewer sees what comes, not who');
  await page.waitForSelector('tbody tr:has-text("somebody known")');
  check(true, 'but that it is somebody known');
  await visit(page, 'connect/shopify?source=2');
  check((await page.locator('button:text-is("End the connection")').count()) === 0 && (await page.locator('.give').count()) === 0, 'and changes nothing');
  await visit(page, 'connect/site');
  check(/Only the owner/.test(await page.textContent('main')), 'nor makes a connection');
  await page.context().close();
}

let server;
const browser = await launch();
try {
  run(tidemark, 'init', shop, '--currency', 'EUR', '--time-zone', 'Asia/Bangkok', '--shop', 'Harbour Tea');
  server = await serve(tidemark, shop);
  ({ url } = server);
  const page = await open(browser, { viewport: { width: 1280, height: 900 } });
  await enter(page, url, server.token);
  const made = await site(page);
  const shopped = await shopify(page);
  await woo(page);
  await visit(page, 'connect');
  await missing(page);
  await requests(page, shopped);
  await look(page, 'connect', shots);
  await live(page, made);
  await care(page, made);
  await viewer(browser, page);
  await pictures(browser);
} catch (error) {
  check(false, 'the path is walked to its end', error.stack);
} finally {
  await browser.close();
  await stop(server);
  rmSync(folder, { recursive: true, force: true });
}
finish();
process.exit();
