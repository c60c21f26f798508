/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The pages' numbers out of a few records, told by hand, and against the headline facts. */
#include "live.h"

#include "insight/views.h"
#include "intake/import.h"

static struct engine *engine;
static struct view_context context;
static struct buf out = BUF_INIT(1 << 20);

static void write_files(void)
{
    temp_writez("shop/orders.csv",
                "order_id,ordered_at,total,currency,email,refunded,status\n"
                "1,2026-01-10T10:00:00Z,100.00,EUR,ann@example.com,,paid\n"
                "2,2026-01-10T12:00:00Z,10.00,EUR,ann@example.com,,paid\n"
                "3,2026-03-01T10:00:00Z,50.00,EUR,ann@example.com,,paid\n"
                "4,2026-02-10T10:00:00Z,80.00,EUR,bea@example.com,,paid\n"
                "5,2026-06-10T22:30:00Z,40.00,EUR,bea@example.com,5.00,paid\n"
                "6,2026-06-01T10:00:00Z,30.00,EUR,,,paid\n"
                "7,2026-06-02T10:00:00Z,500.00,EUR,cay@example.com,,cancelled\n");
    temp_writez("shop/spend.csv", "channel,date,spent,currency\n"
                                  "meta,2026-01-05,75.00,EUR\n"
                                  "meta,2026-02-01,25.00,EUR\n");
}

static void import_all(void)
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
    CHECK_INT(report.n, 2);
    import_report_release(&report);
    store_close(store);
}

/* The answer, with "name=value" arguments; the error's code where there is one. */
static enum err_code ask(const char *view, enum view_format format, const char *a, const char *b)
{
    struct view_arg args[2];
    struct view_request request = {engine, NULL, &context, args, 0};
    const char *given[] = {a, b};
    char names[2][32];
    struct err err = ERR_INIT;

    for (size_t i = 0; i < 2 && given[i]; i++) {
        size_t n = strcspn(given[i], "=");

        snprintf(names[i], sizeof(names[i]), "%.*s", (int)n, given[i]);
        args[request.arg_count++] = (struct view_arg){names[i], str_of(given[i] + n + 1)};
    }
    buf_reset(&out);
    return view_answer(view_find(view), &request, format, &out, &err);
}

static void check_csv(const char *view, const char *a, const char *b, const char *want)
{
    CHECK_INT(ask(view, VIEW_CSV, a, b), ERR_OK);
    CHECK_MSG(strstr(buf_cstr(&out), want) != NULL, "%s %s: %s in %s", view, a ? a : "", want,
              buf_cstr(&out));
}

static void contexts(void)
{
    struct resolve_options how = {.time_zone = "Asia/Bangkok", .currency = "EUR"};
    struct resolve_summary summary;
    struct err err = ERR_INIT;
    struct view_context other;

    CHECK_OK(view_context_read(engine, &how, 1, &context, &err), err);
    CHECK(!context.fresh);
    CHECK_OK(resolve(engine, &how, &summary, &err), err);
    CHECK_OK(view_context_read(engine, &how, 1, &context, &err), err);
    CHECK(context.fresh);
    CHECK_STR(context.currency, "EUR");
    CHECK_INT(context.as_of_day, civil_to_days(2026, 6, 11)); /* the last order's day there */
    how.time_zone = "UTC";
    CHECK_OK(view_context_read(engine, &how, 1, &other, &err), err);
    CHECK(!other.fresh);
}

/* What the headline facts say of the same days. */
static void facts(void)
{
    const struct param params[] = {PARAM_AT("as_of", context.as_of),
                                   PARAM_STRZ("tz", context.time_zone)};
    TM_CLEANUP(result_freep) struct result *res = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(engine_query(engine, "insight/facts", params, 2, &res, &err), err);
    CHECK(result_next(res));
    CHECK_INT(result_int(res, result_column(res, "revenue")), 30500);
    CHECK_INT(result_int(res, result_column(res, "orders")), 6);
    CHECK_INT(result_int(res, result_column(res, "refunds")), 500);
}

