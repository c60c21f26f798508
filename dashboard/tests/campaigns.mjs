// SPDX-License-Identifier: AGPL-3.0-or-later
/* Campaigns written, counted, approved, launched and undone in the browser: campaigns.mjs TIDEMARK [SCREENSHOTS]; TAP. */
import { check, look, open, settle } from './browser.mjs';
import { ask, atShop, bring, daysAgo, read } from './shop.mjs';

const [tidemark, shots] = process.argv.slice(2);
const names = ['ada', 'ben', 'cleo', 'dov', 'esme', 'finn'];
const orders = ['order_id,ordered_at,total,currency,email,status', ...names.map((name, i) => `${i},${daysAgo(1 + 20 * i)},${20 + i}.00,EUR,${name}@example.com,paid`), ''].join('\n');
const inDays = (n) => new Date(Date.now() + n * 86400e3).toISOString().slice(0, 10);
const text = (name, more = '') => `name: ${name}
about: Everything must go
to: {include: {where: "number_of_orders > 0"}, exclude: {where: "last_order_date < -90d"}}
${more}sends:
  - name: opening
    channel: [sms, email]
    when: ${inDays(2)} 09:00
    variants:
      - {name: A, message: win-back-1, share: 50}
      - {name: B, message: win-back-2, share: 50}
  - {name: reminder, message: win-back-2, channel: email, after: 3 days, only: not ordered}
`;
const agreed = ['Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS', ...names.slice(0, 3).map((name, i) => `${name}@example.com,,,2,2026-04-18 13:51:14,,2026-04-18 13:51:14,,,,,,Europe/Berlin,DE,,2026-04-18 13:51:14,${i},e${i},,`), ''].join('\n');
/* Three of them agreed to e-mails. */
async function agree(page, url) {
  await page.goto(`${url}/#/start`);
  await page.waitForSelector('.drop');
  await page.setInputFiles('input[type=file]', [{ name: 'subscribed_members_export_a.csv', mimeType: 'text/csv', buffer: Buffer.from(agreed) }]);
  await page.waitForFunction(() => document.querySelectorAll('.taken .tag.good').length === 1);
}
const box = '#campaign-text';
const right = (page) => page.waitForSelector('#faults .good');
const status = (page, word) => page.waitForSelector(`#way + .tag:text-is("${word}")`);

