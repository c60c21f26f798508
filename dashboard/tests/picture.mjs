// SPDX-License-Identifier: AGPL-3.0-or-later
/* A flow built and changed in its picture, in the browser: picture.mjs TIDEMARK [SCREENSHOTS]; TAP. */
import { check, look, settle } from './browser.mjs';
import { atShop, read } from './shop.mjs';

const [tidemark, shots] = process.argv.slice(2);
const textBox = '#flow-text';
const text = (page) => page.inputValue(textBox);
const step = (name) => `.picture .step:has(> .body [data-step] > bdi:text-is("${name}"))`;
const open = async (page, name) => {
  await page.click(`${step(name)} [data-step]`);
  await page.waitForSelector(`${step(name)}.open`);
};
const is = async (page, what, of) => {
  const now = await text(page);
  check(what instanceof RegExp ? what.test(now) : now.includes(what), of, now);
};
const focused = (page) => page.evaluate(() => document.activeElement?.textContent ?? '');

/* A shop owner's flow, without a word of its text. */
async function builds(page, url) {
  await page.goto(`${url}/#/flows/new`);
  await page.fill('#flow-name', 'Hello: again');
  await page.press('#flow-name', 'Tab');
  check((await page.locator('#flow-practice option').count()) > 6 && (await page.textContent('#flow-practice option[value=AUT-2]')) !== 'AUT-2', 'practices that flows serve are there to choose by their names', await page.textContent('#flow-practice'));
  await page.selectOption('#flow-practice', 'AUT-2');
  await page.selectOption('#flow-start', 'event');
  await page.fill('#flow-event', 'cart_add');
  await page.press('#flow-event', 'Tab');
  await page.selectOption('#flow-again', 'after');
  await page.fill('#flow-holdout', '10');
  await page.press('#flow-holdout', 'Tab');
  await page.fill('#flow-goal', 'order_complete');
  await page.press('#flow-goal', 'Tab');
  await page.click('.edge .plus.gap');
  await look(page, 'picture-begun', shots);
  await page.click('.menu button:text-is("Send a message")');
  await page.waitForSelector(step('message'));
  check((await focused(page)) === 'message', 'what was added has the focus', await focused(page));
  await page.selectOption('#step-send', 'cart-1');
  await page.click(`${step('message')} .tick:has-text("text message")`);
  await page.selectOption('#step-purpose', '?');
  await page.fill(`${step('message')} input[aria-label="Name of the purpose"]`, 'surveys');
  await page.press(`${step('message')} input[aria-label="Name of the purpose"]`, 'Tab');
  await is(page, 'purpose: surveys', 'a purpose of its own name is asked for');
  check((await page.inputValue('#step-purpose')) === 'surveys', 'and is one to choose then', await page.inputValue('#step-purpose'));
  await page.selectOption('#step-purpose', '');
  await page.click(`${step('message')} .plus.gap`);
  await page.click('.menu button:text-is("Branch by a condition")');
  await page.waitForSelector(`${step('branch')}.open`);
  await page.fill('.picture textarea[aria-label^="As text"]', 'number_of_orders >= 3');
  await page.press('.picture textarea[aria-label^="As text"]', 'Tab');
  await page.click(`${step('branch')} .ways li:has-text("yes") .plus`);
  await page.click('.menu button:text-is("Ask your people")');
  await page.fill('#step-ask', 'Ring, and say thanks');
  await page.press('#step-ask', 'Tab');
  await page.click(`${step('branch')} .ways li:has-text("no") .plus`);
  await page.click('.menu button:text-is("Wait for a while")');
  await page.fill(`${step('pause')} input[type=number]`, '3');
  await page.press(`${step('pause')} input[type=number]`, 'Tab');
  await page.click(`${step('pause')} .plus.gap`);
  await page.click('.menu button:text-is("Send a message")');
  await page.waitForSelector('button:text-is("Save"):enabled');
  const now = await text(page);
  check(now.includes('name: "Hello: again"') && now.includes('event: cart_add') && now.includes('again: 7 days') && now.includes('holdout: 10') && now.includes('goal: order_complete') && now.includes('practice: AUT-2') && !now.includes('purpose'), 'name, practice, start and rules are chosen in forms', now);
  check(now.includes('send: cart-1, channels: [email, sms]') && now.includes('if: "number_of_orders >= 3"') && now.includes('ask: "Ring, and say thanks"') && now.includes('wait: 3 days'), 'so is what each step does', now);
  check((await page.locator('.picture .step').count()) === 5 && !(await page.locator('.picture .bad').count()), 'and the server finds it right', now);
  await look(page, 'picture-built', shots);
  await page.click('button:text-is("Save")');
  await page.waitForFunction(() => /#\/flows\/\d+/.test(location.hash));
  await page.waitForSelector(step('branch'));
  check(true, 'a flow is begun, built and saved in the picture');
}

async function moves(page) {
  const before = await text(page);
  await page.focus(`${step('task')} [data-step]`);
  await page.keyboard.press('Alt+ArrowUp');
  await page.waitForFunction((was) => document.querySelector('#flow-text').value !== was, before);
  check((await page.locator('.picture [data-step="1"]').textContent()) === 'task' && (await focused(page)) === 'task', 'a step goes up by the keyboard and keeps the focus', await text(page));
  await page.keyboard.press('Control+z');
  await page.waitForFunction((was) => document.querySelector('#flow-text').value === was, before);
  await page.keyboard.press('Control+Shift+z');
  await page.waitForFunction((was) => document.querySelector('#flow-text').value !== was, before);
  await page.click('button:text-is("Undo")');
  await page.waitForFunction((was) => document.querySelector('#flow-text').value === was, before);
  check(true, 'what was done is undone, done again, and undone');
  await open(page, 'message 2');
  await page.click(`${step('message 2')} button:text-is("Move …")`);
  await page.waitForSelector('.plus.here');
  await look(page, 'picture-moving', shots);
  await page.click('.edge .plus.here');
  await page.waitForFunction(() => document.querySelector('.picture [data-step="0"]')?.textContent === 'message 2');
  await page.click('button:text-is("Undo")');
  await page.waitForFunction((was) => document.querySelector('#flow-text').value === was, before);
  await page.click(`${step('message 2')} [data-step]`); /* shut, so that both stand on the screen */
  await page.locator(`${step('task')} .sign`).dragTo(page.locator(`${step('message')} .plus.gap`));
  await page.waitForFunction(() => document.querySelector('.picture [data-step="1"]')?.textContent === 'task');
  check(true, 'a step is moved to a place that is chosen, and drawn there');
  await page.click('button:text-is("Undo")');
  await page.waitForFunction((was) => document.querySelector('#flow-text').value === was, before);
  await draw(page, `${step('task')} .sign`, async () => {
    await page.waitForSelector('.plus.here');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.plus.here', { state: 'detached' });
  });
  check((await text(page)) === before && !(await page.locator('.ghost').count()), 'and stays where it is when it is let go nowhere, or given up');
}

/* Up and away, without a place to go to. */
async function draw(page, what, meanwhile) {
  const { x, y, width, height } = await page.locator(what).boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 200, y + height, { steps: 5 });
  await meanwhile();
  await page.mouse.move(x + 220, y + height, { steps: 3 });
  await page.mouse.up();
}

