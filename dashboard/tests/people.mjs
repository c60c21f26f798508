// SPDX-License-Identifier: AGPL-3.0-or-later
/* Two customers who may be one, decided on the page; one of them told wholly and erased: people.mjs TIDEMARK [SCREENSHOTS]; TAP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, enter, finish, launch, look, open, settle } from './browser.mjs';
import { run, serve, stop } from './serve.mjs';

const [tidemark, shots] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'tidemark-people-'));
const shop = join(folder, 'shop');
const people = [
  ['Philippa', 'Quenby', 'philippa.quenby', 'Millport', 45678], ['Philippa', 'Quenby', 'philipa.quenby', 'Millport', 45678],
  ['Oswald', 'Quenby', 'oswald', 'Millport', 45678], ['Ada', 'Bell', 'ada', 'Harbury', 11111],
  ['Ben', 'Carr', 'ben', 'Ironton', 22222], ['Cleo', 'Dunn', 'cleo', 'Jasper', 33333], ['Dov', 'Ellis', 'dov', 'Kenmore', 44444],
  ['Esme', 'Frost', 'esme', 'Larkhill', 55555], ['Finn', 'Grant', 'finn', 'Morley', 66666], ['Gwen', 'Hale', 'gwen', 'Norton', 77777],
];
const head = 'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags';
const customers = [head, ...people.map(([first, last, mail, city, zip], i) => `${1001 + i},${first},${last},${mail}@example.com,yes,,,,${city},XX,GB,${zip},,,no,0,0,,no,`), ''].join('\n');
const orders = `order_id,ordered_at,total,currency,email,status
1,2026-01-05 10:00:00,20.00,EUR,philippa.quenby@example.com,paid
2,2026-02-05 10:00:00,30.00,EUR,philipa.quenby@example.com,paid
3,2026-02-06 10:00:00,40.00,EUR,oswald@example.com,paid
`;
const file = (name, text) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

async function begin(page, server) {
  await enter(page, server.url, server.token);
  await page.goto(`${server.url}/#/start`);
  await page.waitForSelector('.drop');
  await page.setInputFiles('input[type=file]', [file('customers.csv', customers), file('orders.csv', orders)]);
  await page.waitForFunction(() => document.querySelectorAll('.taken .tag.good').length === 2);
  await page.goto(`${server.url}/#/customers`);
  await page.waitForSelector('#people tbody tr');
  check(true, 'the page fills by itself when the numbers are ready');
  page.trouble.length = 0; /* that they were not is no fault */
  for (let pairs = 0, i = 0; !pairs && i < 300; i++) {
    pairs = await page.evaluate(async () => (await (await fetch('/api/v1/people/suggestions')).json()).pairs.length);
    if (!pairs) await page.waitForTimeout(200);
  }
}

async function decide(page) {
  await page.reload();
  await page.waitForSelector('.pairs li');
  await settle(page);
  const said = await page.textContent('.pairs');
  check(said.includes('philippa.quenby@example.com') && said.includes('philipa.quenby@example.com') && !said.includes('oswald'), 'the two who may be one are shown', said);
  await look(page, 'people-pairs', shots);
  await page.click('.pairs button:text-is("One person")');
  await page.waitForSelector('text=Joined.');
  check((await page.locator('.pairs button:text-is("One person")').count()) === 0, 'decided they are not asked about again');
  await page.click('summary:has-text("Decided: 1")');
  await look(page, 'people-decided', shots);
  await page.click('button:text-is("Take back")');
  await page.waitForSelector('.pairs button:text-is("Two people")');
  check(true, 'taken back they are asked about again');
}

/* On the page of either of the two it is the same. */
async function onPerson(page, url) {
  await page.click('.pairs a');
  await page.waitForSelector('.pairs button:text-is("Two people")');
  await settle(page);
  await look(page, 'people-person', shots);
  await page.click('.pairs button:text-is("Two people")');
  await page.waitForSelector('text=Kept apart.');
  await page.goto(`${url}/#/customers`);
  await page.waitForSelector('text=Nobody looks like somebody else.');
  check(true, 'decided on the page of one of them it holds on the other');
}

/* All that is kept as a file; then erased, with what that means in each language. */
async function takenOut(browser, page, url) {
  await page.goto(`${url}/#/customers`);
  await page.fill('input[type=search]', 'philippa');
  await page.click('a:has-text("Philippa")');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('button:text-is("Export everything")')]);
  check(/^person-\d+\.zip$/.test(file.suggestedFilename()), 'everything of a person comes as a file', file.suggestedFilename());
  await page.waitForSelector('text=Records: ');
  const route = new URL(page.url()).hash;
  for (const language of ['ar', 'th']) {
    const phone = await open(browser, { viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: language === 'ar' ? 'dark' : 'light' }, language);
    await enter(phone, url);
    await phone.goto(`${url}/${route}`);
    await phone.click('section[aria-labelledby=person-data] .button.light');
    await phone.waitForSelector('dialog form');
    await settle(phone);
    await look(phone, `people-erase-${language}-phone`, shots);
    await phone.context().close();
  }
  await page.click('button:text-is("Erase…")');
  await page.waitForSelector('dialog form input');
  check(await page.isDisabled('button:text-is("Erase for good")'), 'nothing is erased before the word is typed');
  await look(page, 'people-erase', shots);
  await page.keyboard.press('Tab');
  await page.focus('dialog form input');
  await page.keyboard.type('erase');
  await page.keyboard.press('Enter');
  await page.waitForSelector('text=0 places name the person');
  page.trouble.length = 0; /* pages of numbers wait meanwhile */
  await settle(page);
  await look(page, 'people-erased', shots);
  await page.click('dialog button:text-is("Close")');
  await page.waitForFunction(() => location.hash === '#/customers');
  await page.goto(`${url}/#/settings`);
  await page.waitForSelector('#erasures');
  await page.waitForSelector('text=: 0 found');
  check(!(await page.textContent('section[aria-labelledby=erasures]')).includes('philippa'), 'the list of erasures names nobody');
  page.trouble.length = 0;
  await look(page, 'people-erasures', shots);
}

async function reads(browser, url, language) {
  const page = await open(browser, { viewport: { width: 390, height: 844 }, isMobile: true }, language);
  await enter(page, url);
  await page.goto(`${url}/#/customers`);
  await page.waitForSelector('details summary');
  await settle(page);
  await look(page, `people-${language}-phone`, shots);
  await page.context().close();
}

let server;
const browser = await launch();
try {
  run(tidemark, 'init', shop, '--currency', 'EUR', '--time-zone', 'Europe/Berlin');
  server = await serve(tidemark, shop);
  const page = await open(browser, { viewport: { width: 1280, height: 900 } });
  await begin(page, server);
  await decide(page);
  await onPerson(page, server.url);
  for (const language of ['ar', 'th']) await reads(browser, server.url, language);
  await takenOut(browser, page, server.url);
} finally {
  await browser.close();
  await stop(server);
  rmSync(folder, { recursive: true, force: true });
}
finish();
