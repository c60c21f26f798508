/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* GA4 events as BigQuery exports them: one JSON object a line. Every object is walked once. */
#include "intake/import/importer.h"

#include <sodium.h>

#include "base/json_amount.h"
#include "shop/channel.h"
#include "shop/event.h"
#include "shop/identifier.h"
#include "shop/landing.h"

enum { NUMBER_TEXT_MAX = 32, KEY_TEXT_MAX = 1024, KEY_SIZE = 17, KEY_BYTES = 12 };

/* A source of traffic, as one of GA4's records has it. */
struct origin {
    struct str source, medium, campaign;
};

/* What one event says, gathered before it is judged. */
struct gathered {
    int64_t at_us;
    struct str name, device, country, platform;
    struct str page, referrer, currency, email, order_key, product_key, click_id;
    struct str user_id, pseudo_id, session_id;
    struct str sequence[4]; /* bundle sequence, batch page, batch ordering, batch event */
    struct origin session, collected, params, first;
    struct json_value value, revenue, refund;
};

#define NO_TEXT                                                                                    \
    {                                                                                              \
        "", 0                                                                                      \
    }
#define NO_ORIGIN                                                                                  \
    {                                                                                              \
        NO_TEXT, NO_TEXT, NO_TEXT                                                                  \
    }
static const struct gathered nothing = {
    .at_us = TIME_NONE,
    .name = NO_TEXT,
    .device = NO_TEXT,
    .country = NO_TEXT,
    .platform = NO_TEXT,
    .page = NO_TEXT,
    .referrer = NO_TEXT,
    .currency = NO_TEXT,
    .email = NO_TEXT,
    .order_key = NO_TEXT,
    .product_key = NO_TEXT,
    .click_id = NO_TEXT,
    .user_id = NO_TEXT,
    .pseudo_id = NO_TEXT,
    .session_id = NO_TEXT,
    .sequence = {NO_TEXT, NO_TEXT, NO_TEXT, NO_TEXT},
    .session = NO_ORIGIN,
    .collected = NO_ORIGIN,
    .params = NO_ORIGIN,
    .first = NO_ORIGIN,
};

struct state {
    char numbers[16][NUMBER_TEXT_MAX]; /* ids that are numbers, as text, for one event */
    size_t number_count;
    struct identifier user, device, order, email; /* of one event */
    char currency[4]; /* the last one, and its decimals: to ask for them is slow */
    int decimals;
};

#define IS(key, literal)                                                                           \
    ((key).n == sizeof(literal) - 1 && memcmp((key).p, (literal), sizeof(literal) - 1) == 0)

/* Text, or a number as text; "" for anything else. */
static struct str text_of(struct state *state, struct json_value v)
{
    char *out;
    int n;

    switch (json_type_of(v)) {
    case JSON_STRING:
        return json_text(v, STR_NONE);
    case JSON_INT:
    case JSON_REAL:
        if (state->number_count == TM_COUNT(state->numbers))
            return STR_NONE;
        out = state->numbers[state->number_count++];
        n = json_type_of(v) == JSON_INT
                ? snprintf(out, NUMBER_TEXT_MAX, "%" PRId64, json_integer(v, 0))
                : snprintf(out, NUMBER_TEXT_MAX, "%.17g", json_real(v, 0));
        return (struct str){out, (size_t)n};
    default:
        return STR_NONE;
    }
}

/* GA4's words for nothing. */
static struct str told(struct json_value v)
{
    struct str s = json_text(v, STR_NONE);

    return IS(s, "(not set)") || IS(s, "(none)") || IS(s, "null") ? STR_NONE : s;
}

/* The scalar of {"string_value": ..., "int_value": ...}, or the value itself. */
static struct json_value scalar_of(struct json_value v)
{
    if (json_type_of(v) != JSON_OBJECT)
        return v;
    for (struct json_iter it = json_iter(v); json_iter_next(&it);)
        if (json_type_of(it.value) != JSON_NULL)
            return it.value;
    return (struct json_value){NULL, 0};
}

static void take_param(struct state *state, struct gathered *g, struct str key,
                       struct json_value value)
{
    /* of the names below: most parameters are none of these, and not looked into */
    const unsigned lengths = 1u << 5 | 1u << 6 | 1u << 8 | 1u << 10 | 1u << 13 | 1u << 14;
    struct json_value v;