/* By a finger on a phone: the page does not scroll away under it, but moves on at its edge. */
async function touches(browser, url, route) {
  const page = await read(browser, url, 'picture', { language: 'ar', width: 390, touch: true }, [['touch', route, '.picture .if']]);
  const before = await text(page);
  const cdp = await page.context().newCDPSession(page);
  const finger = (type, at) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] });
  const middle = async (what) => {
    const { x, y, width, height } = await page.locator(what).boundingBox();
    return { x: x + width / 2, y: y + height / 2 };
  };
  await page.locator(`${step('task')} .sign`).scrollIntoViewIfNeeded();
  await page.evaluate(() => scrollBy({ top: 200, behavior: 'instant' }));
  const from = await middle(`${step('task')} .sign`);
  await finger('touchStart', from);
  await finger('touchEnd');
  check((await text(page)) === before && !(await page.locator('.plus.here').count()), 'a tap moves nothing');
  await finger('touchStart', from);
  await finger('touchMove', { x: from.x, y: from.y - 30 });
  await page.waitForSelector('.ghost');
  await look(page, 'picture-drawn-ar-390', shots);
  const target = page.locator('.edge .plus.here');
  for (let place = await target.boundingBox(); place.y < 100; place = await target.boundingBox()) {
    await finger('touchMove', { x: from.x, y: 20 }); /* held at the upper edge */
    await page.waitForTimeout(50);
  }
  await finger('touchMove', await middle('.edge .plus.here'));
  await page.waitForSelector('.edge .plus.over');
  await finger('touchEnd');
  await page.waitForFunction(() => document.querySelector('.picture [data-step="0"]')?.textContent === 'task');
  check(true, 'a step is drawn by a finger, over more than a screen');
  await page.context().close();
}