async function write(page, url) {
  await page.goto(`${url}/#/campaigns`);
  await page.waitForSelector('.starters li');
  await settle(page);
  await look(page, 'campaigns-none', shots);
  await page.click('.starters a >> nth=1');
  await page.waitForSelector(box);
  await right(page);
  await page.fill(box, text('Sale', 'needs_approval: yes\nholdout: 80\n').replace('[sms, email]', 'pigeon'));
  await page.waitForFunction(() => document.querySelectorAll('#faults li').length === 2);
  check((await page.locator('#faults li button').allTextContents()).join() === 'Line 5,Line 8', 'all that is wrong is told with its line', await page.textContent('#faults'));
  check(await page.isDisabled('button:text-is("Save")'), 'and is not kept');
  await page.click('#faults li button >> nth=1');
  check((await page.evaluate(() => getSelection().toString())).includes('pigeon'), 'a line is found by its fault');
  await look(page, 'campaigns-wrong', shots);
  await page.fill(box, text('Sale', 'needs_approval: yes\nthrottle: 2\nholdout: 10\n'));
  await right(page);
  await page.click('button:text-is("Save")');
  await page.waitForFunction(() => /#\/campaigns\/\d+/.test(location.hash));
  await status(page, 'draft');
}

/* Whoever wrote it does not approve it, and is told so. */
async function count(page) {
  await page.click('button:text-is("Count whom it reaches")');
  await page.waitForSelector('.figures');
  check((await page.locator('.figures dd').allTextContents()).slice(0, 1).join() === '5' && (await page.textContent('.figures')).includes('Left out by the text1'), 'people are counted', await page.textContent('.figures'));
  check(/Are sent it3.*Do not get it2/.test(await page.textContent('.figures')), 'who agreed is counted apart', await page.textContent('.figures'));
  check((await page.textContent('#way >> xpath=../..')).includes('At most 2 messages an hour: spread over 2 hours, the last goes out about'), 'over how long the throttle spreads it', await page.textContent('#way >> xpath=../..'));
  check(/Nothing leaves just now.*tidemark send check/.test(await page.textContent('[data-sending=unset]')), 'that nothing leaves, and what to do, stands there');
  await page.waitForSelector('#no-approval:has-text("you changed it last")');
  check((await page.isDisabled('button:text-is("Approve")')) && (await page.isDisabled('button:text-is("Launch …")')), 'who may not approve it is told why');
  await settle(page);
  await look(page, 'campaigns-counted', shots);
  await page.fill(box, text('Sale'));
  await right(page);
  await page.waitForSelector('#no-launch:has-text("has to be saved")');
  await page.click('button:text-is("Save")');
  await page.waitForSelector('text=Saved.');
}

/* What the server says of a domain that has no records, without a question to any name server: none may be asked here. */
const refusals = {
  en: ['it cannot be done like this', 'mailboxes will refuse these e-mails: blue.shop: there is no SPF record', 'Ask your mail service for it, and add it to the DNS of the domain.'],
  ar: ['لا يمكن ذلك على هذا النحو', 'سترفض صناديق البريد هذه الرسائل: \u2068blue.shop\u2069: لا يوجد سجل SPF', 'اطلبه من خدمة البريد لديك، وأضفه إلى DNS الخاص بالنطاق.'],
  th: ['ทำเช่นนี้ไม่ได้', 'กล่องจดหมายจะปฏิเสธอีเมลเหล่านี้: blue.shop: ไม่มีระเบียน SPF', 'ขอจากผู้ให้บริการอีเมลของคุณ แล้วเพิ่มลงใน DNS ของโดเมน'],
};
async function refuse(page, language, words) {
  await page.route('**/api/v1/campaigns/*/launch', (route) => {
    words.push(route.request().postDataJSON());
    if (words.at(-1).anyway) return route.continue();
    const [title, detail, hint] = refusals[language];
    return route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ type: 'urn:tidemark:problem:INVALID', title, status: 422, detail, hint, request: '0' }) });
  });
}
async function pressed(page, language) {
  await page.click('#way >> xpath=../.. >> .button.main');
  await page.click('dialog .button.main');
  await page.waitForSelector('dialog [role=alert]');
  await settle(page);
  for (const what of ['dialog [role=alert]', 'dialog .button.main'])
    check(await page.locator(what).evaluate((told) => {
      const at = told.getBoundingClientRect();
      return at.top >= 0 && at.bottom <= innerHeight;
    }), `${what} is in sight of who pressed`);
  page.trouble = page.trouble.filter((line) => !/422/.test(line)); /* that it was refused is the point */
  await look(page, `campaigns-refused-${language}`, shots);
}
async function refused(browser, url, route) {
  for (const language of ['ar', 'th']) {
    const own = await read(browser, url, 'campaigns', { language, width: language === 'th' ? 390 : 1280 }, []);
    await own.goto(`${url}/#/${route}`);
    await own.waitForSelector('#way');
    await refuse(own, language, []);
    await pressed(own, language);
    await own.context().close();
  }
}

async function send(page) {
  const words = [];
  await refuse(page, 'en', words);
  await pressed(page, 'en');
  check(/blue\.shop.*Ask your mail service/s.test(await page.textContent('dialog [role=alert]')), 'what mailboxes would refuse is told with what to do', await page.textContent('dialog'));
  check((await page.locator('dialog button:text-is("Launch all the same")').count()) === 1 && !words.some((w) => w.anyway), 'and is launched by a second word alone', JSON.stringify(words));
  await page.click('dialog button:text-is("Cancel")');
  await status(page, 'draft');
  await page.click('button:text-is("Launch …")');
  await page.waitForSelector('dialog button:text-is("Launch to 3 people")');
  check((await page.textContent('dialog')).includes('The person never allowed it'), 'who does not get it and why stands there, too', await page.textContent('dialog'));
  check((await page.textContent('dialog')).includes('3 days after the first message'), 'what goes when stands before the last word');
  await look(page, 'campaigns-launch', shots);
  await page.click('dialog button:text-is("Launch to 3 people")');
  await page.click('dialog button:text-is("Launch all the same")');
  await status(page, 'scheduled');
  check(words.length === 3 && !words[1].anyway && words[2].anyway === true, 'each look begins without that word', JSON.stringify(words));
  page.trouble = page.trouble.filter((line) => !/422/.test(line));
  await page.unroute('**/api/v1/campaigns/*/launch');
  await page.waitForSelector('button:text-is("Undo the launch")');
  check(await page.evaluate(() => document.querySelector('#campaign-text').readOnly), 'a launched text stays as it is');
  await page.waitForSelector('#became');
  await settle(page);
  await look(page, 'campaigns-launched', shots);
  await page.click('button:text-is("Pause")');
  await status(page, 'paused');
  await page.click('button:text-is("Go on")');
  await status(page, 'scheduled');
  check(true, 'it is paused and goes on');
}