    if (key.n > 14 || !(lengths & (1u << key.n)))
        return;
    v = scalar_of(value);
    if (IS(key, "ga_session_id"))
        g->session_id = text_of(state, v);
    else if (IS(key, "page_location"))
        g->page = json_text(v, STR_NONE);
    else if (IS(key, "page_referrer"))
        g->referrer = json_text(v, STR_NONE);
    else if (IS(key, "source"))
        g->params.source = told(v);
    else if (IS(key, "medium"))
        g->params.medium = told(v);
    else if (IS(key, "campaign"))
        g->params.campaign = told(v);
    else if (IS(key, "value"))
        g->value = v;
    else if (IS(key, "currency"))
        g->currency = json_text(v, STR_NONE);
    else if (IS(key, "transaction_id") && g->order_key.n == 0)
        g->order_key = text_of(state, v);
    else if (IS(key, "email") || IS(key, "user_email"))
        g->email = json_text(v, STR_NONE);
}

/* One {"key": k, "value": {...}}. */
static struct str pair_of(struct json_value pair, struct json_value *out_value)
{
    struct str key = STR_NONE;

    *out_value = (struct json_value){NULL, 0};
    for (struct json_iter it = json_iter(pair); json_iter_next(&it);) {
        if (IS(it.key, "key"))
            key = json_text(it.value, STR_NONE);
        else if (IS(it.key, "value"))
            *out_value = it.value;
    }
    return key;
}

/* An array of pairs, or {"k": value, ...} in flattened exports. */
static void take_params(struct state *state, struct gathered *g, struct json_value params)
{
    bool flat = json_type_of(params) == JSON_OBJECT;
    struct json_value value;

    for (struct json_iter it = json_iter(params); json_iter_next(&it);) {
        struct str key = flat ? it.key : pair_of(it.value, &value);

        take_param(state, g, key, flat ? it.value : value);
    }
}

/* E-mail addresses that a shop put into the user's properties; nothing else there is ours. */
static void take_properties(struct gathered *g, struct json_value properties)
{
    bool flat = json_type_of(properties) == JSON_OBJECT;
    struct json_value value;

    for (struct json_iter it = json_iter(properties); json_iter_next(&it);) {
        struct str key = flat ? it.key : pair_of(it.value, &value);

        if (IS(key, "email") || IS(key, "user_email"))
            g->email = json_text(scalar_of(flat ? it.value : value), STR_NONE);
    }
}

/* {"source": ..., "medium": ..., "name" | "campaign" | "campaign_name": ...} with or without
 * "manual_" in front. */
static void take_origin(struct origin *o, struct json_value v)
{
    for (struct json_iter it = json_iter(v); json_iter_next(&it);) {
        struct str key = it.key;

        if (key.n > 7 && memcmp(key.p, "manual_", 7) == 0)
            key = (struct str){key.p + 7, key.n - 7};
        if (IS(key, "source"))
            o->source = told(it.value);
        else if (IS(key, "medium"))
            o->medium = told(it.value);
        else if (IS(key, "name") || IS(key, "campaign_name") || IS(key, "campaign"))
            o->campaign = told(it.value);
    }
}

static void take_collected(struct gathered *g, struct json_value v)
{
    take_origin(&g->collected, v);
    for (struct json_iter it = json_iter(v); json_iter_next(&it);)
        if (g->click_id.n == 0 && (IS(it.key, "gclid") || IS(it.key, "dclid") ||
                                   IS(it.key, "gbraid") || IS(it.key, "wbraid")))
            g->click_id = told(it.value).n ? it.key : STR_NONE;
}

/* The manual (UTM) campaign; where there is none, that of Google Ads, then GA4's own view. */
static void take_last_click(struct gathered *g, struct json_value v)
{
    struct origin manual = NO_ORIGIN, cross = NO_ORIGIN, ads = NO_ORIGIN;

    for (struct json_iter it = json_iter(v); json_iter_next(&it);) {
        if (IS(it.key, "manual_campaign"))
            take_origin(&manual, it.value);
        else if (IS(it.key, "cross_channel_campaign"))
            take_origin(&cross, it.value);
        else if (IS(it.key, "google_ads_campaign"))
            take_origin(&ads, it.value);
    }
    g->session = manual;
    if (manual.source.n == 0 && ads.campaign.n) {
        g->session = (struct origin){STR_LIT("google"), STR_LIT("cpc"), ads.campaign};
    } else if (manual.source.n == 0) {
        g->session = cross;
    }
}

static void take_ecommerce(struct state *state, struct gathered *g, struct json_value v)
{
    for (struct json_iter it = json_iter(v); json_iter_next(&it);) {
        if (IS(it.key, "transaction_id")) {
            struct str id = text_of(state, it.value);

            if (id.n && !IS(id, "(not set)"))
                g->order_key = id;
        } else if (IS(it.key, "purchase_revenue")) {
            g->revenue = it.value;
        } else if (IS(it.key, "refund_value")) {
            g->refund = it.value;
        }
    }
}

