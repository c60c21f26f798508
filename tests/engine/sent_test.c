/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was sent from here feeds the measures as any mailing tool's messages do, once. */
#include "live_shop.h"

#include "insight/views.h"
#include "outreach/message/kept.h"
#include "outreach/results/sent.h"
#include "outreach/values.h"
#include "store/named.h"
#include "store/runs.h"
#include "store/sent.h"

static struct err err = ERR_INIT;
static struct outbox *outbox;
static struct pseudonyms *keys;
static int64_t campaign, flow;

static const char campaign_text[] = "name: Sale\n"
                                    "to:\n  include: [Buyers]\n"
                                    "sends:\n"
                                    "  - {name: opening, message: news, channel: email,"
                                    " when: at once}\n";
static const char flow_text[] = "name: Do not forget\n"
                                "start:\n  event: cart_add\n"
                                "steps:\n"
                                "  - {name: an hour, wait: 1 hour}\n"
                                "  - {name: reminder, send: cart-1, channel: email}\n";
static const char news_text[] = "name: news\nsubject: News of {{ shop.name }}\n"
                                "text: |\n  Dear {{ person.first_name }},"
                                " {{ unsubscribe_url }} {{ shop.address }}\n";

/* Days of November 2026. */
static int64_t at(int day, int hour)
{
    return civil_to_utc(&(struct civil){2026, 11, day, hour, 0, 0, 0});
}

static const char fill_orders[] =
    "INSERT INTO raw_order (import_id, source, line, order_key, number, status, ordered_at,"
    " currency, total, email) VALUES"
    " (901, 'shop', 1, 'o1', '1', 'paid', '2026-11-12 10:00:00', 'EUR', 5000, 'ann@example.com'),"
    " (901, 'shop', 2, 'o2', '2', 'paid', '2026-11-11 10:00:00', 'EUR', 3000, 'bob@example.com')";
static const char fill_consents[] =
    "INSERT INTO raw_consent (import_id, source, line, email, channel, state, changed_at)"
    " SELECT 902, 'shop', k, concat('p', toString(k), '@example.com'), 'email', 'granted',"
    " '2026-01-01 00:00:00' FROM (SELECT arrayJoin(range(10)) AS k)";
static const char fill_carts[] =
    "INSERT INTO raw_event (import_id, source, line, event_key, name, occurred_at, anonymous_id,"
    " email, session_id, platform) VALUES"
    " (903, 'site', 1, 'e1', 'cart_add', '2026-11-14 10:00:00', 'd1', 'ann@example.com', 's', "
    "'web'),"
    " (903, 'site', 2, 'e2', 'cart_add', '2026-11-14 10:00:00', 'd2', 'bob@example.com', 's', "
    "'web')";

static int64_t keep(enum named_kind kind, const char *name, const char *text)
{
    const struct named named = {.kind = kind, .text = str_of(text)};
    struct named n = named;
    int64_t id = 0;

    snprintf(n.name, sizeof(n.name), "%s", name);
    snprintf(n.actor, sizeof(n.actor), "test");
    CHECK_OK(store_named_put(store, &n, &id, &err), err);
    return id;
}

/* Planned, claimed, handed over and taken; its number. */
static int64_t sent(int64_t plan, int64_t step, const char *email, int64_t at_us,
                    bool transactional)
{
    struct outbox_message m = {.campaign = plan,
                               .step = step,
                               .person = (uint64_t)email[0] * 1000 + (uint64_t)email[1],
                               .transactional = transactional,
                               .purpose = "marketing",
                               .channel = "email",
                               .planned_us = at_us,
                               .next_us = at_us,
                               .not_after_us = at_us + US_PER_DAY},
                          due;
    static const enum outbox_state ways[] = {OUTBOX_PLANNED, OUTBOX_CLAIMED, OUTBOX_HANDED_OVER,
                                             OUTBOX_ACCEPTED};
    int64_t claim = 0;
    size_t n = 0;
    bool new, done;

    snprintf(m.address, sizeof(m.address), "%s", email);
    CHECK(pseudonym_email(keys, str_of(email), &m.who));
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_plan(outbox, &m, STR_LIT("{}"), &new, &err), err);
    CHECK_OK(outbox_due(outbox, &(struct outbox_queue){plan, "email"}, at_us, &due, 1, &n, &err),
             err);
    CHECK_INT(n, 1);
    for (size_t i = 0; i + 1 < TM_COUNT(ways); i++) {
        const struct outbox_change c = {.id = due.id,
                                        .claim = claim,
                                        .from = ways[i],
                                        .to = ways[i + 1],
                                        .now_us = at_us,
                                        .lease_us = at_us + US_PER_HOUR};

        CHECK_OK(outbox_change(outbox, &c, &done, &claim, &err), err);
        CHECK(done);
    }
    CHECK_OK(outbox_end(outbox, ERR_OK, &err), err);
    return due.id;
}

