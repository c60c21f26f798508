/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* "Online Retail" (Chen, UCI): a year of a shop's invoice lines, with known totals. */
#include "real.h"

#define CLEAN                                                                                      \
    "FROM raw_line AS l INNER JOIN raw_order AS o ON o.order_key = l.order_key\n"                  \
    "WHERE o.customer_id != '' AND NOT startsWith(l.order_key, 'C')\n"                             \
    "AND l.quantity > 0 AND l.unit_price > 0"
#define ONE(number) "-- columns: n Int64\nSELECT toInt64(" number ") AS n "

static void statements(void)
{
    live_sql("lines", ONE("count()") "FROM raw_line");
    live_sql("orders", ONE("count()") "FROM raw_order");
    live_sql("returns", ONE("count()") "FROM raw_order WHERE kind = 'return'");
    live_sql("customers", ONE("uniqExact(customer_id)") "FROM raw_order WHERE customer_id != ''");
    live_sql("countries", ONE("uniqExact(country)") "FROM raw_order");
    live_sql("micros", ONE("sum(toInt64(quantity) * unit_price)") "FROM raw_line");
    live_sql("clean_lines", ONE("count()") CLEAN);
    live_sql("clean_orders", ONE("uniqExact(l.order_key)") CLEAN);
    live_sql("clean_customers", ONE("uniqExact(o.customer_id)") CLEAN);
    live_sql("clean_micros", ONE("sum(toInt64(l.quantity) * l.unit_price)") CLEAN);
    live_sql("staged", ONE("count()") "FROM stage_line");
}

/* Recency on 10 December 2011, frequency and money of a customer, by the clean rule. */
static void rfm_statements(const char *customer)
{
    static const struct {
        const char *name, *number;
    } all[] = {
        {"recency", "dateDiff('day', max(toDate(o.ordered_at, 'Europe/London')), "
                    "toDate('2011-12-10'))"},
        {"frequency", "uniqExact(l.order_key)"},
        {"money", "sum(toInt64(l.quantity) * l.unit_price)"},
    };

    for (size_t i = 0; i < TM_COUNT(all); i++) {
        char name[64], text[1024];

        snprintf(name, sizeof(name), "%s_%s", all[i].name, customer);
        snprintf(text, sizeof(text), ONE("%s") CLEAN " AND toUInt32(toFloat64(o.customer_id)) = %s",
                 all[i].number, customer);
        live_sql(name, text);
    }
}

static void raw_figures(void)
{
    struct engine *e = real_engine;

    CHECK_INT(live_number(e, "test/lines"), 541909);
    CHECK_INT(live_number(e, "test/orders"), 25900);
    CHECK_INT(live_number(e, "test/returns"), 3836);
    CHECK_INT(live_number(e, "test/customers"), 4372);
    CHECK_INT(live_number(e, "test/countries"), 38);
    CHECK_INT(live_number(e, "test/micros"), INT64_C(9747747934000));
    CHECK_INT(live_number(e, "test/staged"), 0);
}

static void clean_figures(void)
{
    struct engine *e = real_engine;

    CHECK_INT(live_number(e, "test/clean_lines"), 397884);
    CHECK_INT(live_number(e, "test/clean_orders"), 18532);
    CHECK_INT(live_number(e, "test/clean_customers"), 4338);
    CHECK_INT(live_number(e, "test/clean_micros"), INT64_C(8911407904000));
    CHECK_INT(live_number(e, "test/recency_12346"), 326);
    CHECK_INT(live_number(e, "test/frequency_12346"), 1);
    CHECK_INT(live_number(e, "test/money_12346"), INT64_C(77183600000));
    CHECK_INT(live_number(e, "test/recency_12347"), 3);
    CHECK_INT(live_number(e, "test/frequency_12347"), 7);
    CHECK_INT(live_number(e, "test/money_12347"), INT64_C(4310000000));
}

/* First orders of December 2010, in the resolved tables. */
static void cohort(void)
{
    const struct param params[] = {PARAM_STRZ("cohort_from", "2010-12-01"),
                                   PARAM_STRZ("cohort_to", "2010-12-31"), PARAM_I64("days", 365)};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(engine_query(real_engine, "insight/second_purchase", params, 3, &res, &err), err);
    while (result_next(res))
        CHECK_INT(result_int(res, result_column(res, "n")), 885);
    CHECK_OK(result_status(res, &err), err);
}

int main(void)
{
    const struct import_file *f;

    real_begin("online-retail/online_retail.csv.xz", "online-retail.mapping.yaml");
    statements();
    rfm_statements("12346");
    rfm_statements("12347");
    real_start();
    f = real_import();
    CHECK_MSG(f->outcome == IMPORT_STORED, "%s %s", f->err.msg, f->err.context);
    CHECK_INT(f->entry.rows, 541909);
    CHECK_INT(f->entry.stored, 541909);
    raw_figures();
    clean_figures();
    CHECK(real_import()->outcome == IMPORT_ALREADY);
    raw_figures();
    real_resolve("Europe/London");
    cohort();
    return real_end();
}