static void take_item(struct state *state, struct gathered *g, struct json_value items)
{
    struct json_iter it = json_iter(items);
    struct str name = STR_NONE;

    if (!json_iter_next(&it))
        return;
    for (struct json_iter member = json_iter(it.value); json_iter_next(&member);) {
        if (IS(member.key, "item_id"))
            g->product_key = text_of(state, member.value);
        else if (IS(member.key, "item_name"))
            name = json_text(member.value, STR_NONE);
    }
    if (g->product_key.n == 0 || IS(g->product_key, "(not set)"))
        g->product_key = name;
}

static void take_member(struct state *state, struct gathered *g, struct str key,
                        struct json_value v)
{
    if (IS(key, "event_timestamp"))
        g->at_us = json_integer(v, TIME_NONE);
    else if (IS(key, "event_name"))
        g->name = json_text(v, STR_NONE);
    else if (IS(key, "event_params"))
        take_params(state, g, v);
    else if (IS(key, "user_pseudo_id"))
        g->pseudo_id = text_of(state, v);
    else if (IS(key, "user_id"))
        g->user_id = text_of(state, v);
    else if (IS(key, "user_properties"))
        take_properties(g, v);
    else if (IS(key, "device"))
        g->device = json_text(json_get(v, "category"), STR_NONE);
    else if (IS(key, "geo"))
        g->country = told(json_get(v, "country"));
    else if (IS(key, "platform"))
        g->platform = json_text(v, STR_NONE);
    else if (IS(key, "traffic_source"))
        take_origin(&g->first, v);
    else if (IS(key, "collected_traffic_source"))
        take_collected(g, v);
    else if (IS(key, "session_traffic_source_last_click"))
        take_last_click(g, v);
    else if (IS(key, "ecommerce"))
        take_ecommerce(state, g, v);
    else if (IS(key, "items"))
        take_item(state, g, v);
    else if (IS(key, "event_bundle_sequence_id"))
        g->sequence[0] = text_of(state, v);
    else if (IS(key, "batch_page_id"))
        g->sequence[1] = text_of(state, v);
    else if (IS(key, "batch_ordering_id"))
        g->sequence[2] = text_of(state, v);
    else if (IS(key, "batch_event_index"))
        g->sequence[3] = text_of(state, v);
}

/* Makes the key from what tells one event from another: the export has no id of its own, and
 * the same event comes again in a later export of the same days. */
static struct str event_key(const struct gathered *g, char out[KEY_SIZE])
{
    static const unsigned char secret[crypto_shorthash_siphashx24_KEYBYTES] = "tidemark events";
    unsigned char hash[crypto_shorthash_siphashx24_BYTES];
    char text[KEY_TEXT_MAX];
    size_t n = 0;
    const struct str parts[] = {g->pseudo_id,   g->name,        g->session_id, g->sequence[0],
                                g->sequence[1], g->sequence[2], g->sequence[3]};

