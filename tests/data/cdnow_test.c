/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* CDNOW (Fader and Hardie): everybody who bought for the first time in the first quarter of 1997,
 * with all purchases until June 1998. */
#include "real.h"

static void statements(void)
{
    live_sql("orders", "-- columns: n UInt64\nSELECT count() AS n FROM raw_order");
    live_sql("customers",
             "-- columns: n UInt64\nSELECT uniqExact(customer_id) AS n FROM raw_order");
    live_sql("cents", "-- columns: n Int64\nSELECT sum(total) AS n FROM raw_order");
    live_sql("net", "-- columns: n Int64\nSELECT sum(net) AS n FROM orders WHERE valid = 1");
    live_sql(
        "year_share",
        "-- columns: n Int64\n"
        "SELECT toInt64(round(10000 * sumIf(o.net, o.day > f.day) / sum(o.net))) AS n "
        "FROM orders AS o "
        "INNER JOIN (SELECT person, day FROM orders WHERE nth = 1) AS f ON f.person = o.person "
        "WHERE o.day <= addDays(f.day, 365)");
    live_sql("people", "-- columns: n UInt64\nSELECT uniqExact(person) AS n FROM orders");
}

/* How many of the cohort bought again within so many days; checks the cohort's size. */
static int64_t bought_again(int64_t days)
{
    const struct param params[] = {PARAM_STRZ("cohort_from", "1997-01-01"),
                                   PARAM_STRZ("cohort_to", "1997-03-31"), PARAM_I64("days", days)};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct err err = ERR_INIT;
    int64_t k = -1;

    CHECK_OK(engine_query(real_engine, "insight/second_purchase", params, 3, &res, &err), err);
    while (result_next(res)) {
        k = result_int(res, result_column(res, "k"));
        CHECK_INT(result_int(res, result_column(res, "n")), 23570);
    }
    CHECK_OK(result_status(res, &err), err);
    return k;
}

/* k and n of measure/ret_1 or ret_2 when "now" is a given day. */
static void check_measure(const char *name, const char *as_of, double k, double n)
{
    const struct param params[] = {PARAM_STRZ("as_of", as_of)};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(engine_query(real_engine, name, params, 1, &res, &err), err);
    CHECK(result_next(res));
    CHECK_NEAR(result_real(res, 1), k, 0);
    CHECK_NEAR(result_real(res, 2), n, 0);
    while (result_next(res))
        ;
    CHECK_OK(result_status(res, &err), err);
}

/* Published: 17.5, 29.2 and 45.9 per cent. Purchases on the first day count as the first one;
 * counting them as second ones would give 18.5, 30.0 and 46.5. */
static void second_purchase(void)
{
    CHECK_INT(bought_again(30), 4115);
    CHECK_INT(bought_again(90), 6887);
    CHECK_INT(bought_again(365), 10810);
    CHECK_NEAR(100.0 * 4115 / 23570, 17.5, 0.05);
    CHECK_NEAR(100.0 * 6887 / 23570, 29.2, 0.05);
    CHECK_NEAR(100.0 * 10810 / 23570, 45.9, 0.05);
    /* The measures, on the days when their cohorts are this quarter's. */
    check_measure("measure/ret_1", "1998-06-30 00:00:00", 10810, 23570);
    check_measure("measure/ret_2", "1998-01-01 00:00:00", 6887, 23570);
}

/* Published: 63.4 per cent of what was bought within 365 days of the first order came after its
 * day. Counting second orders of the first day as repeats would give 63.8. */
static void repeat_revenue(void)
{
    const struct param params[] = {PARAM_STRZ("as_of", "1998-06-30 23:59:59"),
                                   PARAM_STRZ("tz", "UTC"), PARAM_I64("days", 3650),
                                   PARAM_I64("refunds", 0)};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct err err = ERR_INIT;
    double repeat = 0, all = 0;

    CHECK_INT(live_number(real_engine, "test/year_share"), 6336);
    CHECK_OK(engine_query(real_engine, "measure/ret_3", params, TM_COUNT(params), &res, &err), err);
    while (result_next(res)) {
        repeat += result_real(res, 1);
        all += result_real(res, 2);
    }
    CHECK_OK(result_status(res, &err), err);
    CHECK_NEAR(all, 250031563, 0);
    CHECK_NEAR(repeat / all, 0.68622, 0.00001); /* of all 18 months; with the first day 0.69019 */
}

int main(void)
{
    const struct import_file *f;

    real_begin("cdnow/CDNOW_master.txt.xz", "cdnow.mapping.yaml");
    statements();
    real_start();
    f = real_import();
    CHECK_MSG(f->outcome == IMPORT_STORED, "%s %s", f->err.msg, f->err.context);
    CHECK_INT(f->entry.rows, 69659);
    CHECK_INT(f->entry.stored, 69659);
    CHECK_INT(live_number(real_engine, "test/orders"), 69659);
    CHECK_INT(live_number(real_engine, "test/customers"), 23570);
    CHECK_INT(live_number(real_engine, "test/cents"), 250031563);
    real_resolve("UTC");
    CHECK_INT(live_number(real_engine, "test/net"), 250031563);
    CHECK_INT(live_number(real_engine, "test/people"), 23570);
    second_purchase();
    repeat_revenue();
    return real_end();
}
