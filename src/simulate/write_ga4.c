/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* write_ga4.c - analytics: events as BigQuery's export writes them, and the two reports.
 *
 * What is the same for all events of a visit is put together once; an event is then three pieces
 * of text. 64-bit integers are quoted, as BigQuery does.
 */
#include "simulate/world.h"

#include "simulate/people.h"

static const struct {
    const char *source, *medium, *campaign, *name; /* name: GA4's default channel group */
} sources[CH_COUNT] = {
    [CH_PAID_SOCIAL] = {"facebook", "paid_social", "prospecting", "Paid Social"},
    [CH_PAID_SEARCH] = {"google", "cpc", "brand-and-generic", "Paid Search"},
    [CH_ORGANIC_SEARCH] = {"google", "organic", "", "Organic Search"},
    [CH_ORGANIC_SOCIAL] = {"instagram", "social", "", "Organic Social"},
    [CH_REFERRAL] = {"blog.example.org", "referral", "", "Referral"},
    [CH_AFFILIATE] = {"partners", "affiliate", "partner-programme", "Affiliates"},
    [CH_AI] = {"chatgpt.com", "referral", "", "Referral"},
    [CH_DIRECT] = {"(direct)", "(none)", "", "Direct"},
    [CH_EMAIL] = {"klaviyo", "email", "", "Email"},
    [CH_SMS] = {"klaviyo", "sms", "", "SMS"},
};
static const char *const device_names[DEVICE_COUNT] = {"mobile", "desktop", "tablet"};

struct ga4 {
    struct buf params; /* start of an event's parameters: the session's */
    struct buf tail;   /* device, place and source: the end of every event */
    struct buf extra;  /* an event's own parameters */
    char date[12];
    int day;
    int bundle;
};

void ga4_open(struct world *w)
{
    struct ga4 *g = xcalloc(1, sizeof(*g));

    g->params = g->tail = g->extra = BUF_INIT(1 << 16);
    g->day = -1;
    w->ga4 = g;
    if (w->traits.has_events)
        w->events_json = output_open(&w->out, "ga4_events.ndjson", w->options->compress);
}

void ga4_close(struct world *w)
{
    struct ga4 *g = w->ga4;

    if (!g)
        return;
    buf_release(&g->params);
    buf_release(&g->tail);
    buf_release(&g->extra);
    free(g);
    w->ga4 = NULL;
}

static void add_text_param(struct buf *b, const char *key, const char *value)
{
    buf_addz(b, ",{\"key\":\"");
    buf_addz(b, key);
    buf_addz(b, "\",\"value\":{\"string_value\":\"");
    buf_addz(b, value);
    buf_addz(b, "\"}}");
}

static void add_int_param(struct buf *b, const char *key, int64_t value)
{
    buf_addz(b, ",{\"key\":\"");
    buf_addz(b, key);
    buf_addz(b, "\",\"value\":{\"int_value\":\"");
    add_int(b, value);
    buf_addz(b, "\"}}");
}

static void add_page_param(const struct world *w, struct buf *b, const char *path, const char *rest)
{
    buf_addz(b, ",{\"key\":\"page_location\",\"value\":{\"string_value\":\"https://");
    buf_addz(b, w->host);
    buf_addz(b, path);
    buf_addz(b, rest);
    buf_addz(b, "\"}}");
}

/* Where the visit came from, as collected with it. */
static void add_source(struct buf *b, const struct visit *v, uint64_t hash)
{
    const char *campaign = *v->campaign ? v->campaign : sources[v->channel].campaign;

    buf_addz(b, ",\"collected_traffic_source\":{\"manual_source\":\"");
    buf_addz(b, sources[v->channel].source);
    buf_addz(b, "\",\"manual_medium\":\"");
    buf_addz(b, sources[v->channel].medium);
    if (*campaign) {
        buf_addz(b, "\",\"manual_campaign_name\":\"");
        buf_addz(b, campaign);
    }
    if (v->channel == CH_PAID_SEARCH) {
        buf_addz(b, "\",\"gclid\":\"Cj0K");
        add_int(b, (int64_t)(hash >> 20));
    }
    buf_addz(b, "\"}");
}