async function month(page, url) {
  await page.goto(`${url}/#/campaigns?tab=calendar&month=${inDays(2).slice(0, 7)}`);
  await page.waitForSelector('td a');
  await settle(page);
  check((await page.textContent('th')) === 'Sun', "weeks begin as the shop's settings say", await page.textContent('th'));
  await look(page, 'campaigns-month', shots);
  await page.focus(`td[data-day="${inDays(2)}"]`);
  await page.keyboard.press('PageDown');
  await page.waitForFunction((was) => document.activeElement?.dataset?.day > was, inDays(2));
  await page.keyboard.press('PageUp');
  await page.waitForFunction((is) => document.activeElement?.dataset?.day?.slice(0, 7) === is, inDays(2).slice(0, 7));
  await page.waitForSelector('td a');
  await page.focus(`td[data-day="${inDays(2)}"]`);
  const next = await page.evaluate(() => document.activeElement.dataset.day);
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction((was) => document.activeElement?.dataset?.day < was, next);
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction((was) => document.activeElement?.dataset?.day === was, next);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.tagName === 'A');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#way');
  check(true, 'arrow keys walk over the days, and an entry leads to its campaign');
}

async function undo(page, url) {
  await page.click('button:text-is("Undo the launch"), button:text-is("Cancel the campaign …")');
  if (await page.locator('button:text-is("Yes, cancel it")').count()) await page.click('button:text-is("Yes, cancel it")');
  await status(page, 'cancelled');
  check(true, 'the launch is undone');
  await page.goto(`${url}/#/campaigns`);
  await page.waitForSelector('td .tag:text-is("cancelled")');
  await settle(page);
  await look(page, 'campaigns-list', shots);
}

/* More people than were counted: it waits for a word, and goes on with it. */
async function grown(page, url) {
  const atOnce = (name) => text(name).replace(/when: .*/, 'when: at once');
  const { id } = await ask(page, '/campaigns', { text: atOnce('Again') });
  const probe = (await ask(page, '/campaigns', { text: atOnce('Probe') })).id;
  await ask(page, `/campaigns/${id}/preview`);
  await page.goto(`${url}/#/start`);
  await page.waitForSelector('.drop');
  await page.setInputFiles('input[type=file]', [{ name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from(orders.replace(/^(\d)/gm, '1$1').replaceAll('@example', '@more.example')) }]);
  for (const until = Date.now() + 120_000; Date.now() < until && (await ask(page, `/campaigns/${probe}/preview`)).people !== 10; )
    await page.waitForTimeout(500);
  await ask(page, `/campaigns/${id}/launch`);
  await page.goto(`${url}/#/campaigns/${id}`);
  await status(page, 'waits for a word');
  check((await page.textContent('main')).includes('There are 10 people by now; 5 were counted'), 'why it waits is told', await page.textContent('main'));
  await settle(page);
  await look(page, 'campaigns-held', shots);
  await page.click('button:text-is("It is right, go on")');
  await status(page, 'being sent');
  await page.waitForFunction(() => [...document.querySelectorAll('#became ~ .send td.figure[data-label=Planned]')].reduce((n, td) => n + Number(td.textContent), 0) === 10);
  check(true, 'with a word it goes on, and what became of its messages is told');
  await settle(page);
  await look(page, 'campaigns-became', shots);
  return id;
}