    memcpy(text, &g->at_us, sizeof(g->at_us));
    n = sizeof(g->at_us);
    for (size_t i = 0; i < TM_COUNT(parts); i++) {
        size_t part = parts[i].n < 140 ? parts[i].n : 140;

        memcpy(text + n, parts[i].p, part);
        n += part;
        text[n++] = '\x1F';
    }
    crypto_shorthash_siphashx24(hash, (const unsigned char *)text, n, secret);
    /* 96 bits: among a thousand million events two keys meet once in 10^11 times. */
    sodium_bin2base64(out, KEY_SIZE, hash, KEY_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return (struct str){out, KEY_SIZE - 1};
}

/* Where the visit came from: the session's own record first. The first touch of the user says
 * nothing about later visits and counts for the first only. */
static void set_origin(const struct gathered *g, struct event_record *event)
{
    bool first = IS(g->name, "first_visit") || IS(g->name, "first_open");
    const struct origin *choice[] = {&g->session, &g->collected, &g->params,
                                     first ? &g->first : &g->params};
    struct touch touch = {.click_id = g->click_id, .referrer = STR_NONE};
    size_t i = 0;

    if (touch.click_id.n == 0)
        touch.click_id = landing_click(g->page);
    while (i + 1 < TM_COUNT(choice) && choice[i]->source.n == 0 && choice[i]->medium.n == 0)
        i++;
    touch.source = choice[i]->source;
    touch.medium = choice[i]->medium;
    touch.campaign = choice[i]->campaign;
    if (g->referrer.n && !str_ieq(landing_host(g->referrer), landing_host(g->page)))
        touch.referrer = g->referrer;
    event->utm_source = touch.source;
    event->utm_medium = touch.medium;
    event->utm_campaign = touch.campaign;
    event->click_id = touch.click_id;
    event->referrer = g->referrer;
    if (touch.source.n || touch.medium.n || touch.campaign.n || touch.click_id.n ||
        touch.referrer.n || first || IS(g->name, "session_start"))
        event->channel = str_of(channel_of(&touch));
}

static int decimals_of(struct state *state, struct str currency)
{
    if (currency.n == 3 && memcmp(state->currency, currency.p, 3) == 0)
        return state->decimals;
    state->decimals = currency_decimals(currency);
    memset(state->currency, 0, sizeof(state->currency));
    if (currency.n == 3)
        memcpy(state->currency, currency.p, 3);
    return state->decimals;
}

static void set_value(struct import_run *run, const struct gathered *g, struct event_record *event)
{
    struct json_value v = g->value;
    struct str currency = g->currency.n ? g->currency : str_of(import_currency(run));
    int decimals;

    if (IS(event->name, "order_complete") && json_type_of(g->revenue) > JSON_NULL)
        v = g->revenue;
    if (IS(event->name, "order_refund") && json_type_of(g->refund) > JSON_NULL)
        v = g->refund;
    if (json_type_of(v) <= JSON_NULL)
        return;
    decimals = decimals_of(import_state(run), currency);
    if (decimals < 0) {
        import_note(run, "values of events without a known currency are left out");
        return;
    }
    event->value = json_minor(v, decimals);
    event->currency = currency;
}

static struct str id_text(struct str raw, struct identifier *out)
{
    identifier_id(raw, out);
    return identifier_str(out);
}

static struct str lower_of(struct str s, char *out, size_t size)
{
    size_t n = s.n < size ? s.n : size;

    for (size_t i = 0; i < n; i++)
        out[i] = (char)tolower((unsigned char)s.p[i]);
    return (struct str){out, n};
}

static enum err_code put_event(struct import_run *run, const struct gathered *g, int64_t line,
                               struct err *err)
{
    struct event_record event = RECORD_INIT(event, EVENT_COLUMNS);
    struct state *state = import_state(run);
    char name[EVENT_NAME_MAX], key[KEY_SIZE], platform[16], category[16];

    event.line = line;
    event.event_key = event_key(g, key);
    event.name = event_canonical(g->name, name);
    event.occurred_at = g->at_us;
    event.anonymous_id = id_text(g->pseudo_id, &state->device);
    event.user_id = id_text(g->user_id, &state->user);
    if (g->email.n) {
        identifier_email(g->email, &state->email);
        event.email = identifier_str(&state->email);
    }
    event.session_id = g->session_id;
    event.platform = lower_of(g->platform, platform, sizeof(platform));
    event.device = lower_of(g->device, category, sizeof(category));
    event.country = g->country;
    event.page = g->page;
    set_origin(g, &event);
    if (IS(event.name, "order_complete") || IS(event.name, "order_refund"))
        event.order_key = id_text(g->order_key, &state->order);
    else if (IS(event.name, "product_view") || IS(event.name, "cart_add"))
        event.product_key = g->product_key;
    set_value(run, g, &event);
    return import_put(run, RECORD_EVENT, &event, err);
}

static bool matches(struct json_value first)
{
    return json_get(first, "event_name").doc && json_get(first, "event_timestamp").doc;
}

static enum err_code read_object(struct import_run *run, struct json_value value, int64_t line,
                                 struct err *err)
{
    struct state *state = import_state(run);
    struct gathered g = nothing;

    state->number_count = 0;
    if (json_type_of(value) != JSON_OBJECT) {
        import_reject(run, line, "the line is no JSON object");
        return ERR_OK;
    }
    for (struct json_iter it = json_iter(value); json_iter_next(&it);)
        take_member(state, &g, it.key, it.value);
    if (g.name.n == 0 || g.at_us <= 0) {
        import_reject(run, line, "the event has no %s",
                      g.name.n ? "event_timestamp" : "event_name");
        return ERR_OK;
    }
    return put_event(run, &g, line, err);
}

const struct importer ga4_events_importer = {
    .name = "ga4_events",
    .source = "ga4",
    .title = N_("GA4 events (BigQuery export)"),
    .matches_json = matches,
    .object = read_object,
    .independent = true,
    .state_size = sizeof(struct state),
};