static void begin_visit(struct world *w, struct ga4 *g, const struct visit *v, int64_t session)
{
    static const char *const systems[DEVICE_COUNT] = {"Android", "Windows", "iOS"};
    bool known = v->person != NOBODY;
    struct person *p = known ? &w->people[v->person] : NULL;
    uint64_t hash = known ? person_hash(w, v->person, 40 + (uint64_t)v->device)
                          : rng_mix(w->seed ^ 99, v->stranger);
    int born = known ? p->born : w->day / 7 * 7;
    char id[32];
    struct buf *b = &g->params;

    if (known && p->visits < UINT16_MAX)
        p->visits++;
    buf_reset(b);
    buf_addz(b, "\",\"event_params\":[{\"key\":\"ga_session_id\",\"value\":{\"int_value\":\"");
    add_int(b, session);
    buf_addz(b, "\"}}");
    add_int_param(b, "ga_session_number", known ? p->visits : 1);

    b = &g->tail;
    buf_reset(b);
    buf_addz(b, ",\"user_pseudo_id\":\"");
    device_id(hash, (w->first_day + born) * 86400 + (int64_t)(hash % 80000), id);
    buf_addz(b, id);
    buf_addc(b, '"');
    if (known && v->logged_in) {
        buf_addz(b, ",\"user_id\":\"");
        add_int(b, person_customer_id(v->person));
        buf_addc(b, '"');
    }
    buf_addz(b, ",\"device\":{\"category\":\"");
    buf_addz(b, device_names[v->device]);
    buf_addz(b, "\",\"operating_system\":\"");
    buf_addz(b, systems[v->device]);
    buf_addz(b, "\",\"language\":\"");
    buf_addz(b, w->country->language);
    buf_addz(b, "\"},\"geo\":{\"country\":\"");
    buf_addz(b, w->country->name);
    buf_addz(b, "\"}");
    if (v->channel != CH_DIRECT)
        add_source(b, v, hash);
    buf_addz(b, ",\"stream_id\":\"5550001\",\"platform\":\"WEB\"}\n");
}

/* The parameters in g->extra and the objects in `more` go into this event only. */
static void event(struct world *w, struct ga4 *g, const char *name, int64_t at_us,
                  const struct buf *more)
{
    struct buf *b = &w->events_json->buf;

    buf_addz(b, "{\"event_date\":\"");
    buf_addz(b, g->date);
    buf_addz(b, "\",\"event_timestamp\":\"");
    add_int(b, at_us);
    buf_addz(b, "\",\"event_name\":\"");
    buf_addz(b, name);
    buf_adds(b, buf_str(&g->params));
    buf_adds(b, buf_str(&g->extra));
    buf_addc(b, ']');
    if (more)
        buf_adds(b, buf_str(more));
    buf_adds(b, buf_str(&g->tail));
    output_row(w->events_json);
    buf_reset(&g->extra);
    w->result.events++;
}

static void add_item(const struct world *w, struct buf *b, const struct line *line, bool first)
{
    const struct product *p = &w->products[line->product];

    buf_addz(b, first ? "{\"item_id\":\"" : ",{\"item_id\":\"");
    buf_addz(b, p->sku);
    buf_addz(b, "\",\"item_name\":\"");
    buf_addz(b, p->title);
    buf_addz(b, "\",\"item_category\":\"");
    buf_addz(b, p->kind);
    buf_addz(b, "\",\"price\":");
    add_money(w, b, p->price);
    buf_addz(b, ",\"quantity\":\"");
    add_int(b, line->quantity);
    buf_addz(b, "\"}");
}

static void item_event(struct world *w, struct ga4 *g, const char *name, int64_t at_us,
                       const struct line *line)
{
    struct buf more = BUF_INIT(1 << 12);

    buf_addz(&more, ",\"items\":[");
    add_item(w, &more, line, true);
    buf_addc(&more, ']');
    add_text_param(&g->extra, "currency", w->country->currency);
    event(w, g, name, at_us, &more);
    buf_release(&more);
}

