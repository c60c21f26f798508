// SPDX-License-Identifier: AGPL-3.0-or-later
/* @segment/analytics-next, as it is, in a page of another origin in Chromium, against the real
 * server; then tidemark.js. browser.mjs TIDEMARK */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, finish, made, shop } from './server.mjs';
import { launch } from '../../dashboard/tests/browser.mjs';

const library = join(dirname(fileURLToPath(import.meta.url)), 'node_modules/@segment/analytics-next/dist/umd');
const place = await shop(process.argv[2]);

/* The shop's own site. */
const site = createServer((request, response) => {
  if (request.url.startsWith('/umd/')) {
    response.setHeader('Content-Type', 'text/javascript');
    createReadStream(join(library, request.url.slice(5).split('?')[0])).on('error', () => response.writeHead(404).end()).pipe(response);
    return;
  }
  response.setHeader('Content-Type', 'text/html');
  if (request.url === '/own') {
    const product = { '@type': 'Product', sku: 'T1', name: 'Tea', offers: { price: 4, priceCurrency: 'EUR' } };
    response.end(`<!doctype html><title>Tea</title><script type="application/ld+json">${JSON.stringify(product)}</script>
      <script async src="${place.url}/tidemark.js" data-key="${place.key}"></script>`);
    return;
  }
  response.end('<!doctype html><title>Shop</title><script src="/umd/index.js"></script>');
});
await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
const origin = `http://localhost:${site.address().port}`;

const stored = async (want) => {
  let counts;
  for (let i = 0; i < 200; i++) {
    counts = await place.counts();
    if (counts.stored >= want) break;
    await made(100);
  }
  return counts;
};

const browser = await launch();
const page = await browser.newPage();
const trouble = [];
page.on('pageerror', (e) => trouble.push(String(e)));
page.on('requestfailed', (r) => r.url().includes('/v1/') && trouble.push(`${r.url()} ${r.failure()?.errorText}`));
page.on('response', (r) => r.url().includes('/v1/') && r.status() !== 200 && trouble.push(`${r.url()} ${r.status()}`));
await page.goto(`${origin}/?utm_source=news&utm_medium=email`);

const load = (options) =>
  page.evaluate(
    async ({ key, host, options }) => {
      const settings = { integrations: { 'Segment.io': { apiKey: key, apiHost: host, protocol: 'http', ...options } } };
      [window.shop] = await window.AnalyticsNext.AnalyticsBrowser.load({ writeKey: key, cdnSettings: settings });
    },
    { key: place.key, host: `${new URL(place.url).host}/v1`, options },
  );

await load({});
await page.evaluate(async () => {
  const { shop } = window;
  await shop.page('Home');
  await shop.track('Product Viewed', { product_id: 'p1', price: 12.5, currency: 'EUR' });
  await shop.identify('u1', { email: 'ann@example.com' });
  await shop.group('g1', { name: 'Initech' });
  await shop.alias('u1', 'a0');
  await shop.screen('Cart');
});
let counts = await stored(6);
check(counts.stored === 6 && counts.refused === 0, 'every call from a page of another origin is stored', JSON.stringify(counts));
check(trouble.length === 0, 'without trouble in the page', trouble.join('\n'));

/* Batches, and what is still unsent when the visitor leaves. */
await page.reload();
await load({ deliveryStrategy: { strategy: 'batching', config: { size: 10, timeout: 60_000 } } });
await page.evaluate(async () => {
  for (let i = 0; i < 25; i++) window.shop.track('Product Viewed', { product_id: i });
});
counts = await stored(16);
check(counts.stored >= 16, 'a full batch is stored', JSON.stringify(counts));
await page.goto('about:blank');
counts = await stored(31);
check(counts.stored === 31 && counts.refused === 0, 'and the rest when the visitor leaves', JSON.stringify(counts));

/* The server is away for a moment. */
trouble.length = 0;
await page.goto(origin);
await load({});
await place.stop();
await page.evaluate(() => {
  for (let i = 0; i < 10; i++) window.shop.track('Product Added', { product_id: i });
});
await made(500);
await place.start();
counts = await stored(41);
check(counts.stored === 41, 'what could not be sent is sent again: none lost, none doubled', JSON.stringify(counts));

/* Tidemark's own, as the server gives it. */
trouble.length = 0;
const before = counts.stored;
await page.goto(`${origin}/own`);
counts = await stored(before + 2);
await page.evaluate(() => window.tidemark('identify', 'u1', { email: 'ann@example.com' }));
counts = await stored(before + 3);
check(counts.stored === before + 3 && counts.refused === 0, 'tidemark.js: the page, its product, who it is', JSON.stringify(counts));
const own = trouble.filter((t) => !t.includes('/v1/t ')); /* the page before was left amid its calls */
check(own.length === 0, 'and no trouble either', own.join('\n'));

/* The banner's answer on marketing, as far as the gate before anything is sent. */
const suppressed = async (wanted) => {
  let told;
  for (let i = 0; i < 200; i++) {
    told = (await place.ask('POST', '/suppression/check', { who: 'ann@example.com', channel: 'email' })).reason;
    if (told === wanted) break;
    await made(50);
  }
  return told;
};
const entries = async () => (await place.ask('POST', '/consent/find', { who: 'ann@example.com' })).entries;
counts = await place.counts();
await page.evaluate(() => window.tidemark('consent', { analytics: true, email: true }));
await stored(counts.stored + 1);
for (let i = 0; i < 200 && !(await entries()).length; i++) await made(50);
let ledger = await entries();
check(ledger.length === 1 && ledger[0].state === 'granted' && ledger[0].channel === 'email' && ledger[0].purpose === 'marketing' && ledger[0].page === `${origin}/own` && ledger[0].ip === '127.0.0.0' && ledger[0].agent.includes('Mozilla'), 'a yes in the banner stands in the ledger, with its proof', JSON.stringify(ledger));
await page.evaluate(() => window.tidemark('consent', { email: false }));
check((await suppressed('unsubscribed')) === 'unsubscribed', 'taken back, it must not be written to', JSON.stringify(await entries()));
await page.evaluate(() => window.tidemark('consent', { email: true }));
check((await suppressed(null)) === null, 'a yes again lifts that');
ledger = await entries();
check(ledger.map((e) => e.state).join() === 'granted,withdrawn,granted', 'and all of it is kept', JSON.stringify(ledger));

await browser.close();
site.close();
await place.end();
finish();
