// SPDX-License-Identifier: AGPL-3.0-or-later
/* @segment/analytics-node, as it is, against the real server: every event stored once, also when the
 * server ends and begins again in the middle. node.mjs TIDEMARK */
import { Analytics } from '@segment/analytics-node';
import { check, finish, made, shop } from './server.mjs';

const total = 200;
const place = await shop(process.argv[2]);
const analytics = new Analytics({
  writeKey: place.key,
  host: place.url,
  path: '/v1/batch',
  flushAt: 5,
  flushInterval: 50,
  maxRetries: 60,
});
const troubles = [];
analytics.on('error', (e) => troubles.push(String(e.reason ?? e.code)));

const who = { userId: 'u1', anonymousId: 'a1' };
analytics.identify({ ...who, traits: { email: 'ann@example.com', name: 'Ann Lee' } });
analytics.page({ ...who, name: 'Home', properties: { url: 'https://shop.example.com/' } });
analytics.screen({ ...who, name: 'Home' });
analytics.group({ ...who, groupId: 'g1', traits: { name: 'Initech' } });
analytics.alias({ userId: 'u1', previousId: 'a0' });
analytics.track({ ...who, event: 'Old Order', timestamp: new Date('2025-01-02T03:04:05Z') });
await analytics.flush();
check((await place.counts()).stored === 6, 'every kind of call is stored');

/* The server ends while events come, and begins again. */
for (let i = 0; i < total; i++) {
  analytics.track({ ...who, event: 'Product Viewed', messageId: `view-${i}`, properties: { product_id: i } });
  if (i === total / 4) {
    await place.stop();
    setTimeout(() => place.start(), 500);
  }
  await made(5);
}
await analytics.closeAndFlush({ timeout: 60_000 });
check(troubles.length === 0, 'nothing was given up', troubles.join(', '));
const counts = await place.counts();
check(counts.stored === total + 6, `none lost, none doubled: ${counts.stored} stored`, JSON.stringify(counts));
check(counts.refused === 0, 'none refused');

const again = new Analytics({ writeKey: place.key, host: place.url, path: '/v1/batch', flushAt: 1 });
again.track({ ...who, event: 'Product Viewed', messageId: 'view-0' });
await again.closeAndFlush();
check((await place.counts()).repeated === counts.repeated + 1, 'what is sent again is known');

const wrong = new Analytics({ writeKey: 'nobody', host: place.url, path: '/v1/batch', flushAt: 1 });
let refused = '';
wrong.on('error', (e) => (refused = String(e.reason ?? e.code)));
wrong.track({ ...who, event: 'E' });
await wrong.closeAndFlush();
check(refused.includes('401'), 'an unknown key is told to the library', refused);
await place.end();
finish();