static void purchase(struct world *w, struct ga4 *g, const struct order *o, int64_t at_us)
{
    struct buf more = BUF_INIT(1 << 14);
    char number[24];

    snprintf(number, sizeof(number), "#%" PRId64, o->number);
    add_text_param(&g->extra, "transaction_id", number);
    add_text_param(&g->extra, "currency", w->country->currency);
    buf_addz(&g->extra, ",{\"key\":\"value\",\"value\":{\"double_value\":");
    add_money(w, &g->extra, o->total);
    buf_addz(&g->extra, "}}");
    buf_addz(&more, ",\"ecommerce\":{\"total_item_quantity\":\"");
    add_int(&more, o->line_count);
    buf_addz(&more, "\",\"purchase_revenue\":");
    add_money(w, &more, o->total);
    buf_addz(&more, ",\"shipping_value\":");
    add_money(w, &more, o->shipping);
    buf_addz(&more, ",\"tax_value\":");
    add_money(w, &more, o->tax);
    buf_addz(&more, ",\"transaction_id\":\"");
    buf_addz(&more, number);
    buf_addz(&more, "\"},\"items\":[");
    for (int i = 0; i < o->line_count; i++)
        add_item(w, &more, &o->lines[i], i == 0);
    buf_addc(&more, ']');
    event(w, g, "purchase", at_us, &more);
    buf_release(&more);
}

static void landing(struct world *w, struct ga4 *g, const struct visit *v, int64_t at)
{
    add_text_param(&g->extra, "session_engaged", v->engaged ? "1" : "0");
    event(w, g, "session_start", at, NULL);
    if (v->channel >= CH_EMAIL || v->channel == CH_PAID_SOCIAL) {
        char query[160];

        snprintf(query, sizeof(query), "?utm_source=%s&utm_medium=%s&utm_campaign=%s",
                 sources[v->channel].source, sources[v->channel].medium,
                 *v->campaign ? v->campaign : "prospecting");
        add_page_param(w, &g->extra, "/", query);
    } else {
        add_page_param(w, &g->extra, "/", "");
    }
    event(w, g, "page_view", at + 1000, NULL);
}

/* All events of a visit, some seconds apart. */
static void write_events(struct world *w, struct ga4 *g, const struct visit *v)
{
    struct rng *r = &w->rng[RNG_VISITS];
    int64_t at = world_at(w, w->day, v->second) + rng_below(r, 1000000);
    struct line seen = {.quantity = 1};

    begin_visit(w, g, v, at / US_PER_SECOND);
    landing(w, g, v, at);
    for (int i = 0; i < v->views; i++) {
        seen.product =
            v->order ? v->order->lines[i % v->order->line_count].product : rng_below(r, PRODUCTS);
        at += (5 + rng_below(r, 40)) * US_PER_SECOND;
        add_page_param(w, &g->extra, "/products/", w->products[seen.product].handle);
        event(w, g, "page_view", at, NULL);
        item_event(w, g, "view_item", at + 2000, &seen);
    }
    if (v->signs_up) {
        at += 20 * US_PER_SECOND;
        add_text_param(&g->extra, "method", "newsletter form");
        event(w, g, "sign_up", at, NULL);
    }
    if (v->carts) {
        at += 10 * US_PER_SECOND;
        item_event(w, g, "add_to_cart", at, &seen);
    }
    if (v->checks_out) {
        at += 15 * US_PER_SECOND;
        add_page_param(w, &g->extra, "/checkout", "");
        event(w, g, "begin_checkout", at, NULL);
    }
    if (v->order) {
        int64_t paid = world_at(w, w->day, v->order->second);

        purchase(w, g, v->order, paid > at ? paid : at + US_PER_SECOND);
    }
}

static void count_visit(struct channel_day *c, const struct visit *v)
{
    c->sessions++;
    c->engaged += v->engaged;
    c->events += 2 + 2 * v->views + v->signs_up + v->carts + v->checks_out + (v->order != NULL);
    if (v->order) {
        c->orders++;
        c->revenue += v->order->total;
    }
}

void ga4_visit(struct world *w, const struct visit *v)
{
    struct ga4 *g = w->ga4;

    w->result.sessions++;
    count_visit(&w->channel_days[w->day][v->channel], v);
    count_visit(&w->device_days[w->day][v->device], v);
    if (!w->traits.has_events)
        return;
    if (g->day != w->day) {
        int year, month, dom;

        world_date(w, w->day, &year, &month, &dom);
        snprintf(g->date, sizeof(g->date), "%04d%02d%02d", year % 10000, month % 100, dom % 100);
        g->day = w->day;
    }
    write_events(w, g, v);
}

