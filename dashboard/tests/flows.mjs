// SPDX-License-Identifier: AGPL-3.0-or-later
/* Flows begun, drawn, written, switched and done in the browser, and sending let go and stopped: flows.mjs TIDEMARK [SCREENSHOTS]; TAP. */
import { check, look, settle } from './browser.mjs';
import { ask, atShop, read } from './shop.mjs';

const [tidemark, shots] = process.argv.slice(2);
const patience = 120_000;
const branches = `name: Call me
start: {event: call_me}
again: always
goal: order_complete
steps:
  - {name: which, split: [{share: 60, then: ring}, {share: 40, then: write}]}
  - {name: ring, ask: Ring back, due: 1 day, assignee: Nok}
  - {name: bought, wait_for: order_complete, at_most: 2 days, then: end, else: write}
  - {name: write, send: welcome-1, channel: email}
`;
const textBox = '#flow-text';
const standing = (page, state) => page.waitForSelector(`[data-state=${state}]`);

/* What a shop's site tells: so many ask to be called. */
async function happens(page, users) {
  const { key } = await ask(page, '/sources', { name: 'Site', ledger: true });
  const status = await page.evaluate(async ([key, all]) => {
    const sent = all.map((userId) => fetch('/v1/track', { method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ writeKey: key, userId, event: 'Call Me', properties: {}, context: { traits: { email: `${userId}@example.com` } } }) }));
    return (await Promise.all(sent)).map((r) => r.status);
  }, [key, users]);
  check(status.every((s) => s === 200), 'what happens is taken', status.join());
}

async function begins(page, url) {
  await page.goto(`${url}/#/flows?practice=AUT-2`);
  await page.waitForSelector('.starters li');
  check((await page.locator('.starters li').count()) === 1, 'a practice has the flows that serve it');
  await settle(page);
  await look(page, 'flows-none', shots);
  await page.click('.starters button:text-is("Keep and switch on")');
  await page.waitForSelector('[role=switch][aria-checked=true]');
  check((await page.locator('.picture .step').count()) === 4, 'from the gap it is kept and on by two clicks, and drawn');
  await page.goto(`${url}/#/flows?practice=AUT-2`);
  check((await page.getAttribute('.starters .tag', 'href')) === `#/flows/1`, 'and is not offered once more');
  await settle(page);
  await look(page, 'flows-kept', shots);
}

