/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The shop's own figures, out of a few records whose figures can be told by hand. */
#include "live.h"

#include "insight/economics.h"
#include "insight/resolve.h"
#include "intake/import.h"

static struct economics e;

static void write_files(void)
{
    /* As of 2026-09-30: three customers of the year before last, one of them with a third order;
     * two of the last year; an order without a customer; one that was cancelled. */
    temp_writez("shop/orders.csv",
                "order_id,ordered_at,total,currency,email,refunded,status\n"
                "1,2025-01-10T10:00:00Z,100.00,EUR,a@example.com,,paid\n"
                "2,2025-03-01T10:00:00Z,50.00,EUR,a@example.com,,paid\n"
                "3,2025-05-01T10:00:00Z,30.00,EUR,a@example.com,,paid\n"
                "4,2025-02-10T10:00:00Z,80.00,EUR,b@example.com,,paid\n"
                "5,2025-06-10T10:00:00Z,40.00,EUR,b@example.com,,paid\n"
                "6,2025-03-01T10:00:00Z,60.00,EUR,c@example.com,,paid\n"
                "7,2026-01-05T10:00:00Z,100.00,EUR,d@example.com,,paid\n"
                "8,2026-02-01T10:00:00Z,60.00,EUR,d@example.com,10.00,partially_refunded\n"
                "9,2026-05-01T10:00:00Z,200.00,EUR,e@example.com,,paid\n"
                "10,2026-06-01T10:00:00Z,30.00,EUR,,,paid\n"
                "11,2026-06-02T10:00:00Z,500.00,EUR,f@example.com,,cancelled\n");
    temp_writez("shop/spend.csv", "channel,date,spent,currency\n"
                                  "meta,2026-01-05,75.00,EUR\n"
                                  "meta,2026-02-01,25.00,EUR\n");
    /* Two hold-outs: the larger counts. */
    temp_writez("shop/activity.csv",
                "kind,name,started_at,closed_at,channel,status,outcome,value,sample,has_control\n"
                "experiment,Small,2026-03-01,2026-04-01,email,treated,,9,150,yes\n"
                "experiment,Small,2026-03-01,2026-04-01,email,control,,6,150,\n"
                "experiment,Large,2026-05-01,2026-06-01,email,treated,,50,4000,yes\n"
                "experiment,Large,2026-05-01,2026-06-01,email,control,,10,1000,\n"
                "experiment,Ads,2026-05-01,2026-06-01,meta,treated,,50,9000,yes\n"
                "experiment,Ads,2026-05-01,2026-06-01,meta,control,,10,9000,\n");
}

static void import_all(struct engine *engine)
{
    TM_CLEANUP(engine_target_freep) struct engine_target *target = engine_target_new(engine);
    struct settings settings = settings_default();
    struct import_report report = {0};
    struct store *store = NULL;
    struct err err = ERR_INIT;
    const char *path = temp_path("shop");
    struct import_ctx ctx;

    CHECK_OK(store_open(temp_path("store"), &store, &err), err);
    ctx = (struct import_ctx){
        .store = store, .target = engine_target_door(target), .settings = &settings};
    CHECK_OK(import_paths(&ctx, &path, 1, &report, &err), err);
    for (size_t i = 0; i < report.n; i++)
        CHECK_MSG(report.files[i]->outcome == IMPORT_STORED, "%s", report.files[i]->err.msg);
    CHECK_INT(report.n, 3);
    import_report_release(&report);
    store_close(store);
}

static void work_out(struct engine *engine)
{
    struct resolve_options how = {.time_zone = "UTC", .currency = "EUR"};
    struct economics_options what = {.time_zone = "UTC", .currency = "EUR", .decimals = 2};
    struct resolve_summary summary;
    struct err err = ERR_INIT;

    what.as_of = how.as_of = (int64_t)civil_to_days(2026, 9, 30) * US_PER_DAY + US_PER_DAY / 2;
    CHECK_OK(resolve(engine, &how, &summary, &err), err);
    CHECK_OK(economics(engine, &what, &e, &err), err);
}

static void check_counts(enum figure_id id, double k, double n)
{
    const struct figure *f = &e.figures[id];

    CHECK_MSG(f->known && f->k == k && f->n == n, "%s: known %d, %g of %g", figure_infos[id].name,
              f->known, f->k, f->n);
}

static void check_sums(enum figure_id id, double clusters, double su, double sd)
{
    const struct ratio_sums *s = &e.figures[id].sums;

    CHECK_MSG(e.figures[id].known && s->clusters == clusters && s->su == su && s->sd == sd,
              "%s: known %d, %g clusters, %g of %g", figure_infos[id].name, e.figures[id].known,
              s->clusters, s->su, s->sd);
}

static void check_figures(void)
{
    struct posterior further = figure_posterior(&e, FIGURE_FURTHER_ORDERS);

    check_counts(FIGURE_REVENUE, 0, 38000);
    check_counts(FIGURE_GUEST_REVENUE, 0, 3000);
    check_counts(FIGURE_FIRST_CUSTOMERS, 2, 1);
    check_counts(FIGURE_SECOND_PURCHASE, 2, 3);
    check_counts(FIGURE_SECOND_PURCHASE_90, 1, 2);
    check_sums(FIGURE_FURTHER_ORDERS, 2, 1, 2);
    check_sums(FIGURE_ORDER_VALUE, 3, 38000, 4);
    check_sums(FIGURE_FIRST_ORDER_VALUE, 2, 30000, 2);
    check_sums(FIGURE_REPEAT_ORDER_VALUE, 1, 5000, 1);
    check_sums(FIGURE_REPEAT_SHARE, 2, 5000, 35000);
    check_counts(FIGURE_SPEND, 0, 10000);
    CHECK(e.figures[FIGURE_SALES_PER_SPEND].known);
    CHECK_NEAR(e.figures[FIGURE_SALES_PER_SPEND].sums.su, 15000, 0);
    CHECK_NEAR(e.figures[FIGURE_SALES_PER_SPEND].sums.sd, 10000, 0);
    /* Two own customers beside the twenty that stand for other shops. */
    CHECK_NEAR(further.point, (1 + .53 * 20) / 22, 1e-12);
    CHECK_NEAR(figure_posterior(&e, FIGURE_SECOND_PURCHASE).point, 2. / 3, 1e-12);
    CHECK(!e.figures[FIGURE_VISITS].known && !e.figures[FIGURE_CARTS].known);
    CHECK(!e.figures[FIGURE_CAMPAIGN_YIELD].known && !e.figures[FIGURE_LIST_SIZE].known);
    CHECK_STR(figure_infos[FIGURE_VISITS].missing, "No visits are on record.");
    CHECK(e.messages.known && e.messages.treated_k == 50 && e.messages.treated_n == 4000);
    CHECK(e.messages.control_k == 10 && e.messages.control_n == 1000);
    CHECK_STR(e.currency, "EUR");
}

int main(void)
{
    struct engine *engine;

    live_begin();
    if (mkdir(temp_path("shop"), 0700))
        perror("shop");
    write_files();
    engine = live_start((struct engine_options){0});
    import_all(engine);
    work_out(engine);
    check_figures();
    engine_close(engine);
    return tap_done();
}