static void respond(int64_t message, enum response_kind kind, int64_t at_us, bool machine)
{
    const struct response r = {
        .message = message, .campaign = campaign, .kind = kind, .at_us = at_us, .machine = machine};

    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_respond(outbox, &r, &err), &err), err);
}

static struct sent_summary take_in(void)
{
    const struct sent_ctx ctx = {.store = store,
                                 .engine = engine,
                                 .target = engine_target_door(target),
                                 .settings = &settings};
    struct sent_summary told;

    CHECK_OK(sent_take_in(&ctx, &told, &err), err);
    return told;
}

/* A column of a measure, as of noon of 20 November. */
static double measure(const char *name, const char *column)
{
    const struct param all[] = {PARAM_AT("as_of", at(20, 12)), PARAM_STRZ("tz", "UTC"),
                                PARAM_I64("days", 90), PARAM_I64("refunds", 0)};
    struct param picked[TM_COUNT(all)];
    TM_CLEANUP(result_freep) struct result *res = NULL;
    double value = 0;
    char statement[64];
    size_t n;

    snprintf(statement, sizeof(statement), "measure/%s", name);
    n = engine_pick_params(engine, statement, all, TM_COUNT(all), picked);
    CHECK_OK(engine_query(engine, statement, picked, n, &res, &err), err);
    while (result_next(res))
        for (size_t i = 0; i < result_column_count(res); i++)
            if (strcmp(result_column_name(res, i), column) == 0)
                value += result_real(res, i);
    CHECK_OK(result_status(res, &err), err);
    return value;
}

static void check(const char *name, const char *column, double want)
{
    double got = measure(name, column);

    CHECK_MSG(got == want, "%s %s is %g, not %g", name, column, got, want);
}

/* ---- tests -------------------------------------------------------------------------------- */

static int64_t opening, reminder;
static int64_t ann, bob, cy, dee;

static void fill(void)
{
    int64_t id = 0;

    keep(NAMED_SEGMENT, "Buyers", "number_of_orders > 0");
    CHECK_OK(kept_message_set(store, 0, str_of(news_text), "test", &id, &err), err);
    campaign = keep(NAMED_CAMPAIGN, "Sale", campaign_text);
    flow = keep(NAMED_FLOW, "Do not forget", flow_text);
    opening = value_id("opening");
    reminder = value_id("reminder");
    ann = sent(campaign, opening, "ann@example.com", at(10, 9), false);
    bob = sent(campaign, opening, "bob@example.com", at(10, 9), false);
    cy = sent(campaign, opening, "cy@example.com", at(10, 9), false);
    dee = sent(campaign, opening, "dee@example.com", at(10, 9), false);
    respond(ann, RESPONSE_CLICK, at(10, 10), false);
    respond(bob, RESPONSE_CLICK, at(10, 9), true);
    respond(cy, RESPONSE_HARD, at(10, 10), false);
    respond(dee, RESPONSE_WITHDRAWN, at(10, 11), false);
    sent(flow, reminder, "ann@example.com", at(15, 9), false);
    sent(flow, reminder + 1, "bob@example.com", at(15, 9), true); /* about an order: no marketing */
    CHECK_OK(engine_run(engine, "test/fill_orders", NULL, 0, &err), err);
    CHECK_OK(engine_run(engine, "test/fill_consents", NULL, 0, &err), err);
    CHECK_OK(engine_run(engine, "test/fill_carts", NULL, 0, &err), err);
}