async function writes(page, url) {
  await page.goto(`${url}/#/flows/new`);
  await page.fill(textBox, branches.replace('1 day', 'soon').replace('always', 'often'));
  await page.waitForSelector('#faults .link:text-is("Line 7")');
  const told = await page.locator('#faults .link').allTextContents();
  check(told.join() === 'Line 3,Line 7' && (await page.isDisabled('button:text-is("Save")')), 'all that is wrong is told by line, and is not kept', told.join());
  await page.click('#faults .link >> nth=1');
  const at = await page.evaluate(() => { const a = document.activeElement; return a.value.slice(a.selectionStart, a.selectionEnd); });
  check(at.includes('name: ring'), 'a fault leads to its line', at);
  await look(page, 'flows-wrong', shots);
  await page.fill(textBox, branches);
  await page.waitForSelector('.picture .split');
  await page.waitForSelector('button:text-is("Save"):enabled');
  const ways = await page.locator('.split .ways li').allTextContents();
  check(ways.length === 2 && ways[0].includes('60%') && ways[1].includes('write'), 'shares stand at the step', ways.join());
  await page.click('button:text-is("Save")');
  await page.waitForFunction(() => /#\/flows\/\d+/.test(location.hash));
  await page.focus('[role=switch]');
  await page.keyboard.press('Space');
  await page.waitForSelector('[role=switch][aria-checked=true]');
  check((await page.textContent('main')).includes('owner@example.com'), 'it is switched by the keyboard, and who did it is told');
  await happens(page, ['ada', 'ben', 'cleo', 'dov', 'esme', 'finn', 'gil', 'hana', 'ivo', 'jun', 'kit', 'lea']);
  await page.waitForFunction(() => document.querySelector('.picture .split .numbers')?.textContent?.startsWith('12 '), null, { timeout: patience });
  check(true, 'how many came to a step stands there');
  await settle(page);
  await look(page, 'flows-branches', shots);
}

/* Somebody else's words are not written over. */
async function keeps(page) {
  await ask(page, new URL(page.url()).hash.slice(1), { text: `${branches}# theirs\n` }, 'PUT');
  await page.fill(textBox, `${branches}# ours\n`);
  await page.waitForSelector('button:text-is("Save"):enabled');
  await page.click('button:text-is("Save")');
  await page.waitForSelector('main .note.bad[role=alert]');
  check((await page.inputValue(textBox)).includes('# ours'), 'what was changed meanwhile is not written over, and nothing is lost');
  const asked = [];
  const answer = async (as, act) => {
    page.once('dialog', (d) => (asked.push(d.type()), as ? d.accept() : d.dismiss()));
    await act();
  };
  const route = new URL(page.url()).hash;
  await answer(false, () => page.click('nav a[href="#/messages"]'));
  await page.waitForFunction((r) => location.hash === r, route);
  check((await page.inputValue(textBox)).includes('# ours'), 'who leaves without saving is asked, and may stay', asked.join());
  await answer(true, () => page.click('nav a[href="#/messages"]'));
  await page.waitForSelector('nav a[href="#/messages"][aria-current]');
  check(asked.join() === 'confirm,confirm', 'or go', asked.join());
}

async function lists(page, url) {
  await page.goto(`${url}/#/flows`);
  await page.waitForSelector('#tasks');
  const before = Number(await page.textContent('#tasks .tag'));
  check(before > 0, 'tasks are listed', before);
  await page.click('button:text-is("Done") >> nth=0');
  await page.waitForFunction((n) => Number(document.querySelector('#tasks .tag')?.textContent ?? 0) === n - 1, before);
  check(true, 'one is done');
  await settle(page);
  await look(page, 'flows-list', shots);
  await page.click('tr:has-text("Cart left") [role=switch]');
  await page.waitForSelector('tr:has-text("Cart left") [role=switch][aria-checked=false]');
  check(true, 'one is switched off in the list');
}

async function sends(page) {
  await standing(page, 'unarmed');
  await page.click('button:text-is("Allow sending …")');
  await page.click('button:text-is("Yes, allow")');
  await page.click('button:text-is("Stop all sending")');
  await standing(page, 'stopped');
  await look(page, 'flows-stopped', shots);
  await page.click('button:text-is("Send again")');
  await page.waitForSelector('button:text-is("Stop all sending")');
  check(true, 'sending is allowed, stopped and let go on');
}

async function removed(page, url, route) {
  await page.goto(`${url}/#/${route}`);
  await page.click('button:text-is("Delete …")');
  await page.click('button:text-is("Yes, delete")');
  await page.waitForSelector('#kept');
  await page.waitForFunction(() => !document.querySelector('main table')?.textContent.includes('Call me'));
  check(true, 'it is deleted at the second word');
}

const settings = '\nsending:\n  marketing: {name: Shop, address: news@shop.example}\n  postal_address: "Shop, 1 High Street, Town"\n  smtp: {host: 127.0.0.1, port: 9, tls: off}\n';
await atShop(tidemark, 'flows', settings, async ({ page, browser, url }) => {
  await begins(page, url);
  await writes(page, url);
  const route = new URL(page.url()).hash.slice(2);
  await keeps(page);
  await lists(page, url);
  await sends(page);
  const both = [['list', 'flows', 'section:has(#kept) table'], ['one', route, '.picture .split']];
  for (const [language, dark, width] of [['en', false, 390], ['ar', true, 390], ['th', false, 390], ['ar', false, 1280], ['en', true, 1280]])
    await (await read(browser, url, 'flows', { language, dark, width }, both)).context().close();
  await removed(page, url, route);
});
