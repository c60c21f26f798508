/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a shop's webhooks make of somebody's facts, at once, is what the next figures make of them:
 * orders in several currencies, their states, lines and refunds, of which some name nobody but the
 * order. Asked in memory by random segments, as the engine answers them afterwards. */
#include "audience/members.h"
#include "audience/recent.h"
#include "audience/sql.h"
#include "identity/live_people.h"
#include "shop/rates.h"

#include "audience_random.h"
#include "live_shop.h"

#define RECEIVED INT64_C(1795004800000000) /* 2026-11-18T12:26:40Z */

enum { BUYERS = 12, ORDERS = 48, BEFORE = 120, LIVE = 240, SEGMENTS = 400, TOGETHER = 20 };

static struct source_entry shop = {.protocol = "shopify", .name = "Shop"};
static struct live_people *people;
static struct rates *rates;
static int sent;
static int64_t seqs[BEFORE + LIVE + 1];
static const struct audience_now now = {.now_us = RECEIVED, .today = 20775, .decimals = 2};

/* ---- messages ------------------------------------------------------------------------------ */

static struct {
    int total, given, refunds, parts[8];
    bool known, gone;
} orders[ORDERS];

static const char *currency_of(int n)
{
    static const char *const codes[] = {"EUR", "USD", "EUR", "CHF"}; /* of CHF there is no rate */

    return codes[n % 4];
}

static void bring(const struct buf *body)
{
    char id[32];
    struct journal_record record = {
        .source = shop.id, .received_us = RECEIVED + ++sent, .body = buf_str(body)};

    snprintf(id, sizeof(id), "m%d", sent);
    record.id = str_of(id);
    CHECK_OK(journal_append(journal, &record, 1, &live_err), live_err);
    seqs[sent] = record.seq;
    live_people_came(people);
}

static void add_refund(struct buf *b, int n, int i)
{
    buf_addf(b,
             "\"id\":%d,\"created_at\":\"2026-11-18T00:00:00Z\",\"transactions\":[{\"kind\":"
             "\"refund\",\"status\":\"success\",\"amount\":\"%d.50\",\"currency\":\"%s\"}]",
             7000 + 10 * n + i, orders[n].parts[i], currency_of(n));
}

static void tell_order(int n, const char *topic, bool cancelled)
{
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(8 << 10);

    buf_addf(&b,
             "{\"topic\":\"orders/%s\",\"payload\":{\"id\":%d,\"name\":\"#%d\",\"created_at\":"
             "\"2026-11-%02dT%02d:00:00Z\",\"updated_at\":\"2026-11-18T%02d:%02d:00Z\","
             "\"currency\":\"%s\",\"total_price\":\"%d.25\",\"financial_status\":\"paid\"",
             topic, 5000000 + n, 1000 + n, 1 + n % 17, n % 24, sent / 60, sent % 60, currency_of(n),
             orders[n].total);
    if (cancelled)
        buf_addz(&b, ",\"cancelled_at\":\"2026-11-18T00:00:00Z\"");
    buf_addf(&b, ",\"customer\":{\"id\":%d,\"email\":\"p%d@example.com\"},\"line_items\":[",
             100 + n % BUYERS, n % BUYERS);
    for (int i = 0; i < 1 + n % 3; i++)
        buf_addf(&b,
                 "%s{\"id\":%d,\"sku\":\"%s\",\"title\":\"x y\",\"quantity\":%d,\"price\":\"1\"}",
                 i ? "," : "", i + 1, n % 2 ? "a" : "b", i + 1);
    buf_addz(&b, "],\"refunds\":[");
    for (int i = 0; i < orders[n].refunds; i++) {
        buf_addz(&b, i ? ",{" : "{");
        add_refund(&b, n, i);
        buf_addc(&b, '}');
    }
    buf_addz(&b, "]}}");
    bring(&b);
}

/* Both name the order alone. */
static void tell_refund(int n)
{
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(4 << 10);

    orders[n].parts[orders[n].refunds++] = (int)below(30);
    buf_addf(&b, "{\"topic\":\"refunds/create\",\"payload\":{\"order_id\":%d,", 5000000 + n);
    add_refund(&b, n, orders[n].refunds - 1);
    buf_addz(&b, "}}");
    bring(&b);
}

static void tell_gone(int n)
{
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(4 << 10);

    orders[n].gone = true;
    buf_addf(&b, "{\"topic\":\"orders/delete\",\"payload\":{\"id\":%d}}", 5000000 + n);
    bring(&b);
}

