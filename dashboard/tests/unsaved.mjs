// SPDX-License-Identifier: AGPL-3.0-or-later
/* What is written and not saved is there again after the server ended the session: unsaved.mjs TIDEMARK [SCREENSHOTS]; TAP. */
import { check, look, settle } from './browser.mjs';
import { ask, atShop, bring, daysAgo, read } from './shop.mjs';

const [tidemark, shots] = process.argv.slice(2);
const flow = 'name: Call me\nstart: {event: call_me}\nsteps:\n  - {name: ring, ask: Ring back, due: 1 day}\n';
const told = 'What you wrote before the session ended';
const password = 'seven quiet rivers';

/* As when it was idle for too long, or an owner ended it. */
async function ends(page, act) {
  await page.context().clearCookies();
  await act();
  await page.waitForSelector('input[type=password]');
}
async function comesBack(page, email = 'owner@example.com') {
  await page.fill('input[type=email]', email);
  await page.fill('input[type=password]', password);
  await page.click('form button');
  await page.waitForSelector('nav');
}
const save = (page) => page.click('button:text-is("Save")');
const savable = (page) => page.waitForSelector('button:text-is("Save"):enabled');

/* One that is new, on each page that keeps texts. */
async function begun(page, url, route, box, text) {
  await page.goto(`${url}/#/${route}/new`);
  await page.waitForSelector(box);
  await settle(page);
  await ends(page, () => page.fill(box, text)); /* the server is asked what is wrong with it */
  check((await page.textContent('main')).includes('is kept in this window'), `${route}: who is asked to log in again is told that nothing is lost`);
  await comesBack(page);
  await page.waitForSelector(box);
  check((await page.inputValue(box)) === text && (await page.textContent('main')).includes(told), `${route}: it is there again, and it is said that it is not saved`, await page.inputValue(box));
}

async function changed(page, url) {
  const { id } = await ask(page, '/flows', { text: flow });
  const own = flow.replace('1 day', '2 days');
  await page.goto(`${url}/#/flows/${id}`);
  await page.waitForSelector('#flow-text');
  await page.fill('#flow-text', own);
  await ends(page, async () => {
    await savable(page);
    await save(page);
  });
  await look(page, 'unsaved-enter', shots);
  await comesBack(page);
  await page.waitForSelector('#flow-text');
  check((await page.inputValue('#flow-text')) === own, 'what was changed is there again', await page.inputValue('#flow-text'));
  await settle(page);
  await look(page, 'unsaved-back', shots);
  await page.click('button:text-is("Undo")');
  check((await page.inputValue('#flow-text')) === flow && !(await page.textContent('main')).includes(told), 'and can be undone to what is kept', await page.inputValue('#flow-text'));
  await page.click('button:text-is("Redo")');
  await savable(page);
  await save(page);
  await page.waitForSelector('[role=status]:text-is("Saved.")');
  check(!(await page.textContent('main')).includes(told), 'saved, nothing is said of it any more');
  return { id, own };
}

/* While the person is out, somebody else saves. */
async function overtaken(page, url, { id, own }) {
  const theirs = own.replace('Ring back', 'Ring them');
  const mine = own.replace('Ring back', 'Ring me');
  await page.fill('#flow-text', mine);
  await savable(page);
  await ask(page, `/flows/${id}`, { text: theirs }, 'PUT');
  await ends(page, () => save(page));
  await comesBack(page);
  await page.waitForSelector('#flow-text');
  await savable(page);
  await save(page);
  await page.waitForSelector('main .note.bad[role=alert]');
  const kept = await page.evaluate(async (path) => (await fetch(path)).json(), `/api/v1/flows/${id}`);
  check(kept.text === theirs && (await page.inputValue('#flow-text')) === mine, 'what somebody else saved meanwhile is not written over, and nothing is lost', kept.text);
}

/* Somebody else at the same machine does not see it. */
async function another(page, url, { id }) {
  await ask(page, '/users', { email: 'nok@example.com', password, role: 'marketer' });
  const mine = await page.inputValue('#flow-text');
  await ends(page, () => save(page));
  await comesBack(page, 'nok@example.com');
  await page.waitForSelector('#flow-text');
  const seen = await page.inputValue('#flow-text');
  check(seen !== mine && !(await page.textContent('main')).includes(told), 'somebody else who logs in there sees what is kept', seen);
  await ends(page, () => page.evaluate(() => (location.hash = '#/segments')));
  await page.evaluate((route) => (location.hash = route), `#/flows/${id}`);
  await comesBack(page);
  await page.waitForSelector('#flow-text');
  check((await page.inputValue('#flow-text')) === mine, 'and whose it is finds it when they are back', await page.inputValue('#flow-text'));
}

await atShop(tidemark, 'unsaved', '', async ({ page, browser, url }) => {
  page.on('dialog', (d) => d.accept());
  await bring(page, url, `order_id,ordered_at,total,currency,email,status\n1,${daysAgo(3)},20.00,EUR,ada@example.com,paid\n`);
  await begun(page, url, 'flows', '#flow-text', flow);
  await begun(page, url, 'messages', '#message-text', 'name: hello\nsubject: Hi\nhtml: <p>Hi</p>\n');
  await begun(page, url, 'campaigns', '#campaign-text', 'name: Spring\n');
  await begun(page, url, 'segments', 'textarea.text', 'number_of_orders >= 5');
  const one = await changed(page, url);
  await overtaken(page, url, one);
  await another(page, url, one);
  for (const how of [{ language: 'ar', width: 390 }, { language: 'th', width: 1280, dark: true }]) {
    const other = await read(browser, url, 'unsaved', how, [['flow', `flows/${one.id}`, '#flow-text']]);
    await other.fill('#flow-text', flow);
    await ends(other, async () => {
      await other.waitForSelector('button.main:enabled');
      await other.click('section button.main');
    });
    await look(other, `unsaved-enter-${how.language}`, shots);
    await comesBack(other);
    await other.waitForSelector('#flow-text');
    await settle(other);
    await look(other, `unsaved-back-${how.language}`, shots);
    await other.context().close();
  }
});
