/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A shop of a million visitors, each with a device and a log-in of their own, in an engine with
 * well below half of its usual memory: a statement whose memory grows with the data does not get
 * it. */
#include "live.h"

#include "insight/economics.h"
#include "insight/resolve.h"
#include "maturity/measure.h"

static const int64_t as_of = INT64_C(1790726400) * 1000000; /* 2026-09-30 */

/* One visit a person; every tenth person buys. */
static void statements(void)
{
    live_sql(
        "fill_events",
        "INSERT INTO raw_event (import_id, source, line, name, occurred_at, anonymous_id,\n"
        "    user_id, session_id, device, country, channel, order_key)\n"
        "SELECT 1, 'site', number, if(number % 3 = 0, 'page_view', 'order_complete'),\n"
        "    toDateTime64('2026-09-29 00:00:00', 6, 'UTC') - toIntervalMinute(person),\n"
        "    concat('device-of-visitor-', toString(intDiv(number, 3) AS person)),\n"
        "    concat('log-in-of-visitor-', toString(person)), toString(person), 'mobile', 'DE',\n"
        "    'Email', if(number % 3 = 2, toString(person), '')\n"
        "FROM numbers(3000000) WHERE number % 3 = 0 OR (number % 3 = 2 AND person % 10 = 0)");
    live_sql(
        "fill_orders",
        "INSERT INTO raw_order (import_id, source, line, order_key, number, status, ordered_at,\n"
        "    currency, total, customer_id, email)\n"
        "SELECT 1, 'till', number, toString(number * 10), toString(number * 10), 'paid',\n"
        "    toDateTime64('2026-09-29 00:00:00', 6, 'UTC') - toIntervalMinute(number * 10), 'EUR', "
        "5000,\n"
        "    toString(number), concat('buyer', toString(number), '@example.com')\n"
        "FROM numbers(100000)");
    live_sql(
        "fill_messages",
        "INSERT INTO raw_message (import_id, source, line, message_key, name, occurred_at,\n"
        "    channel, campaign_key, email)\n"
        "SELECT 1, 'mail', number, toString(intDiv(number, 2)), if(number % 2 = 0, 'sent', "
        "'opened'),\n"
        "    toDateTime64('2026-09-29 00:00:00', 6, 'UTC') - toIntervalMinute(number), 'email',\n"
        "    toString(number % 7), concat('buyer', toString(intDiv(number, 2)), '@example.com')\n"
        "FROM numbers(200000)");
    live_sql("visits", "-- columns: n UInt64\nSELECT count() AS n FROM sessions");
    live_sql("known",
             "-- columns: n UInt64\nSELECT count() AS n FROM sessions WHERE identified = 1");
    live_sql("bought", "-- columns: n UInt64\nSELECT count() AS n FROM orders\n"
                       "WHERE valid = 1 AND channel = 'Email'\n"
                       "    AND person IN (SELECT person FROM sessions WHERE orders > 0)");
    live_sql("received", "-- columns: n UInt64\nSELECT count() AS n FROM deliveries\n"
                         "WHERE opened_at > sent_at OR opened_at < sent_at");
    live_sql("spilled", "-- columns: n UInt64\nSELECT sum(value) AS n FROM system.events\n"
                        "WHERE event IN ('ExternalAggregationWritePart', 'ExternalJoinWritePart')");
}

int main(void)
{
    static const char *const fills[] = {"test/fill_events", "test/fill_orders",
                                        "test/fill_messages"};
    struct resolve_options how = {.time_zone = "UTC", .currency = "EUR", .as_of = as_of};
    struct measure_options what = {
        .as_of = as_of, .time_zone = "UTC", .margin = NAN, .currency = "EUR"};
    struct economics_options money = {
        .as_of = as_of, .time_zone = "UTC", .currency = "EUR", .decimals = 2};
    struct resolve_summary summary = {0};
    static struct economics figures;
    struct evidence_set *evidence;
    struct model *model = NULL;
    struct engine *e;

    live_begin();
    statements();
    e = live_start((struct engine_options){.memory_bytes = UINT64_C(256) << 20, .threads = 2});
    CHECK_OK(model_load(NULL, &model, &live_err), live_err);
    for (size_t i = 0; i < TM_COUNT(fills); i++)
        CHECK_OK(engine_run(e, fills[i], NULL, 0, &live_err), live_err);

    CHECK_OK(resolve(e, &how, &summary, &live_err), live_err);
    CHECK_INT(live_number(e, "test/visits"), 1000000);
    CHECK_INT(live_number(e, "test/known"), 1000000);
    CHECK_INT(live_number(e, "test/bought"), 100000); /* by the numbers that analytics saw */
    CHECK_INT(live_number(e, "test/received"), 100000);
    CHECK(live_number(e, "test/spilled") > 0); /* else this shows nothing */

    evidence = evidence_set_new(model);
    CHECK_OK(measure(e, &what, evidence, &live_err), live_err);
    CHECK_OK(economics(e, &money, &figures, &live_err), live_err);
    evidence_set_free(evidence);
    model_free(model);
    engine_close(e);
    return tap_done();
}