static void tell_any(void)
{
    const int n = (int)below(ORDERS), what = (int)below(12);

    if (orders[n].gone)
        return;
    if (!orders[n].known) {
        orders[n].known = true;
        orders[n].total = 10 + (int)below(200);
        tell_order(n, "create", false);
    } else if (what < 4 && orders[n].refunds < 8) {
        tell_refund(n);
    } else if (what == 4) {
        tell_gone(n);
    } else {
        tell_order(n, what == 5 ? "cancelled" : "updated", what == 5);
    }
}

static void tell_some(int most)
{
    while (sent < most)
        tell_any();
}

/* ---- facts --------------------------------------------------------------------------------- */

static void resolve_all(void)
{
    const struct drain_ctx ctx = shop_drain_ctx();
    const struct resolve_options options = {.time_zone = "UTC",
                                            .currency = "EUR",
                                            .as_of = RECEIVED,
                                            .rates = rates,
                                            .assign = assigned_fill,
                                            .assign_ctx = store};
    struct resolve_summary summary;
    struct drain_summary told;

    CHECK_OK(drain(&ctx, &told, &live_err), live_err);
    CHECK_INT(told.rejected, 0);
    CHECK_OK(resolve(engine, &options, &summary, &live_err), live_err);
    CHECK_OK(audience_prepare(engine, &live_err), live_err);
}

struct buyer {
    uint64_t person, page;
    struct audience_facts *facts;
    int64_t seqs[LIVE];
    size_t n;
};
static struct buyer buyers[BUYERS];
static size_t buyer_count;

static void wait_for_all(void)
{
    struct live_people_state state_now;

    live_people_state(people, &state_now);
    for (int i = 0; i < 6000 && state_now.behind > 0; i++) {
        usleep(5000);
        live_people_state(people, &state_now);
    }
    CHECK_INT(state_now.behind, 0);
}

/* Each live message is somebody's, those that name an order alone, too. */
static void find_buyers(int from)
{
    wait_for_all();
    for (int i = from + 1; i <= sent; i++) {
        struct live_whose whose;
        struct buyer *one = buyers;

        live_people_whose(people, seqs[i], &whose);
        CHECK_MSG(whose.state == WHOSE_PERSON, "message %d is nobody's", i);
        while (one < buyers + buyer_count && one->person != whose.person)
            one++;
        if (one == buyers + BUYERS)
            continue;
        if (one == buyers + buyer_count)
            *one = (struct buyer){.person = whose.person, .page = whose.page};
        buyer_count += one == buyers + buyer_count;
        one->seqs[one->n++] = seqs[i];
    }
    CHECK_INT(buyer_count, BUYERS);
}

static void load_facts(void)
{
    for (size_t i = 0; i < buyer_count; i++)
        if (buyers[i].page)
            CHECK_OK(audience_load(engine, buyers[i].page, &buyers[i].facts, &live_err), live_err);
        else
            buyers[i].facts = audience_facts_new();
}

static bool find_source(void *ctx, int64_t id, struct source_entry *out)
{
    (void)ctx;
    return store_source_get(store, id, out, &live_err) == ERR_OK;
}

/* By the bounds that the figures after them have: people's places among each other are theirs. */
static void complete_facts(const struct audience_terms *terms)
{
    struct audience_recent *recent = NULL;

    CHECK_OK(audience_recent_open(journal, find_source, NULL, &recent, &live_err), live_err);
    CHECK_OK(audience_recent_set(recent, &settings, "EUR", terms, &live_err), live_err);
    for (size_t i = 0; i < buyer_count; i++)
        CHECK_OK(audience_recent_apply(recent, buyers[i].facts, buyers[i].seqs, buyers[i].n, NULL,
                                       NULL, &live_err),
                 live_err);
    audience_recent_close(recent);
}

/* ---- both ways ----------------------------------------------------------------------------- */

static size_t compared, members, others;

static void compare_row(const struct audience_set *set, struct result *res)
{
    for (size_t i = 0; i < buyer_count; i++) {
        if (buyers[i].person != result_uint(res, 0))
            continue;
        for (size_t k = 0; k < set->n; k++) {
            const bool in = result_int(res, k + 1) != 0;

            compared++;
            members += in;
            if (audience_holds(set, k, buyers[i].facts, &now) != in && others++ < 5)
                CHECK_MSG(false, "%" PRIu64 " is %s by SQL: %.*s", buyers[i].person,
                          in ? "in" : "out", (int)set->segments[k].text.n, set->segments[k].text.p);
        }
    }
}