/* sent 5, delivered 4, a click of a person and one of a machine, a bounce, a withdrawal. */
enum { RECORDS = 5 + 4 + 2 + 1 + 1 };

static void test_measures(void)
{
    shop_resolve(at(20, 12));
    check("eml_1_per_month", "k", 0);
    check("aut_1", "value", 0);
    check("aut_2", "known", 0);
    check("per_2_segments", "value", 0);
    CHECK_INT(take_in().records, RECORDS);
    shop_resolve(at(20, 12));
    check("eml_1_per_month", "k", 1);
    check("eml_1_months", "value", 1);
    check("eml_3", "n", 3);
    check("eml_3", "k", 1);
    check("eml_4", "u", 5000); /* bob's click was a machine's */
    check("eml_4", "d", 8000);
    check("aut_1", "value", 1);
    check("aut_2", "n", 2);
    check("aut_2", "k", 1);
    check("aut_5", "d", 0); /* fewer than twelve campaigns a year */
    check("per_1", "n", 1);
    check("per_1", "k", 1); /* four of ten */
    check("per_2_segments", "value", 1);
    check("per_3", "n", 5);
    check("per_3", "k", 1); /* the reminder shows what is in the cart */
    check("lst_3", "k", 1);
    check("lst_3", "n", 3);
    CHECK_INT(live_number(engine, "test/steps"), 4);
}

/* Figures made again, or from the stores alone, are the same. */
static void test_again(void)
{
    int64_t waiting = -1, all = -1;

    CHECK_INT(take_in().records, 0);
    CHECK_INT(live_number(engine, "test/rows"), RECORDS);
    CHECK_OK(
        target_drop_moved(engine, (uint32_t)live_number(engine, "test/import"), NULL, NULL, &err),
        err);
    CHECK_INT(live_number(engine, "test/rows"), 0);
    CHECK_INT(take_in().records, RECORDS);
    CHECK_INT(live_number(engine, "test/rows"), RECORDS);
    CHECK_INT(live_number(engine, "test/partitions"), 1);
    CHECK_OK(sent_waiting(store, &waiting, &all, &err), err);
    CHECK_INT(waiting, 0);
    CHECK_INT(all, 1);
}

static enum err_code cut_off(void *ctx, const struct import_entry *entry, struct err *e)
{
    (void)e;
    if (strcmp(entry->format, STORE_FORMAT_SENT) == 0)
        *(struct import_entry *)ctx = *entry;
    return ERR_OK;
}

/* A process that ended after its records were moved, before it could say so. */
static void test_cut_off(void)
{
    struct import_entry *entry = xcalloc(1, sizeof(*entry));
    int64_t waiting = -1, all = -1;

    CHECK_OK(store_import_each(store, IMPORT_DONE, cut_off, entry, &err), err);
    entry->status = IMPORT_STAGING;
    CHECK_OK(store_import_update(store, entry, &err), err);
    CHECK_OK(sent_waiting(store, &waiting, &all, &err), err);
    CHECK_INT(waiting, 1);
    CHECK_INT(take_in().records, RECORDS);
    CHECK_INT(live_number(engine, "test/rows"), RECORDS);
    free(entry);
}

/* A target whose calls fail from one of them on, as if the process had ended there. */
static struct target real;
static int calls, calls_until;

static enum err_code goes_on(struct err *e)
{
    return ++calls < calls_until ? ERR_OK : err_set(e, ERR_ENGINE, "it ended here");
}

static enum err_code end_begin(void *ctx, uint32_t id, const char *source, int attempt,
                               struct err *e)
{
    TRY(goes_on(e));
    return real.begin(ctx, id, source, attempt, e);
}

static enum err_code end_put(void *ctx, enum record_kind kind, const void *record, struct err *e)
{
    TRY(goes_on(e));
    return real.put(ctx, kind, record, e);
}