static void numbers(void)
{
    check_csv("revenue", "by=total", NULL, "\r\n,305.00,6,50.83,5.00,3,190.00,2,85.00,1,30.00\r\n");
    check_csv("revenue", "by=month", NULL, "\r\n2026-01-01,110.00,2,55.00,0.00,2,110.00,0,0.00,");
    check_csv("revenue", "by=day", "from=2026-06-11", "\r\n2026-06-11,35.00,1,");
    check_csv("revenue", "by=campaign", NULL, "\r\n,305.00,6,");
    check_csv("products", NULL, NULL, "\r\n,,,305.00,6,0\r\n");
    check_csv("touch", NULL, NULL, "Unassigned,6,305.00,6,305.00,");
    check_csv("spend", "by=total", NULL, "\r\n,100.00,305.00,3.05,2,50.00,");
    check_csv("spend_parts", "by=channel", NULL, "meta,100.00,");
    check_csv("rfm_groups", NULL, NULL, "segment,customers");
    check_csv("customers", "sort=orders", "limit=1",
              "ann@example.com,,2026-01-10,2026-03-01,3,160.00,53.33");
    check_csv("cohorts", NULL, NULL, "2026-02-01,1,4,1,1,1,35.00,0");
    check_csv("search", "q=BEA@", NULL, "bea@example.com,email,2,115.00,2026-06-11");
}

static void bounds(void)
{
    const char *cursor;
    char next[64];

    CHECK_INT(ask("search", VIEW_JSON, "q=3", NULL), ERR_INVALID);
    CHECK_INT(ask("search", VIEW_JSON, NULL, NULL), ERR_INVALID);
    CHECK_INT(ask("revenue", VIEW_JSON, "by=1;DROP TABLE orders", NULL), ERR_INVALID);
    CHECK_INT(ask("revenue", VIEW_JSON, "from=2026-02-30", NULL), ERR_INVALID);
    CHECK_INT(ask("revenue", VIEW_JSON, "limit=5001", NULL), ERR_INVALID);
    CHECK_INT(ask("revenue", VIEW_JSON, "unheard=1", NULL), ERR_INVALID);
    CHECK_INT(ask("person", VIEW_JSON, "person=1 OR 1", NULL), ERR_INVALID);
    CHECK_INT(ask("customers", VIEW_JSON, "cursor=0000000000000000-1", NULL), ERR_INVALID);
    CHECK_INT(ask("customers", VIEW_JSON, "limit=1", NULL), ERR_OK);
    cursor = strstr(buf_cstr(&out), "\"next_cursor\": \"");
    CHECK(cursor != NULL);
    snprintf(next, sizeof(next), "cursor=%.*s", cursor ? (int)strcspn(cursor + 16, "\"") : 0,
             cursor ? cursor + 16 : "");
    CHECK_INT(ask("customers", VIEW_JSON, "limit=1", next), ERR_OK);
    CHECK(strstr(buf_cstr(&out), "bea@example.com") &&
          strstr(buf_cstr(&out), "\"next_cursor\": null"));
}

/* All views answer with their defaults; without records they say what is missing. */
static void all_answer(void)
{
    for (size_t i = 0; views[i]; i++) {
        const char *needed = strcmp(views[i]->name, "search") == 0 ? "q=zz" : NULL;

        if (strncmp(views[i]->name, "person", 6) == 0)
            needed = "person=1";
        CHECK_MSG(ask(views[i]->name, VIEW_JSON, needed, NULL) == ERR_OK, "%s", views[i]->name);
    }
    CHECK_INT(ask("search", VIEW_JSON, "q=zz", NULL), ERR_OK);
    CHECK(strstr(buf_cstr(&out), "\"customers\"") != NULL);
}

int main(void)
{
    live_begin();
    if (mkdir(temp_path("shop"), 0700))
        perror("shop");
    write_files();
    engine = live_start((struct engine_options){0});
    import_all();
    contexts();
    facts();
    numbers();
    bounds();
    all_answer();
    engine_close(engine);
    buf_release(&out);
    return tap_done();
}