async function removes(page) {
  const before = await text(page);
  await open(page, 'branch');
  await page.click(`${step('branch')} .tools button:text-is("Take out")`);
  const asked = await page.locator(`${step('branch')} .note`).textContent();
  check(asked.includes('task') && asked.includes('pause'), 'which way people go on is asked, with what goes with the other', asked);
  await look(page, 'picture-removing', shots);
  await page.click(`${step('branch')} .note button:has-text("pause")`);
  await page.waitForFunction(() => document.querySelectorAll('.picture .step').length === 3);
  await page.click('button:text-is("Undo")');
  await page.waitForFunction((was) => document.querySelector('#flow-text').value === was, before);
  check(true, 'a branch is taken out, and is back by one click');
}

/* Text and picture follow each other; comments stay. */
async function follows(page) {
  const before = await text(page);
  const own = before.replace(/( {2}- \{name: pause.*)\n/, '  # over it\n$1   # at it\n');
  await page.fill(textBox, own);
  await page.waitForSelector('button:text-is("Save"):enabled');
  await open(page, 'pause');
  await page.fill(`${step('pause')} input[type=number]`, '5');
  await page.press(`${step('pause')} input[type=number]`, 'Tab');
  await is(page, own.replace('3 days', '5 days'), 'a value is changed, and nothing else of the text');
  await page.fill('#step-name', 'five: days');
  await page.press('#step-name', 'Tab');
  await is(page, /# over it\n {2}- \{name: "five: days".*# at it\n/, 'a new name is known to the steps that lead there');
  check(!/: pause|pause[,}]/.test(await text(page)), 'everywhere', await text(page));
  await page.fill(textBox, own.replace('3 days', 'soon'));
  await page.waitForSelector(`${step('pause')}.wrong .bad`);
  check((await page.locator('#faults li').count()) === 1, 'a fault stands at its step and at its line');
  await look(page, 'picture-wrong', shots);
  await page.fill(textBox, own.replace('wait: 3 days', 'wait: &x 3 days'));
  await page.waitForFunction(() => !document.querySelector('.picture .plus'));
  check((await page.textContent('main')).includes('can not change'), 'what is written in an unknown way is changed in the text alone');
  await page.fill(textBox, own);
  await page.waitForSelector('.picture .plus');
  await page.waitForSelector('button:text-is("Save"):enabled');
  await page.click('button:text-is("Save")');
  await page.waitForSelector('[role=status]:text-is("Saved.")');
}

/* Two of one name, while they are written, are no end of the page. */
async function bears(page) {
  const own = await text(page);
  await open(page, 'message');
  await page.fill(textBox, own.replace('name: task', 'name: message').replace('goal:', 'leave: [a, a]\ngoal:'));
  await page.waitForFunction(() => [...document.querySelectorAll('[data-step]')].filter((b) => b.textContent === 'message').length === 2);
  await page.waitForSelector('.picture .edge :text("leaves") >> nth=1');
  await page.fill(textBox, own);
  await page.waitForSelector('.picture .plus');
  check(!page.trouble.length, 'the picture bears what is not right yet', page.trouble.join());
}

/* Rows of a condition are put together in the picture. */
async function conditions(page) {
  const own = await text(page);
  await open(page, 'branch');
  const value = page.locator('.picture .if .branch input.figure');
  await value.fill('5');
  await value.press('Tab');
  await page.waitForFunction(() => document.querySelector('#flow-text').value.includes('number_of_orders >= 5'));
  await is(page, own.replace('number_of_orders >= 3', 'number_of_orders >= 5'), 'a condition is changed in its rows, and nothing else of the text');
  await page.click('button:text-is("Undo")');
  await page.waitForFunction((was) => document.querySelector('#flow-text').value === was, own);
}

/* What it brought, as figures of a larger shop tell it, over the picture. */
async function brings(page, name) {
  const answer = (view, rows) => ({ view, currency: 'EUR', decimals: 2, as_of: null, unconverted: [], fresh: true, rows, next_cursor: null, missing: [] });
  const told = {
    results: [{ kind: 'flow', item: name, step: 'message', channel: 'email', sent: 1810, delivered: 1770, opened: 900, clicked: 310, unsubscribed: 4, bounced: 40, complained: 0, orders: 61, revenue: 421300, last_sent: '2026-11-08' }],
    lift: [{ kind: 'flow', item: name, treated: 3605, held_out: 395, waiting: 12, per_treated: 512, per_held_out: 361, lift: 151, lift_low: 22, lift_high: 271, incremental: 544355, incremental_low: 79310, incremental_high: 976955, verdict: 'lift_more', bought_treated: 0.08, bought_held_out: 0.056, bought_lift: 0.024, bought_low: -0.003, bought_high: 0.046 }],
  };
  await page.route(/\/api\/v1\/views\/(results|lift)/, (route) => {
    const view = /views\/(\w+)/.exec(route.request().url())[1];
    return route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify(answer(view, told[view])) });
  });
}