static enum err_code end_finish(void *ctx, struct err *e)
{
    TRY(goes_on(e));
    return real.finish(ctx, e);
}

static enum err_code end_move(void *ctx, uint32_t id, enum record_kind kind, int64_t before,
                              int64_t count, struct err *e)
{
    TRY(goes_on(e));
    return real.move(ctx, id, kind, before, count, e);
}

static enum err_code end_drop(void *ctx, uint32_t id, struct err *e)
{
    TRY(goes_on(e));
    return real.drop(ctx, id, e);
}

/* Wherever it ends, the next one makes it whole. */
static void test_ends_anywhere(void)
{
    struct target ending = real = engine_target_door(target);
    struct import_entry *entry = xcalloc(1, sizeof(*entry));
    struct sent_ctx ctx = {.store = store, .engine = engine, .settings = &settings};
    struct sent_summary told;
    struct err ended = ERR_INIT;
    enum err_code rc = ERR_ENGINE;

    ending.begin = end_begin;
    ending.put = end_put;
    ending.finish = end_finish;
    ending.move = end_move;
    ending.drop = end_drop;
    ctx.target = ending;
    /* One record is as another: not at each of them. */
    for (calls_until = 1; rc != ERR_OK && calls_until < 100;
         calls_until = calls_until == 4 ? RECORDS : calls_until + 1) {
        CHECK_OK(store_import_each(store, -1, cut_off, entry, &err), err);
        snprintf(entry->digest, sizeof(entry->digest), "sent before");
        CHECK_OK(store_import_update(store, entry, &err), err);
        calls = 0;
        ended = (struct err)ERR_INIT;
        rc = sent_take_in(&ctx, &told, &ended);
        if (rc != ERR_OK)
            CHECK_INT(take_in().records, RECORDS);
        CHECK_INT(live_number(engine, "test/rows"), RECORDS);
    }
    CHECK_INT(rc, ERR_OK);
    CHECK(calls_until > RECORDS + 5);
    CHECK_INT(live_number(engine, "test/partitions"), 1);
    free(entry);
}

/* What came later is there the next time, and what was taken for a person's is so no more. */
static void test_later(void)
{
    respond(dee, RESPONSE_CLICK, at(11, 9), false);
    CHECK_INT(take_in().records, RECORDS + 1);
    shop_resolve(at(20, 12));
    check("eml_3", "k", 2);
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_respond_machine(outbox, dee, at(11, 9), &err), &err), err);
    CHECK_INT(take_in().records, RECORDS + 1);
    shop_resolve(at(20, 12));
    check("eml_3", "k", 1);
}

/* Single messages that were imported count beside ours, as long as nobody tells totals. */
static void test_singles(void)
{
    CHECK_OK(engine_run(engine, "test/fill_singles", NULL, 0, &err), err);
    shop_resolve(at(20, 12));
    check("eml_1_per_month", "k", 2);
    check("eml_4", "u", 5000 + 3000);
    check("per_2_segments", "value", 3); /* two of them in one word */
    check("eml_3", "n", 4);
    CHECK_OK(target_drop_moved(engine, 906, NULL, NULL, &err), err);
}

/* Totals of another tool stand beside: two campaigns of theirs, one of ours. */
static void test_beside(void)
{
    CHECK_OK(engine_run(engine, "test/fill_mailings", NULL, 0, &err), err);
    shop_resolve(at(20, 12));
    check("eml_1_per_month", "k", 3);
    check("eml_4", "u", 5000 + 2000);
    check("per_2_segments", "value", 2);
    check("per_1", "n", 3);
}

/* ---- what it brought ---------------------------------------------------------------------- */

enum { HALF = 60 };

/* Of 120 people who start the flow every second is held out; 30 of those who are not order for 10
 * euros within ten days, 12 of those who are. Others order before it, or after. */
