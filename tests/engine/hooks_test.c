/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Webhooks through journal and drain into a real engine: in whatever order the states of an order
 * come, and however often, the order is the same; so it is beside exports of the same shop. */
#include "intake/live/hook.h"

#include "live_shop.h"

#include <sodium.h>

#define RECEIVED INT64_C(1795004800000000) /* 2026-11-18T12:26:40Z */

static struct json_parser *parser;
static struct source_entry source = {.protocol = "shopify", .name = "Shop"};

/* ---- sending ------------------------------------------------------------------------------ */

static struct hook_taken waiting[JOURNAL_BATCH_MAX];
static size_t waiting_n;
static int64_t sent;

static void flush(void)
{
    static struct journal_record records[JOURNAL_BATCH_MAX];
    struct err err = ERR_INIT;

    for (size_t i = 0; i < waiting_n; i++)
        records[i] = waiting[i].record;
    for (size_t i = 0; i < waiting_n; i++)
        records[i].id = str_of(waiting[i].id);
    CHECK_OK(journal_append(journal, records, waiting_n, &err), err);
    for (size_t i = 0; i < waiting_n; i++)
        hook_taken_release(&waiting[i]);
    waiting_n = 0;
}

static void deliver(const char *topic, struct str body)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    char signature[64], id[32];
    struct hook_delivery delivery = {.body = body, .received_us = RECEIVED + ++sent};
    struct err err = ERR_INIT;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)"hush", 4);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.p, body.n);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(signature, sizeof(signature), mac, sizeof(mac),
                      sodium_base64_VARIANT_ORIGINAL);
    snprintf(id, sizeof(id), "d%" PRId64, sent);
    delivery.headers[HOOK_TOPIC] = topic;
    delivery.headers[HOOK_SIGNATURE] = signature;
    delivery.headers[HOOK_DELIVERY] = id;
    if (waiting_n == JOURNAL_BATCH_MAX)
        flush();
    if (hook_accept(&shopify_hooks, &delivery, STR_LIT("hush"), source.id, parser,
                    &waiting[waiting_n], &err) != ERR_OK ||
        waiting[waiting_n].verdict != HOOK_TAKEN)
        CHECK_MSG(false, "%s is taken", topic);
    else
        waiting_n++;
}

/* ---- an order's life ---------------------------------------------------------------------- */

#define REFUND(id, amount, at)                                                                     \
    "{\"id\":%" PRId64 id ",\"order_id\":%" PRId64 ",\"created_at\":\"" at                         \
    "\",\"transactions\":[{\"kind\":\"refund\",\"status\":\"success\",\"amount\":\"" amount        \
    "\",\"currency\":\"EUR\"}]}"

struct state {
    const char *topic, *updated, *status, *cancelled, *mail, *quantity;
    int refunds;
};

/* Made, changed, paid in the same second, given back in two parts, called off. */
static const struct state life[] = {
    {"orders/create", "10:00:00", "pending", NULL, "", "1", 0},
    {"orders/updated", "10:00:05", "pending", NULL, "ann@example.com", "2", 0},
    {"orders/paid", "10:00:05", "paid", NULL, "ann@example.com", "2", 0},
    {"refunds/create", NULL, NULL, NULL, NULL, NULL, 1},
    {"orders/updated", "12:00:00", "refunded", NULL, "ann@example.com", "2", 2},
    {"orders/cancelled", "12:00:01", "refunded", "2026-11-01T12:00:01Z", "ann@example.com", "2", 2},
};
enum { LIFE = TM_COUNT(life), SALE = 3 };

static void tell(int64_t order, const struct state *s)
{
    TM_CLEANUP(buf_release) struct buf b = BUF_INIT(8 << 10);

    if (!s->updated) {
        buf_addf(&b, REFUND("1", "3.00", "2026-11-01T11:00:00Z"), order, order);
        deliver(s->topic, buf_str(&b));
        return;
    }
    buf_addf(&b,
             "{\"id\":%" PRId64 ",\"name\":\"#%" PRId64
             "\",\"created_at\":\"2026-11-01T10:00:00Z\","
             "\"processed_at\":\"2026-11-01T10:00:00Z\",\"updated_at\":\"2026-11-01T%sZ\","
             "\"currency\":\"EUR\",\"total_price\":\"20.00\",\"financial_status\":\"%s\","
             "\"email\":\"%s\",\"landing_site\":\"/?utm_source=news&utm_medium=email"
             "&utm_campaign=nov\",\"line_items\":[{\"sku\":\"H1\",\"name\":\"Hat\","
             "\"quantity\":%s,\"price\":\"10.00\"}]",
             order, order, s->updated, s->status, s->mail, s->quantity);
    if (s->cancelled)
        buf_addf(&b, ",\"cancelled_at\":\"%s\"", s->cancelled);
    buf_addz(&b, ",\"refunds\":[");
    if (s->refunds > 0)
        buf_addf(&b, REFUND("1", "3.00", "2026-11-01T11:00:00Z"), order, order);
    if (s->refunds > 1)
        buf_addf(&b, "," REFUND("2", "17.00", "2026-11-01T12:00:00Z"), order, order);
    buf_addz(&b, "]}");
    deliver(s->topic, buf_str(&b));
}