/* Forms open, in every language. */
async function reads(browser, url, route, how) {
  const page = await read(browser, url, 'picture', how, [['one', route, '.picture .split, .picture .if']]);
  await brings(page, 'Hello: again');
  await page.reload();
  await page.waitForSelector('#brought');
  await page.click('.picture .if [data-step]');
  await page.waitForSelector('.picture .if .branch');
  await page.click('.picture .if .plus.way >> nth=0');
  await settle(page);
  await look(page, `picture-if-${how.language}-${how.width}${how.dark ? '-dark' : ''}`, shots);
  await page.click('.picture .edge .link >> nth=0');
  await page.waitForSelector('#flow-start');
  await settle(page);
  await look(page, `picture-head-${how.language}-${how.width}${how.dark ? '-dark' : ''}`, shots);
  await page.context().close();
}

const settings = '\nsending:\n  marketing: {name: Shop, address: news@shop.example}\n  postal_address: "Shop, 1 High Street, Town"\n  smtp: {host: 127.0.0.1, port: 9, tls: off}\n';
await atShop(tidemark, 'picture', settings, async ({ page, browser, url }) => {
  await builds(page, url);
  await moves(page);
  await removes(page);
  await follows(page);
  await bears(page);
  await conditions(page);
  const route = new URL(page.url()).hash.slice(2);
  await touches(browser, url, route);
  for (const [language, dark, width] of [['en', false, 390], ['ar', true, 390], ['th', false, 1280], ['ar', false, 1280], ['en', true, 1280]]) await reads(browser, url, route, { language, dark, width });
});