static void fill_arms(void)
{
    TM_CLEANUP(result_freep) struct result *res = NULL;
    uint64_t people[2 * HALF] = {0};
    size_t n = 0;

    CHECK_OK(engine_run(engine, "test/fill_arms", NULL, 0, &err), err);
    CHECK_OK(engine_query(engine, "test/numbers", NULL, 0, &res, &err), err);
    while (result_next(res) && n < TM_COUNT(people))
        people[n++] = result_uint(res, 0);
    CHECK_OK(result_status(res, &err), err);
    CHECK_INT(n, 2 * HALF);
    CHECK_OK(outbox_begin(outbox, &err), err);
    for (size_t i = 0; i < n; i++) {
        struct run run = {.flow = flow,
                          .occurrence = 1,
                          .person = people[i],
                          .held_out = i % 2 == 1,
                          .wake_us = at(5, 8),
                          .started_us = at(5, 8),
                          .changed_us = at(5, 8)};
        bool new;

        memcpy(run.who.bytes, &people[i], sizeof(people[i]));
        CHECK_OK(run_start(outbox, &run, STR_LIT("{}"), &new, &err), err);
    }
    CHECK_OK(outbox_end(outbox, ERR_OK, &err), err);
}

static const char *ask(const char *view, const char *name, const char *value)
{
    static struct buf out = BUF_INIT(1 << 20);
    const struct resolve_options how = {.time_zone = "UTC", .currency = "EUR", .as_of = at(20, 12)};
    struct view_context context;
    const struct view_arg args[] = {{name, str_of(value)}};
    const struct view_request request = {engine, NULL, &context, args, 1};

    buf_reset(&out);
    CHECK_OK(view_context_read(engine, &how, 1, &context, &err), err);
    CHECK_OK(view_answer(view_find(view), &request, VIEW_CSV, &out, &err), err);
    return buf_cstr(&out);
}

static void test_brought(void)
{
    const char *told;

    fill_arms();
    shop_resolve(at(20, 12));
    told = ask("lift", "days", "10");
    /* 5.00 and 2.00 a person; of 60: 180 more. Shares by Newcombe: 0.5 - 0.2 of 60 each. */
    CHECK_MSG(strstr(told, "flow,Do not forget,60,60,0,5.00,2.00,3.00,"), "%s", told);
    CHECK_MSG(strstr(told, ",180.00,"), "%s", told);
    CHECK_MSG(strstr(told, ",lift_more,0.5,0.2,0.3,"), "%s", told);
    told = ask("lift", "days", "30");
    CHECK_MSG(strstr(told, "flow,Do not forget,0,0,120,,,"), "%s", told);
    CHECK_MSG(strstr(told, ",lift_early,"), "%s", told);
    told = ask("results", "from", "2026-11-01");
    CHECK_MSG(strstr(told, "campaign,Sale,opening,email,4,3,0,1,1,1,0,1,50.00,"), "%s", told);
    CHECK_MSG(strstr(told, "flow,Do not forget,reminder,email,1,1,0,0,0,0,0,0,0.00,"), "%s", told);
}

static void test_renamed(void)
{
    const struct named was = {
        .id = campaign, .kind = NAMED_CAMPAIGN, .text = str_of(campaign_text)};
    struct named n = was;
    int64_t id;

    snprintf(n.name, sizeof(n.name), "Big sale");
    snprintf(n.actor, sizeof(n.actor), "test");
    CHECK_OK(store_named_put(store, &n, &id, &err), err);
    CHECK(take_in().records > 0);
    shop_resolve(at(20, 12));
    check("eml_1_per_month", "k", 3);
}

/* Of whom is erased nothing is left; the others stay. */
static void test_forgotten(void)
{
    struct pseudonym who;
    int64_t n = 0;

    CHECK(pseudonym_email(keys, STR_LIT("ann@example.com"), &who));
    CHECK_OK(outbox_begin(outbox, &err), err);
    CHECK_OK(outbox_end(outbox, outbox_forget(outbox, &who, 1, at(20, 12), &n, &err), &err), err);
    CHECK_INT(n, 2);
    CHECK(take_in().records > 0);
    CHECK_INT(live_number(engine, "test/of_ann"), 0);
    CHECK_INT(live_number(engine, "test/of_bob"), 3);
    settings.keep_messages = 1; /* all of it is older than a day */
    respond(bob, RESPONSE_OPEN, at(12, 9), false);
    CHECK_INT(take_in().records, 0);
    CHECK_INT(live_number(engine, "test/rows"), 0);
    settings.keep_messages = 0;
}