/* Each order of arrival of the first n states, as an order of its own; one of the states comes
 * once more at the end, and at the begin. */
static int64_t permute(int64_t first, int n, bool is_deleted)
{
    int order[LIFE + 1], c[LIFE + 1] = {0}, i = 0;
    int64_t at = first;

    for (int k = 0; k < n; k++)
        order[k] = k;
    for (;;) { /* Heap (1963) */
        tell(at, &life[order[(at + 1) % n]]);
        for (int k = 0; k < n; k++) {
            if (is_deleted && k == at % n) {
                char body[64];

                snprintf(body, sizeof(body), "{\"id\":%" PRId64 "}", at);
                deliver("orders/delete", str_of(body));
            }
            tell(at, &life[order[k]]);
        }
        tell(at, &life[order[at % n]]);
        at++;
        while (i < n && c[i] >= i)
            c[i++] = 0;
        if (i == n)
            return at - first;
        int j = i % 2 ? c[i] : 0, was = order[i];

        order[i] = order[j];
        order[j] = was;
        c[i]++;
        i = 0;
    }
}

/* ---- what becomes of it ------------------------------------------------------------------- */

static void resolve_all(void)
{
    if (waiting_n)
        flush();
    shop_resolve(TIME_NONE);
}

static void lives(void)
{
    CHECK_INT(permute(1000000, SALE, false), 6);
    CHECK_INT(permute(2000000, LIFE, false), 720);
    CHECK_INT(permute(3000000, SALE, true), 6);
    resolve_all();
    CHECK_INT(live_number(engine, "test/sales"), 6);
    CHECK_INT(live_number(engine, "test/sale_states"), 1);
    CHECK_INT(live_number(engine, "test/sale_right"), 6);
    CHECK_INT(live_number(engine, "test/lives"), 720);
    CHECK_INT(live_number(engine, "test/life_states"), 1);
    CHECK_INT(live_number(engine, "test/life_right"), 720);
    CHECK_INT(live_number(engine, "test/deleted"), 0);
    CHECK_INT(live_number(engine, "test/touches"), 726);
}

/* What the doctor counts twice is the same, whoever told of the orders. */
static void proof(void)
{
    const struct param params[] = {PARAM_STRZ("currency", "EUR")};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(engine_query(engine, "insight/proof", params, 1, &res, &err), err);
    CHECK(result_next(res));
    CHECK(result_int(res, 1) > 0);
    CHECK_INT(result_int(res, 0), result_int(res, 1));
    CHECK_INT(result_int(res, 2), result_int(res, 3));
    while (result_next(res))
        continue;
    CHECK_OK(result_status(res, &err), err);
}

/* The order's newest lines, once. */
static void products(void)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    double quantity = 0;
    int64_t revenue = 0;
    struct err err = ERR_INIT;

    CHECK_OK(engine_query(engine, "insight/product_days", NULL, 0, &res, &err), err);
    while (result_next(res)) {
        CHECK(str_eqz(result_text(res, 1), "H1"));
        revenue += result_int(res, 4);
        quantity += result_real(res, 6);
    }
    CHECK_OK(result_status(res, &err), err);
    CHECK_INT(revenue, 6 * 2000);
    CHECK_INT((int64_t)quantity, 6 * 2);
}

/* ---- beside exports ----------------------------------------------------------------------- */

static void export_of(uint32_t import_id, const char *number, const char *status, int64_t newest)
{
    struct order_record order = RECORD_INIT(order, ORDER_COLUMNS);
    struct target door = engine_target_door(target);
    struct err err = ERR_INIT;

    CHECK_OK(door.begin(door.ctx, import_id, "shopify", 0, &err), err);
    order.line = 2;
    order.order_key = str_of(number);
    order.number = order.order_key;
    order.status = str_of(status);
    order.ordered_at = civil_to_utc(&(struct civil){2026, 11, 1, 10, 0, 0, 0});
    order.currency = STR_LIT("EUR");
    order.total = 2000;
    order.email = STR_LIT("ann@example.com");
    CHECK_OK(door.put(door.ctx, RECORD_ORDER, &order, &err), err);
    order.line = 3; /* another order, which tells how new the export is */
    order.order_key = STR_LIT("#9");
    order.number = order.order_key;
    order.ordered_at = newest;
    CHECK_OK(door.put(door.ctx, RECORD_ORDER, &order, &err), err);
    CHECK_OK(door.finish(door.ctx, &err), err);
    CHECK_OK(door.move(door.ctx, import_id, RECORD_ORDER, 0, 2, &err), err);
    CHECK_OK(door.drop(door.ctx, import_id, &err), err);
}

