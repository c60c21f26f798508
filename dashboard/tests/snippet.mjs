// SPDX-License-Identifier: AGPL-3.0-or-later
/* tidemark.js on the pages of a shop: what is told, when, and what is not. A small shop and a
 * receiver of messages stand on two addresses. snippet.mjs DIST */
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { check, finish, launch, open } from './browser.mjs';

const code = readFileSync(join(process.argv[2], 'tidemark.js'));
const listen = (answer) =>
  new Promise((resolve) => {
    const server = createServer(answer).listen(0, '127.0.0.1', () => resolve(server));
  });
const address = (server) => `http://127.0.0.1:${server.address().port}`;

/* The receiver. */
const batches = [];
let status = 200;
const receiver = await listen((request, response) => {
  if (request.url === '/tidemark.js') return void response.setHeader('Content-Type', 'text/javascript').end(code);
  let text = '';
  request.on('data', (part) => (text += part));
  request.on('end', () => {
    const batch = { method: request.method, url: request.url, type: request.headers['content-type'], cookie: request.headers.cookie, text };
    batches.push(batch);
    response.writeHead(status, { 'Access-Control-Allow-Origin': '*' }).end('{"success":true}');
  });
});

/* The shop: `attributes` of the script come from the address's t= part. */
const product = {
  '@context': 'https://schema.org',
  '@graph': [{ '@type': 'WebSite' }, {
    '@type': 'Product', sku: 'TEA-1', name: 'Jasmine </ tea', brand: { '@type': 'Brand', name: 'Harbour' },
    offers: [{ '@type': 'Offer', price: '12.50', priceCurrency: 'THB' }],
  }],
};
const bodies = {
  '/products/jasmine': `<script type="application/ld+json">${JSON.stringify(product).replaceAll('</', '<\\/')}</script>
    <script type="application/ld+json">{ broken</script>
    <form action="/cart/add" method="post"><input name="id" value="991"><input name="product-id" value="77"><input name="quantity" value="2"><button>Add</button></form>`,
  '/woo': `<a class="add_to_cart_button" data-product_id="5" data-product_sku="W-5" data-quantity="1" href="#woo"><b>Add</b></a>`,
  '/own': `<button data-tidemark="Product Added to Wishlist" data-tidemark-sku="S1">Keep</button><button id="plain">No</button>`,
  '/register': `<form action="/account" method="post"><input type="hidden" name="form_type" value="create_customer"><input name="email" value="someone@example.com"><button>Join</button></form>`,
};
const shop = await listen((request, response) => {
  const url = new URL(request.url, 'http://shop');
  const attributes = url.searchParams.get('t') ?? '';
  response.setHeader('Content-Type', 'text/html; charset=utf-8').end(`<!doctype html><title>Page ${url.pathname}</title>
    <script>window.tidemark = window.tidemark || function () { (tidemark.q = tidemark.q || []).push(arguments) }</script>
    ${bodies[url.pathname] ?? ''}
    <script async src="${address(receiver)}/tidemark.js" data-key="KEY" ${attributes}></script>`);
});

const messages = () => batches.flatMap((b) => JSON.parse(b.text).batch);
const names = () => messages().map((m) => m.event ?? m.type);
const at = (path, attributes = '', query = '') => `${address(shop)}${path}?${query}&t=${encodeURIComponent(attributes)}`;
async function until(what) {
  for (let i = 0; i < 600 && !what(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
}
/* Long enough for anything that would be sent. */
const still = () => new Promise((resolve) => setTimeout(resolve, 1500));
async function visit(path, attributes, query, options) {
  batches.length = 0;
  const page = await open(browser, options);
  await page.goto(at(path, attributes, query));
  return page;
}
const keeps = (page) => page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage }));