static void report_row(const struct world *w, struct buf *b, const char *date, const char *name,
                       const struct channel_day *c)
{
    double sessions = c->sessions ? (double)c->sessions : 1.0;

    buf_addf(b, "%s%s%s,%" PRId64 ",%" PRId64 ",%.4f,%.1f,%.2f,%" PRId64 ",%" PRId64 ",", date,
             *date ? "," : "", name, c->sessions, c->engaged, (double)c->engaged / sessions,
             12.0 + 48.0 * (double)c->engaged / sessions, (double)c->events / sessions, c->events,
             c->orders);
    add_money(w, b, c->revenue);
    buf_addc(b, '\n');
}

static void add_counts(struct channel_day *sum, const struct channel_day *c)
{
    sum->sessions += c->sessions;
    sum->engaged += c->engaged;
    sum->events += c->events;
    sum->orders += c->orders;
    sum->revenue += c->revenue;
}

/* A report by day and one dimension; names may repeat and are then added together. */
static void report(struct world *w, const char *file, const char *title, const char *dimension,
                   const char *const *names, int n,
                   const struct channel_day *(*cell)(const struct world *, int day, int i))
{
    struct output *out = output_open(&w->out, file, false);
    struct buf *b = &out->buf;
    struct channel_day total = {0};
    char dates[2][12];

    for (int i = 0; i < 2; i++) {
        int year, month, dom;

        world_date(w, i ? DAYS - 1 : 0, &year, &month, &dom);
        snprintf(dates[i], sizeof(dates[i]), "%04d%02d%02d", year % 10000, month % 100, dom % 100);
    }
    buf_addf(b,
             "# ----------------------------------------\n# %s\n# Start date: %s\n"
             "# End date: %s\n# ----------------------------------------\n\n",
             title, dates[0], dates[1]);
    buf_addf(b,
             "Date,%s,Sessions,Engaged sessions,Engagement rate,Average engagement time per "
             "session,Events per session,Event count,Key events,Total revenue\n",
             dimension);
    for (int d = 0; d < DAYS; d++)
        for (int i = 0; i < n; i++)
            add_counts(&total, cell(w, d, i));
    report_row(w, b, "Grand total", "", &total);
    for (int d = 0; d < DAYS; d++) {
        int year, month, dom;
        char date[12];

        world_date(w, d, &year, &month, &dom);
        snprintf(date, sizeof(date), "%04d%02d%02d", year % 10000, month % 100, dom % 100);
        for (int i = 0; i < n; i++) {
            struct channel_day sum = *cell(w, d, i);

            if (i > 0 && strcmp(names[i], names[i - 1]) == 0)
                continue;
            for (int k = i + 1; k < n && strcmp(names[k], names[i]) == 0; k++)
                add_counts(&sum, cell(w, d, k));
            if (sum.sessions)
                report_row(w, b, date, names[i], &sum);
        }
        output_row(out);
    }
}

/* Referrals and assistants stand side by side: GA4 has one group for both. */
static const enum channel report_order[CH_COUNT] = {
    CH_PAID_SOCIAL, CH_PAID_SEARCH, CH_ORGANIC_SEARCH, CH_ORGANIC_SOCIAL, CH_REFERRAL,
    CH_AI,          CH_AFFILIATE,   CH_DIRECT,         CH_EMAIL,          CH_SMS,
};

static const struct channel_day *channel_cell(const struct world *w, int day, int i)
{
    return &w->channel_days[day][report_order[i]];
}

static const struct channel_day *device_cell(const struct world *w, int day, int i)
{
    return &w->device_days[day][i];
}

void ga4_reports(struct world *w)
{
    const char *names[CH_COUNT];

    for (int i = 0; i < CH_COUNT; i++)
        names[i] = sources[report_order[i]].name;
    report(w, "ga4_traffic_acquisition.csv", "Traffic acquisition: Session default channel group",
           "Session default channel group", names, CH_COUNT, channel_cell);
    report(w, "ga4_devices.csv", "Tech details: Device category", "Device category", device_names,
           DEVICE_COUNT, device_cell);
}
