// SPDX-License-Identifier: AGPL-3.0-or-later
/* tidemark.js - what a shop's own pages tell its Tidemark: docs/snippet.md.
 *
 *   <script async src="https://tidemark.example.com/tidemark.js" data-key="WRITE KEY"></script>
 *
 * data-consent="required"  nothing is kept or sent before tidemark('consent', true); what is said about
 *                          marketing is told by itself: tidemark('consent', { email: true })
 * data-consent-version     the text that people agree to, kept with their answer
 * data-host                where messages go; else where this file came from
 * data-user                the shop's own number of who is logged in
 * data-auto="off"          only what the page itself tells
 *
 * Who asks not to be tracked (Do Not Track, Global Privacy Control) is not: no call changes that, and
 * only what they take back is passed on.
 * Messages are Segment's; each has an id, so that one sent twice counts once. */
(function (w, d, script) {
  'use strict';
  const { navigator: nav, location: place } = w;
  const kept = storage();
  const told = w.tidemark && w.tidemark.q;
  const set = script.dataset;
  const target = (set.host || new URL(script.src).origin) + '/v1/batch';
  const refused = nav.doNotTrack === '1' || nav.globalPrivacyControl === true;
  const NAME = 'tidemark';
  const YEAR = 31536000;
  let waiting = []; /* not yet sent, or sent without an answer */
  let held = []; /* before consent: in memory alone */
  let timer, allowed, user, delay;
  let reach = {}; /* where the person can be written to, as the page told it: in memory alone */
  let page = d.referrer;

  /* Where the browser forbids storage, reading the property throws. */
  function storage() {
    try {
      return w.localStorage;
    } catch (e) {
      return { getItem: () => null, setItem() {}, removeItem() {} };
    }
  }

  const read = (key) => {
    try {
      return JSON.parse(kept.getItem(NAME + key));
    } catch (e) {
      return null;
    }
  };
  const write = (key, value) => {
    try {
      if (value === null) kept.removeItem(NAME + key);
      else kept.setItem(NAME + key, JSON.stringify(value));
    } catch (e) {
      /* full, or forbidden: what is in memory is still sent */
    }
  };

  const uuid = () =>
    '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
      (c ^ (w.crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  const cookie = () => (d.cookie.match(/(?:^|; )tidemark=([\w-]{36})/) || [])[1];
  /* For the widest domain that takes it, so that shop. and checkout. know the same visitor. */
  const setCookie = (value, age) => {
    const parts = place.hostname.split('.');
    for (let i = parts.length; i--; ) {
      d.cookie = NAME + '=' + value + ';path=/;max-age=' + age + ';samesite=lax' +
        (place.protocol === 'https:' ? ';secure' : '') + (i ? ';domain=' + parts.slice(i - 1).join('.') : '');
      if (age && cookie() === value) return;
    }
  };
  const visitor = () => {
    let id = cookie() || read('.id');
    if (!id) write('.id', (id = uuid()));
    if (cookie() !== id) setCookie(id, YEAR);
    return id;
  };

  const context = (page, more) => ({ page: { url: place.href, ...page }, userAgent: nav.userAgent, library: { name: 'tidemark.js', version: '1' }, ...more });
  const visit = () => {
    const campaign = {};
    new URLSearchParams(place.search).forEach((value, key) => {
      if (key.startsWith('utm_')) campaign[key === 'utm_campaign' ? 'name' : key.slice(4)] = value;
    });
    return context(
      { title: d.title, path: place.pathname, search: place.search, referrer: page },
      { campaign, locale: nav.language },
    );
  };

  const stamp = (message, context) =>
    Object.assign(message, { messageId: uuid(), timestamp: new Date().toISOString(), context });
  function add(message) {
    if (refused || allowed === false) return;
    stamp(message, visit());
    if (allowed) send(message);
    else if (held.length < 50) held.push(message);
  }
  function send(message, id) {
    message.anonymousId = id || visitor();
    if (user) message.userId = user;
    waiting.push(message);
    waiting = waiting.slice(-100);
    keep(waiting);
    clearTimeout(timer);
    timer = setTimeout(flush, delay || 300);
  }
  const keep = (list) => write('.waiting', list.length ? list : null);
  /* text/plain needs no question beforehand of the browser (CORS). */
  const body = (batch) =>
    JSON.stringify({ writeKey: set.key, sentAt: new Date().toISOString(), batch });
  function flush() {
    const batch = waiting.slice(0, 20);
    if (!batch.length) return;
    fetch(target, { method: 'POST', body: body(batch), headers: { 'Content-Type': 'text/plain' }, keepalive: true, credentials: 'omit' })
      .then((answer) => {
        if (answer.status > 499 || answer.status === 429) throw 0;
        waiting = waiting.filter((m) => !batch.includes(m));
        keep(waiting);
        delay = 0;
        if (waiting.length) flush();
      })
      .catch(() => {
        delay = Math.min((delay || 1000) * 2, 60000);
        timer = setTimeout(flush, delay);
      });
  }

  /* What somebody allows or forbids a channel. It needs no leave to measure, and without that it goes
   * under a number of its own, kept with the yes so that it can be taken back. An unchanged answer is not
   * told again, but a yes once more when it is known for which address. */
  const isWord = (m) => m.properties && m.properties.purpose === 'marketing';
  function say(channel, yes) {
    const said = read('.said') || {};
    const before = said[channel];
    const to = !!(reach.email || reach.phone);
    if (yes ? refused || (before && (before.to || !to)) : before === 0 || !(before || to || user)) return;
    const id = before ? before.id : allowed && !refused ? visitor() : uuid();
    said[channel] = yes ? { id, to } : 0;
    write('.said', said);
    const properties = { purpose: 'marketing', channel, version: set.consentVersion };
    send(stamp({ type: 'track', event: yes ? 'Consent Given' : 'Consent Withdrawn', properties }, context({ url: place.origin + place.pathname }, { traits: { ...reach } })), id);
  }
  function measure(yes) {
    const event = { purpose: 'analytics', version: set.consentVersion };
    if (refused || allowed === yes) return;
    if (yes) {
      allowed = true;
      write('.consent', 1);
      if (user) write('.user', user);
      api.track('Consent Given', event);
      held.forEach((m) => send(m));
    } else {
      if (allowed && set.consent) api.track('Consent Withdrawn', event);
      flush();
      forget();
      write('.consent', 0);
      keep(waiting.filter(isWord));
      allowed = false;
    }
    held = [];
  }
  function forget() {
    user = undefined;
    ['.id', '.user'].forEach((key) => write(key, null));
    setCookie('', 0);
  }
  const meet = (traits) => {
    for (const key of ['email', 'phone']) if (traits && traits[key]) reach[key] = traits[key];
  };

  const api = {
    track: (event, properties) => add({ type: 'track', event, properties }),
    page: (name, properties) => add({ type: 'page', name, properties }),
    identify(id, traits) {
      if (id && typeof id === 'object') [id, traits] = [0, id];
      if (id) user = String(id);
      meet(traits);
      if (allowed && user) write('.user', user);
      add({ type: 'identify', traits });
    },
    /* yes, or an answer for each: { analytics, marketing, email, sms, whatsapp, push, post }. What a
     * banner calls marketing is advertisements: nobody's leave to write to them. */
    consent(answer, traits) {
      const all = answer && typeof answer === 'object' ? answer : { analytics: !!answer };
      const words = () => {
        for (const key in all)
          if (key !== 'analytics' && typeof all[key] === 'boolean') say(key === 'marketing' ? 'ads' : key, all[key]);
      };
      meet(traits);
      if (all.analytics === false) words();
      if (typeof all.analytics === 'boolean') measure(all.analytics);
      if (all.analytics !== false) words();
    },
    reset() {
      forget();
      reach = {};
      write('.said', null);
    },
  };
  const call = (args) => {
    const [name, ...rest] = args;
    if (Object.hasOwn(api, name)) api[name](...rest);
  };
  w.tidemark = function () {
    call(arguments);
  };

  /* ---- what a shop's page shows by itself ---- */

  const first = (x) => (Array.isArray(x) ? x[0] : x) || {};
  const flat = (x) => (Array.isArray(x) ? x.flatMap(flat) : x && x['@graph'] ? flat(x['@graph']) : x ? [x] : []);
  function product() {
    for (const element of d.querySelectorAll('script[type="application/ld+json"]')) {
      let all = [];
      try {
        all = flat(JSON.parse(element.textContent));
      } catch (e) {
        /* not ours to mend */
      }
      for (const p of all)
        if (/^Product(Group)?$/.test(first(p['@type']).toString())) {
          const v = p.hasVariant ? first(p.hasVariant) : p;
          const offer = first(v.offers);
          return {
            product_id: p.productID || p.productGroupID || p.sku || v.sku || place.pathname,
            sku: v.sku || p.sku,
            name: p.name,
            brand: (p.brand || {}).name || p.brand,
            category: p.category,
            price: +(offer.price || offer.lowPrice || (first(offer.priceSpecification)).price) || undefined,
            currency: offer.priceCurrency,
            url: place.href,
          };
        }
    }
  }

  let shown; /* the address told last */
  function look() {
    const path = place.pathname;
    if (shown === place.href) return;
    if (shown) page = shown; /* a page that changes its address by itself */
    shown = place.href;
    api.page(d.title);
    const seen = product();
    const order = (path.match(/\/order-received\/(\d+)/) || [])[1];
    if (seen) api.track('Product Viewed', seen);
    if (order) api.track('Order Completed', { order_id: order });
    else if (/\/checkouts?(\/|$)/.test(path)) api.track('Checkout Started');
    else if (/\/cart\/?$/.test(path)) api.track('Cart Viewed');
  }

  /* data-tidemark="Product Added" data-tidemark-sku="..." on any element, and the forms of Shopify
   * and WooCommerce. */
  function act(e) {
    const element = e.target.closest && e.target.closest(e.type === 'submit' ? 'form' : '[data-tidemark],.add_to_cart_button');
    if (!element || (e.type === 'click' && element.tagName === 'FORM')) return;
    const data = element.dataset;
    const field = (name) => (element.elements && element.elements[name] || {}).value;
    const properties = {};
    let event = data.tidemark;
    if (event)
      for (const key in data)
        if (/^tidemark./.test(key)) properties[key.slice(8).toLowerCase()] = data[key];
    const action = element.getAttribute('action') || '';
    const sku = data.product_sku;
    const id = data.product_id || field('product-id') || field('add-to-cart') || field('product_id');
    if (!event && (data.product_id || /\/cart\/add/.test(action) || field('add-to-cart'))) {
      event = 'Product Added';
      Object.assign(properties, product(), id ? { product_id: id } : {}, sku ? { sku } : {}, {
        variant: field('id') || field('variation_id'),
        quantity: +(field('quantity') || data.quantity || 1),
      });
    } else if (!event && /\/account\/?$/.test(action) && (field('form_type') === 'create_customer')) event = 'Signed Up';
    if (event) api.track(event, properties);
  }

  /* undefined: not asked yet */
  const answer = read('.consent');
  allowed = answer !== null ? answer === 1 : set.consent === 'required' ? undefined : true;
  waiting = read('.waiting') || [];
  if (allowed && !refused) user = read('.user') || undefined;
  else waiting = waiting.filter(isWord);
  if (waiting.length) timer = setTimeout(flush, 300);
  if (told) told.forEach(call);
  if (set.user && set.user !== user) api.identify(set.user);
  if (set.auto !== 'off') {
    look();
    for (const name of ['pushState', 'replaceState']) {
      const own = w.history[name];
      w.history[name] = function () {
        const result = own.apply(this, arguments);
        setTimeout(look, 0);
        return result;
      };
    }
    w.addEventListener('popstate', look);
    d.addEventListener('click', act, true);
    d.addEventListener('submit', act, true);
  }
  w.addEventListener('pagehide', flush);
})(window, document, document.currentScript);