const browser = await launch();
try {
  const size = gzipSync(code, { level: 9 }).length;
  check(size <= 3000, `${size} bytes compressed, at most 3,000`);

  /* A visit with a campaign. */
  let page = await visit('/products/jasmine', '', 'utm_source=news&utm_campaign=may&gclid=x1');
  await until(() => names().length >= 2);
  const [view, seen] = messages();
  check(names().join() === 'page,Product Viewed', 'a page and the product on it', names());
  check(batches[0].method === 'POST' && batches[0].url === '/v1/batch' && batches[0].type.startsWith('text/plain') && JSON.parse(batches[0].text).writeKey === 'KEY', 'sent as one simple request, which asks nothing beforehand');
  check(view.context.campaign.source === 'news' && view.context.campaign.name === 'may' && view.context.page.search.includes('gclid=x1'), 'with campaign and click id', JSON.stringify(view.context));
  check(seen.properties.sku === 'TEA-1' && seen.properties.price === 12.5 && seen.properties.currency === 'THB' && seen.properties.brand === 'Harbour' && seen.properties.name === 'Jasmine </ tea', 'and the product as the page describes it', JSON.stringify(seen.properties));
  check(/^[\w-]{36}$/.test(view.messageId) && view.messageId !== seen.messageId && Date.parse(view.timestamp) > 0, 'each with its own id and time');
  check(view.anonymousId === seen.anonymousId && (await keeps(page)).includes(view.anonymousId), 'of one visitor, whom the shop\'s own cookie knows');
  await page.evaluate(() => document.querySelector('form').addEventListener('submit', (e) => e.preventDefault()));
  await page.click('button');
  await until(() => names().includes('Product Added'));
  const added = messages().find((m) => m.event === 'Product Added')?.properties;
  check(added?.product_id === '77' && added?.variant === '991' && added?.quantity === 2 && added?.price === 12.5, 'what goes into the cart', JSON.stringify(added));
  for (const [path, expected] of [['/cart', 'Cart Viewed'], ['/checkout', 'Checkout Started'], ['/checkout/order-received/4711/', 'Order Completed'], ['/blog/checkout-tips', 'page']]) {
    batches.length = 0;
    await page.goto(at(path));
    await until(() => names().includes(expected));
    await still();
    check(names().join() === (expected === 'page' ? 'page' : `page,${expected}`), `${path}: ${expected}`, names());
    check(messages().every((m) => m.anonymousId === view.anonymousId), `${path}: the same visitor`);
    if (expected === 'Order Completed') check(messages()[1].properties.order_id === '4711', 'with the order\'s number');
  }
  batches.length = 0;
  await page.evaluate(() => {
    tidemark('identify', 42, { email: 'someone@example.com' });
    tidemark('track', 'Quiz Done', { score: 3 });
    tidemark('constructor', 'x');
    tidemark('no such call');
    history.pushState({}, '', '/other?x=1');
  });
  await until(() => names().length >= 3);
  check(names().join() === 'identify,Quiz Done,page' && messages().every((m) => m.userId === '42') && messages()[0].traits.email === 'someone@example.com', 'the shop\'s own calls, and a page that changes its address by itself', JSON.stringify(messages()));
  check(messages()[2].context.page.referrer.includes('order-received') || messages()[2].context.page.referrer.includes('checkout-tips'), 'which came from the page before', messages()[2].context.page.referrer);
  check(page.trouble.length === 0, 'no error in the console', page.trouble.join('\n'));
  await page.context().close();

  page = await visit('/woo');
  await page.click('b');
  await until(() => names().includes('Product Added'));
  check(messages().some((m) => m.event === 'Product Added' && m.properties.product_id === '5' && m.properties.sku === 'W-5'), 'WooCommerce\'s buttons', names());
  await page.context().close();
  page = await visit('/own', 'data-user="c9"');
  await page.click('#plain');
  await page.click('[data-tidemark]');
  await until(() => names().includes('Product Added to Wishlist'));
  check(names().join() === 'identify,page,Product Added to Wishlist' && messages()[2].properties.sku === 'S1' && messages()[0].userId === 'c9', 'marked elements, and who is logged in', JSON.stringify(messages()));
  await page.context().close();
  page = await visit('/register');
  await page.evaluate(() => document.querySelector('form').addEventListener('submit', (e) => e.preventDefault()));
  await page.click('button');
  await until(() => names().includes('Signed Up'));
  check(names().includes('Signed Up') && !batches.some((b) => b.text.includes('someone@example.com')), 'signing up, without what was typed');
  await page.context().close();
  page = await visit('/own', 'data-auto="off"');
  await page.click('[data-tidemark]');
  await still();
  check(batches.length === 0, 'nothing by itself where the shop says so');
  await page.context().close();

  /* Consent first. */
  page = await visit('/products/jasmine', 'data-consent="required" data-consent-version="2026-05"', 'utm_source=news');
  await page.evaluate(() => tidemark('identify', 'c1'));
  await still();
  check(batches.length === 0 && (await keeps(page)) === '{}', 'before consent nothing is sent and nothing kept', await keeps(page));
  await page.evaluate(() => tidemark('consent', true));
  await until(() => names().length >= 4);
  check(names().join() === 'Consent Given,page,Product Viewed,identify' && messages()[0].properties.version === '2026-05', 'with it, what this page showed before is told', names());
  check(messages()[1].context.campaign.source === 'news' && Date.parse(messages()[1].timestamp) <= Date.parse(messages()[0].timestamp), 'with its campaign and its own time');
  batches.length = 0;
  await page.goto(at('/woo', 'data-consent="required"'));
  await until(() => names().length);
  check(names().join() === 'page' && messages()[0].userId === 'c1', 'the answer holds on the next page', names());
  batches.length = 0;
  await page.evaluate(() => tidemark('consent', false));
  await until(() => names().length);
  check(names().join() === 'Consent Withdrawn', 'taking it back is told once', names());
  batches.length = 0;
  await page.click('b');
  await page.goto(at('/products/jasmine', 'data-consent="required"'));
  await still();
  check(batches.length === 0 && !/[\w-]{36}|c1/.test((await keeps(page)).replace('tidemark.consent', '')), 'then nothing more is sent, and only the answer is kept', await keeps(page));
  await page.context().close();
  page = await visit('/woo');
  await page.evaluate(() => tidemark('consent', false));
  await still();
  batches.length = 0;
  await page.goto(at('/woo'));
  await still();
  check(batches.length === 0, 'a no counts also where nobody has to ask');
  await page.context().close();

  /* Marketing, channel by channel: told by itself, and measuring is none of it. */
  const required = 'data-consent="required" data-consent-version="2026-05"';
  const words = () => messages().filter((m) => m.properties?.purpose === 'marketing');
  const said = () => words().map((m) => `${m.event.slice(8)} ${m.properties.channel}`).join();
  page = await visit('/products/jasmine', required);
  await page.evaluate(() => tidemark('consent', { analytics: true, email: undefined }));
  await until(() => names().length >= 3);
  await still();
  check(words().length === 0, 'a yes to being measured is none to marketing', names());
  batches.length = 0;
  await page.evaluate(() => tidemark('consent', { email: true, sms: true, marketing: true }, { email: 'ann@example.com', phone: '+66812345678' }));
  await until(() => words().length >= 3);
  const yes = words()[0];
  check(said() === 'Given email,Given sms,Given ads', 'each channel by its name, advertisements as such', said());
  check(yes.properties.version === '2026-05' && yes.context.page.url.includes('/products/jasmine') && yes.context.userAgent.includes('Mozilla') && yes.context.library.name === 'tidemark.js', 'with what proves it', JSON.stringify(yes));
  check(words().every((m) => m.context.traits.email === 'ann@example.com' && m.context.traits.phone === '+66812345678' && (m.anonymousId === yes.anonymousId)), 'and for whom', JSON.stringify(words()));
  batches.length = 0;
  await page.goto(at('/woo', required));
  await page.evaluate(() => tidemark('consent', { analytics: true, email: true, sms: true, marketing: true }));
  await still();
  check(words().length === 0, 'an answer that stays is not told again', said());
  await page.evaluate(() => tidemark('consent', { email: false, marketing: true }));
  await until(() => words().length);
  await still();
  check(said() === 'Withdrawn email' && words()[0].anonymousId === yes.anonymousId, 'one that is taken back is, of the same visitor', JSON.stringify(words()));
  batches.length = 0;
  await page.evaluate(() => tidemark('consent', { analytics: false, sms: false, marketing: true }));
  await until(() => words().length);
  await still();
  check(names().join() === 'Consent Withdrawn,Consent Withdrawn' && said() === 'Withdrawn sms', 'also together with all measuring', JSON.stringify(messages()));
  batches.length = 0;
  await page.goto(at('/woo', required));
  await page.evaluate(() => tidemark('consent', { marketing: false }));
  await until(() => words().length);
  await still();
  check(names().join() === 'Consent Withdrawn' && words()[0].anonymousId === yes.anonymousId, 'and when nothing else is told any more', JSON.stringify(messages()));
  check(!/[\w-]{36}|example/.test(await keeps(page)), 'after which nobody is known', await keeps(page));
  await page.context().close();

  /* Without leave to measure: the word alone, under a number that is no visitor's. */
  page = await visit('/products/jasmine', required, 'utm_source=news');
  await page.evaluate(() => tidemark('consent', { analytics: false, email: false, sms: false }));
  await still();
  check(batches.length === 0, 'a no of somebody unknown tells nothing', names());
  await page.evaluate(() => tidemark('consent', { email: true }, { email: 'ben@example.com' }));
  await until(() => words().length);
  await still();
  check(names().join() === 'Consent Given' && !batches[0].text.includes('news') && !(await page.evaluate(() => document.cookie)).includes('tidemark'), 'a yes to marketing is told without the visit, and no visitor is kept', JSON.stringify(messages()));
  const number = words()[0].anonymousId;
  batches.length = 0;
  await page.goto(at('/woo', required));
  await still();
  check(batches.length === 0, 'nor is one told of later', names());
  status = 503;
  await page.evaluate(() => tidemark('consent', { email: false }));
  await until(() => batches.length);
  status = 200;
  batches.length = 0;
  await page.goto(at('/own', required));
  await until(() => words().length);
  check(said() === 'Withdrawn email' && words()[0].anonymousId === number, 'what is taken back waits for a receiver that is down', JSON.stringify(messages()));
  await page.context().close();
  page = await visit('/own', required + ' data-user="c9"');
  await page.evaluate(() => tidemark('consent', { analytics: false, email: false }));
  await until(() => words().length);
  await still();
  check(names().join() === 'Consent Withdrawn' && words()[0].userId === 'c9', 'a no of who is logged in counts without a yes before', JSON.stringify(messages()));
  await page.context().close();
  page = await visit('/own', required);
  await page.evaluate(() => tidemark('consent', { email: true }));
  await until(() => words().length);
  batches.length = 0;
  await page.evaluate(() => tidemark('consent', { email: true }, { email: 'cee@example.com' }));
  await until(() => words().length);
  check(said() === 'Given email' && words()[0].context.traits.email === 'cee@example.com', 'a yes is told again when it is known for which address', JSON.stringify(messages()));
  await page.evaluate(() => tidemark('reset'));
  check(!/said|example/.test(await keeps(page)), 'and is forgotten with a log-out', await keeps(page));
  await page.context().close();

  /* Those who ask not to be tracked. */
  for (const [signal, value] of [['doNotTrack', "'1'"], ['globalPrivacyControl', 'true']]) {
    batches.length = 0;
    page = await open(browser);
    await page.addInitScript(`Object.defineProperty(Navigator.prototype, '${signal}', { get: () => ${value} })`);
    await page.goto(at('/products/jasmine'));
    await page.evaluate(() => { tidemark('consent', true); tidemark('track', 'Anything'); tidemark('consent', { email: true }, { email: 'dee@example.com' }); });
    await still();
    check(batches.length === 0 && (await keeps(page)) === '{}', `${signal} is honoured`, await keeps(page));
    await page.evaluate(() => tidemark('consent', { email: false }));
    await until(() => words().length);
    await still();
    check(names().join() === 'Consent Withdrawn' && words()[0].context.traits.email === 'dee@example.com' && !(await page.evaluate(() => document.cookie)), `${signal}: what is taken back is passed on alone`, JSON.stringify(messages()));
    await page.context().close();
  }

  /* A receiver that is down loses nothing; what comes twice has one id. */
  status = 503;
  page = await visit('/products/jasmine');
  await until(() => batches.length >= 2);
  const ids = new Set(messages().map((m) => m.messageId));
  status = 200;
  batches.length = 0;
  await page.goto(at('/woo'));
  await until(() => names().length >= 3);
  await still();
  const once = new Map(messages().map((m) => [m.messageId, m.event ?? m.type]));
  check([...once.values()].join() === 'page,Product Viewed,page' && [...ids].every((id) => once.has(id)), 'what was not taken is sent again, under the same id', names());
  check((await keeps(page)).includes('waiting') === false, 'and is then forgotten', await keeps(page));
  status = 400;
  batches.length = 0;
  await page.goto(at('/own'));
  await still();
  check(batches.length === 1, 'what is refused is not sent again', batches.length);
  status = 200;
  await page.context().close();

  /* Where the browser forbids storage. */
  batches.length = 0;
  page = await open(browser);
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });
    Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set() {} });
  });
  await page.goto(at('/woo'));
  await until(() => names().length);
  check(names().join() === 'page' && page.trouble.length === 0, 'a browser that keeps nothing is no trouble', page.trouble.join());
} finally {
  await browser.close();
  receiver.close();
  shop.close();
}
finish();
