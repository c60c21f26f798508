// SPDX-License-Identifier: AGPL-3.0-or-later
/* Segments put together, kept, counted and explained in the browser: segments.mjs TIDEMARK [SCREENSHOTS]; TAP. */
import { check, look, settle } from './browser.mjs';
import { atShop, bring, daysAgo, read } from './shop.mjs';

const [tidemark, shots] = process.argv.slice(2);
const names = ['ada', 'ben', 'cleo', 'dov', 'esme', 'finn'];
const orders = ['order_id,ordered_at,total,currency,email,status,country', ...names.flatMap((name, i) =>
  Array.from({ length: i + 1 }, (_, k) => `${i}-${k},${daysAgo(1 + 20 * k)},${20 + i}.00,EUR,${name}@example.com,paid,${i % 2 ? 'DE' : 'FR'}`)), ''].join('\n');
const textBox = 'textarea.text';
const counted = (page, n) => page.waitForFunction((want) => document.querySelector('.counts .figure strong')?.textContent?.startsWith(`${want} `), String(n));
const textIs = (page, text) => page.waitForFunction((want) => document.querySelector('textarea.text')?.value === want, text);

/* From one to begin with to one of our own, by the builder and by the text. */
async function build(page, url) {
  await page.goto(`${url}/#/segments`);
  await page.waitForSelector('.starters li');
  await settle(page);
  await look(page, 'segments-none', shots);
  await page.click('a:has-text("New segment")');
  await counted(page, 5);
  await page.fill('input.figure', '4');
  await page.keyboard.press('Tab');
  await textIs(page, 'number_of_orders >= 4');
  await counted(page, 3);
  check(true, 'what is put together is the text, and is counted');
  await page.fill(textBox, "number_of_orders >= 4 and (customer_countries contains 'DE' or last_order_date < -90d)");
  await page.waitForSelector('.branch .branch');
  check((await page.locator('.branch .branch .node').count()) === 2, 'what is written stands in the builder');
  await counted(page, 2);
  await page.fill(textBox, 'number_of_ordrs >= 4');
  await page.waitForSelector('#fault:has-text("number_of_orders")');
  check(await page.isDisabled('button:text-is("Save")'), 'what is wrong is told, and is not kept');
  await look(page, 'segments-wrong', shots);
  await page.fill(textBox, 'number_of_orders >= 4');
  await counted(page, 3);
  await page.click('button:text-is("Add: one after the other")');
  await page.waitForSelector('.sequence');
  await counted(page, 0);
  await look(page, 'segments-builder', shots);
  await page.click('button[aria-label="Remove condition 2"]');
  await textIs(page, 'number_of_orders >= 4');
  await page.fill('section:last-of-type input >> nth=0', 'Regulars');
  await page.click('button:text-is("Save")');
  await page.waitForFunction(() => /#\/segments\/\d+/.test(location.hash));
  await page.waitForSelector('#members ~ table tbody tr');
  check((await page.locator('#members ~ table tbody tr').count()) === 3, 'who belongs to it is listed');
  await settle(page);
  await look(page, 'segments-kept', shots);
  await page.click('#members ~ table button >> nth=0');
  await page.waitForSelector('dialog .tag.good');
  await look(page, 'segments-why', shots);
  await page.click('dialog button:text-is("Close")');
}

async function keyboard(page) {
  await page.focus('.branch legend select');
  for (let i = 0, at = ''; i < 12 && at !== 'Add a condition'; i++) {
    await page.keyboard.press('Tab');
    at = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  }
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('.branch .node').length === 2);
  check(true, 'a condition is added by the keyboard');
  await page.fill(textBox, 'number_of_orders >= 5');
  await counted(page, 2);
  await page.click('button:text-is("Save")');
  await page.waitForSelector('text=Saved.');
  await page.waitForFunction(() => document.querySelectorAll('#members ~ table tbody tr').length === 2);
  check(true, 'changed and saved it has others');
}

async function onPerson(page, url) {
  await page.click('#members ~ table a >> nth=0');
  await page.waitForSelector('#in-segments');
  await page.waitForSelector('section[aria-labelledby=in-segments] a:has-text("Regulars")');
  await settle(page);
  await look(page, 'segments-person', shots);
  await page.goto(`${url}/#/segments`);
  await page.waitForSelector('#kept');
  await page.waitForSelector('td:has-text("of 6")');
  check((await page.textContent('main')).includes('owner@example.com'), 'the list tells members, and who changed it');
  await settle(page);
  await look(page, 'segments-list', shots);
}

async function removed(page, url, route) {
  await page.goto(`${url}/#/${route}`);
  await page.click('button:text-is("Delete …")');
  await page.click('button:text-is("Yes, delete")');
  await page.waitForSelector('text=There are none yet.');
  check(true, 'it is deleted at the second word');
}

/* Nobody of this shop agreed to be shown advertisements: the list is empty, and says so. */
async function forAds(page) {
  await page.waitForSelector('#ads');
  await page.waitForSelector('text=No list was made for this place yet.');
  await page.click('button:text-is("Make the list")');
  await page.waitForSelector('.numbers');
  const told = await page.textContent('[aria-labelledby=ads]');
  check(/On the list0.*Did not agree3/.test(told) && told.includes('uses no list of fewer than 100 people'), 'a list for an advertising place is made, and who did not agree is told', told);
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('button:text-is("Who is on it (CSV)")')]);
  check(/^segment-\d+-meta\.csv$/.test(file.suggestedFilename()) && (await page.isDisabled('button:text-is("Who is to be taken out (CSV)")')), 'its file is fetched', file.suggestedFilename());
  await settle(page);
  await look(page, 'segments-ads', shots);
}

await atShop(tidemark, 'segments', '', async ({ page, browser, url }) => {
  await bring(page, url, orders);
  await build(page, url);
  const route = new URL(page.url()).hash.slice(2);
  await forAds(page);
  await keyboard(page);
  await onPerson(page, url);
  const both = [['list', 'segments', '#kept'], ['one', route, '.branch']];
  for (const [language, dark, width] of [['en', false, 390], ['ar', true, 390], ['th', false, 390], ['ar', false, 1280], ['th', true, 1280]])
    await (await read(browser, url, 'segments', { language, dark, width }, width < 500 ? both : both.slice(1))).context().close();
  await removed(page, url, route);
});