/* One order, whoever tells it: what is known later counts. */
static void exports(void)
{
    export_of(900001, "#1000000", "pending",
              civil_to_utc(&(struct civil){2026, 11, 1, 10, 0, 1, 0}));
    resolve_all();
    CHECK_INT(live_number(engine, "test/sales"), 6);
    CHECK_INT(live_number(engine, "test/sale_right"), 6);
    export_of(900002, "#1000000", "refunded",
              civil_to_utc(&(struct civil){2026, 11, 1, 11, 0, 0, 0}));
    resolve_all();
    CHECK_INT(live_number(engine, "test/sales"), 6);
    CHECK_INT(live_number(engine, "test/sale_right"), 5);
    CHECK_INT(live_number(engine, "test/from_export"), 1);
}

static void people(void)
{
    deliver("customers/create", STR_LIT("{\"id\":71,\"email\":\"eve@example.com\",\"first_name\":"
                                        "\"Eve\",\"updated_at\":\"2026-11-01T10:00:00Z\"}"));
    deliver("customers/update", STR_LIT("{\"id\":72,\"email\":\"bea@example.com\",\"first_name\":"
                                        "\"Beatrice\",\"updated_at\":\"2026-11-02T10:00:00Z\","
                                        "\"email_marketing_consent\":{\"state\":\"unsubscribed\","
                                        "\"consent_updated_at\":\"2026-11-02T10:00:00Z\"}}"));
    deliver("customers/create", STR_LIT("{\"id\":72,\"email\":\"bea@example.com\",\"first_name\":"
                                        "\"Bea\",\"updated_at\":\"2026-11-01T10:00:00Z\","
                                        "\"email_marketing_consent\":{\"state\":\"subscribed\","
                                        "\"consent_updated_at\":\"2026-11-01T10:00:00Z\"}}"));
    resolve_all();
    CHECK_INT(live_number(engine, "test/eve"), 1);
    CHECK_INT(live_number(engine, "test/beatrice"), 1);
    CHECK_INT(live_number(engine, "test/withdrawn"), 1);
    deliver("customers/delete", STR_LIT("{\"id\":71}"));
    resolve_all();
    CHECK_INT(live_number(engine, "test/eve"), 0);
    CHECK_INT(live_number(engine, "test/beatrice"), 1);
}

/* A checkout that the shop tells is no visit. */
static void checkouts(void)
{
    deliver("checkouts/create",
            STR_LIT("{\"token\":\"t\",\"email\":\"eve@example.com\",\"created_at\":"
                    "\"2026-11-01T10:00:00Z\"}"));
    resolve_all();
    CHECK_INT(live_number(engine, "test/checkouts"), 1);
    CHECK_INT(live_number(engine, "test/visits"), 0);
}

#define RANGE(first) "toUInt64OrZero(number) BETWEEN " first "000000 AND " first "999999"
#define STATE                                                                                      \
    "count() AS n FROM (SELECT DISTINCT status, total, refunded, net, valid, channel, campaign, "  \
    "person,"                                                                                      \
    " identified, kind, currency, ordered_at FROM orders WHERE "

static void statements(void)
{
    static const char head[] = "-- columns: n UInt64\nSELECT ";
    static const struct {
        const char *name, *text;
    } all[] = {
        {"sales", "count() AS n FROM orders WHERE " RANGE("1")},
        {"sale_states", STATE RANGE("1") ")"},
        {"sale_right", "count() AS n FROM orders WHERE " RANGE(
                           "1") " AND status = 'paid' AND total = 2000 AND net = 2000 AND valid = "
                                "1 AND identified = 1"
                                " AND channel = 'Email' AND campaign = 'nov'"},
        {"lives", "count() AS n FROM orders WHERE " RANGE("2")},
        {"life_states", STATE RANGE("2") ")"},
        {"life_right",
         "count() AS n FROM orders WHERE " RANGE(
             "2") " AND status = 'cancelled' AND total = 2000 AND refunded = 2000 AND valid = 0"},
        {"deleted", "count() AS n FROM orders WHERE " RANGE("3")},
        {"touches", "count() AS n FROM order_touches WHERE campaign = 'nov'"},
        {"from_export",
         "count() AS n FROM orders WHERE number = '1000000' AND order_key = '#1000000'"
         " AND status = 'refunded' AND channel = 'Email' AND campaign = 'nov'"},
        {"eve", "count() AS n FROM customers WHERE name = 'Eve'"},
        {"beatrice", "count() AS n FROM customers WHERE name = 'Beatrice'"},
        {"withdrawn", "count() AS n FROM consents WHERE state = 'withdrawn'"},
        {"checkouts", "count() AS n FROM sessions WHERE checkouts > 0 AND identified = 1"},
        {"visits", "toUInt64(sum(sessions)) AS n FROM visit_days"},
    };
    char text[1024];

    for (size_t i = 0; i < TM_COUNT(all); i++) {
        snprintf(text, sizeof(text), "%s%s", head, all[i].text);
        live_sql(all[i].name, text);
    }
}

int main(void)
{
    struct source_entry *const sources[] = {&source};
    int rc;

    live_begin();
    statements();
    parser = json_parser_new(HOOK_BODY_MAX);
    shop_begin(sources, TM_COUNT(sources));
    lives();
    products();
    proof();
    exports();
    proof();
    people();
    checkouts();
    rc = shop_end();
    json_parser_free(parser);
    return rc;
}