int main(void)
{
    live_begin();
    live_sql("fill_orders", fill_orders);
    live_sql("fill_consents", fill_consents);
    live_sql("fill_carts", fill_carts);
    live_sql("fill_singles",
             "INSERT INTO raw_message (import_id, source, line, message_key, name, occurred_at,"
             " channel, campaign_key, audience, email) SELECT 906, 'other', k, 'x', ['sent',"
             " 'delivered', 'clicked'][k], toDateTime64('2026-11-11 07:00:00', 6, 'UTC'), 'email',"
             " 'Theirs', 'Teas, Cups', 'bob@example.com' FROM (SELECT arrayJoin([1, 2, 3]) AS k)");
    live_sql("fill_mailings",
             "INSERT INTO raw_mailing (import_id, source, line, kind, item_key, name, channel,"
             " status, audience, sent_at, recipients, delivered, clicks, orders, revenue, currency)"
             " VALUES (904, 'klaviyo', 1, 'campaign', 'k1', 'k1', 'email', 'sent', 'Readers',"
             " '2026-11-10 08:00:00', 5, 5, 1, 1, 2000, 'EUR'),"
             " (904, 'klaviyo', 2, 'campaign', 'k2', 'k2', 'email', 'sent', 'Buyers',"
             " '2026-11-03 08:00:00', 5, 5, 1, 0, 0, 'EUR')");
    live_sql(
        "fill_arms",
        "INSERT INTO raw_order (import_id, source, line, order_key, number, status, ordered_at,"
        " currency, total, email) SELECT 905, 'shop', k, concat('a', toString(k)), toString(k),"
        " 'paid', multiIf(k % 2 = 0 ? k < 60 : k < 24, toDateTime64('2026-11-06 00:00:00', 6,"
        " 'UTC'), k % 4 < 2, toDateTime64('2026-11-05 07:59:59', 6, 'UTC'),"
        " toDateTime64('2026-11-15 08:00:00', 6, 'UTC')), 'EUR', 1000,"
        " concat('arm', toString(k), '@example.com') FROM (SELECT arrayJoin(range(120)) AS k)");
    live_sql("numbers",
             "-- columns: id UInt64\nSELECT cityHash64('email', concat('arm', toString(k),"
             " '@example.com')) AS id FROM (SELECT arrayJoin(range(120)) AS k) ORDER BY k");
    live_sql("rows", "-- columns: n UInt64\nSELECT count() AS n FROM raw_message");
    live_sql("import", "-- columns: n UInt32\nSELECT max(import_id) AS n FROM raw_message");
    live_sql("partitions",
             "-- columns: n UInt64\nSELECT uniqExact(import_id) AS n FROM raw_message");
    live_sql("steps", "-- columns: n UInt64\nSELECT count() AS n FROM deliveries"
                      " WHERE step_key = 'opening' AND campaign_key = 'Sale'");
    live_sql("of_ann", "-- columns: n UInt64\nSELECT count() AS n FROM raw_message"
                       " WHERE email = 'ann@example.com'");
    live_sql("of_bob", "-- columns: n UInt64\nSELECT count() AS n FROM raw_message"
                       " WHERE email = 'bob@example.com'");
    shop_begin(NULL, 0);
    CHECK_OK(pseudonyms_open(store, &keys, &err), err);
    CHECK_OK(outbox_open(store, &outbox, &err), err);
    fill();
    test_measures();
    test_again();
    test_cut_off();
    test_ends_anywhere();
    test_later();
    test_singles();
    test_beside();
    test_brought();
    test_renamed();
    test_forgotten();
    outbox_close(outbox);
    pseudonyms_close(keys);
    return shop_end();
}