static void compare_set(struct audience_set *set)
{
    struct result *res = NULL;
    size_t all[TOGETHER];
    struct sql s;

    for (size_t i = 0; i < set->n; i++)
        all[i] = i;
    sql_begin(&s, set, &now);
    CHECK_OK(sql_people(&s, all, set->n, 0, UINT64_MAX, &live_err), live_err);
    const struct statement made = {.name = "test/people", .text = buf_cstr(&s.text)};

    CHECK_OK(engine_query_made(engine, &made, s.params, s.types, s.param_count, &res, &live_err),
             live_err);
    while (res && result_next(res))
        compare_row(set, res);
    result_free(res);
    sql_release(&s);
}

static void compare_texts(const char *const *texts, size_t n)
{
    struct audience_segment list[TOGETHER] = {{0}};
    struct audience_set set = {list, n};
    char names[TOGETHER][8];

    for (unsigned i = 0; i < n; i++) {
        snprintf(names[i], sizeof(names[i]), "s%u", i);
        list[i] = (struct audience_segment){.id = i, .name = names[i], .text = str_of(texts[i])};
    }
    audience_set_link(&set, &now);
    for (size_t i = 0; i < n; i++)
        CHECK_MSG(list[i].err.code == ERR_OK, "%s: %s", texts[i], list[i].err.msg);
    compare_set(&set);
    audience_set_release(&set);
}

static void compare_orders(void)
{
    static const char *const texts[] = {
        "number_of_orders >= 3",
        "amount_spent > 150.00",
        "average_order_value BETWEEN 40 AND 90.12",
        "orders_placed(amount < 60.4, count >= 2)",
        "orders_placed(nth = 2, amount >= 90)",
        "rfm_group IN ('CHAMPIONS', 'LOYAL', 'LOST')",
        "rfm_recency >= 4",
        "rfm_frequency >= 3",
        "rfm_monetary <= 2",
        "products_purchased(sku = 'a', sum_quantity >= 4)",
        "last_order_date >= -5d",
        "life_stage = 'NEW'",
    };

    compare_texts(texts, TM_COUNT(texts));
    CHECK_MSG(members > compared / 20 && members < compared - compared / 20,
              "%zu of %zu are members", members, compared);
}

static void compare_random(void)
{
    for (size_t from = 0; from < SEGMENTS; from += TOGETHER) {
        const char *texts[TOGETHER];
        struct buf bufs[TOGETHER];

        for (unsigned i = 0; i < TOGETHER; i++) {
            bufs[i] = BUF_INIT(AUDIENCE_TEXT_MAX);
            add_any(&bufs[i], 2, i < 7 ? i : 7);
            texts[i] = buf_cstr(&bufs[i]);
        }
        compare_texts(texts, TOGETHER);
        for (unsigned i = 0; i < TOGETHER; i++)
            buf_release(&bufs[i]);
    }
}

int main(void)
{
    struct source_entry *const sources[] = {&shop};
    struct live_people_ctx ctx = {.source = find_source, .bytes_max = 64 << 20};
    struct audience_terms *terms = NULL;

    live_begin();
    shop_begin(sources, TM_COUNT(sources));
    rates = rates_new();
    CHECK_OK(rates_add(rates, civil_to_days(2026, 11, 1), STR_LIT("USD"), STR_LIT("EUR"),
                       STR_LIT("0.9137"), &live_err),
             live_err);
    CHECK_OK(rates_add(rates, civil_to_days(2026, 11, 9), STR_LIT("USD"), STR_LIT("EUR"),
                       STR_LIT("0.8762"), &live_err),
             live_err);
    ctx.journal = journal;
    CHECK_OK(live_people_new(&ctx, &people, &live_err), live_err);
    tell_some(BEFORE);
    resolve_all();
    CHECK_OK(live_people_fill(people, engine, store, &settings, journal_last(journal), &live_err),
             live_err);
    tell_some(BEFORE + LIVE);
    find_buyers(BEFORE);
    load_facts();
    resolve_all();
    CHECK_OK(audience_terms_read(engine, &terms, &live_err), live_err);
    complete_facts(terms);
    compare_orders();
    compare_random();
    CHECK_INT(others, 0);
    printf("# %zu comparisons\n", compared);
    for (size_t i = 0; i < buyer_count; i++)
        audience_facts_free(buyers[i].facts);
    audience_terms_free(terms);
    live_people_free(people);
    rates_free(rates);
    return shop_end();
}