/* Figures of a larger shop than this one: what clicks and people held out tell stands beside the campaign. */
async function brought(page, url, id) {
  const answer = (view, rows) => ({ view, currency: 'EUR', decimals: 2, as_of: null, unconverted: [], fresh: true, rows, next_cursor: null, missing: [] });
  const sent = { kind: 'campaign', item: 'Again', step: 'opening: A', channel: 'email', sent: 1810, delivered: 1770, opened: 900, clicked: 310, unsubscribed: 4, bounced: 40, complained: 0, orders: 61, revenue: 421300, last_sent: '2026-11-08' };
  const lift = { kind: 'campaign', item: 'Again', treated: 3605, held_out: 395, waiting: 12, per_treated: 512, per_held_out: 361, lift: 151, lift_low: 22, lift_high: 271, incremental: 544355, incremental_low: 79310, incremental_high: 976955, verdict: 'lift_more', bought_treated: 0.08, bought_held_out: 0.056, bought_lift: 0.024, bought_low: -0.003, bought_high: 0.046 };
  const told = { results: [sent, { ...sent, item: 'Another' }], lift: [] };
  await page.route(/\/api\/v1\/views\/(results|lift)/, (route) => {
    const view = /views\/(\w+)/.exec(route.request().url())[1];
    return route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify(answer(view, told[view])) });
  });
  await page.goto(`${url}/#/campaigns`);
  await page.goto(`${url}/#/campaigns/${id}`);
  await page.waitForSelector('#brought');
  check((await page.locator('[aria-labelledby=brought] tbody tr').count()) === 1 && (await page.textContent('[aria-labelledby=brought]')).includes('Nobody is held out'), 'its own messages alone, and that nobody is held out', await page.textContent('[aria-labelledby=brought]'));
  told.lift = [{ ...lift, item: 'Another' }, lift];
  await page.goto(`${url}/#/campaigns`);
  await page.goto(`${url}/#/campaigns/${id}`);
  await page.waitForSelector('#brought ~ .tag:text-is("brings more")');
  const text = await page.textContent('[aria-labelledby=brought]');
  check(['€1.51 more', '€0.22 to €2.71', '€5,443.55', '€4,213.00', '3,605', '395', '5.6%'].every((part) => text.includes(part)), 'what it brought, by clicks and beyond people held out', text);
  await settle(page);
  await look(page, 'campaigns-brought', shots);
  await page.unroute(/\/api\/v1\/views\/(results|lift)/);
}

async function reader(page, browser, url, id) {
  await ask(page, '/users', { email: 'viewer@example.com', password: 'seven quiet rivers', role: 'viewer' });
  const own = await open(browser, { viewport: { width: 390, height: 844 }, isMobile: true });
  await own.goto(url);
  await own.fill('input[type=email]', 'viewer@example.com');
  await own.fill('input[type=password]', 'seven quiet rivers');
  await own.click('form button');
  await own.waitForSelector('nav');
  await own.goto(`${url}/#/campaigns/${id}`);
  await own.waitForSelector('#became ~ .send td');
  await settle(own);
  check((await own.locator('main .button').count()) === 0, 'who only reads can do nothing to it', (await own.locator('main .button').allTextContents()).join());
  await look(own, 'campaigns-became-390', shots);
  await own.context().close();
}

await atShop(tidemark, 'campaigns', 'week_start: sunday\n', async ({ page, browser, url }) => {
  await bring(page, url, orders);
  await agree(page, url);
  await write(page, url);
  const route = new URL(page.url()).hash.slice(2);
  await count(page);
  await refused(browser, url, route);
  await send(page);
  const all = [['list', 'campaigns', '#kept'], ['one', route, '#way'], ['month', `campaigns?tab=calendar&month=${inDays(2).slice(0, 7)}`, 'td a']];
  for (const [language, dark, width] of [['en', false, 390], ['ar', true, 390], ['ar', false, 1280], ['th', true, 1280]]) {
    const own = await read(browser, url, 'campaigns', { language, dark, width }, all);
    if (language === 'ar') {
      await own.goto(`${url}/#/campaigns`);
      await own.waitForSelector('.starters li');
      check(/[\u0600-\u06ff]/.test(await own.textContent('.starters')), 'what to begin with is told in the language of who reads it');
    }
    await own.context().close();
  }
  await month(page, url);
  await undo(page, url);
  const id = await grown(page, url);
  await brought(page, url, id);
  await reader(page, browser, url, id);
});
