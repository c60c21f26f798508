/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Files into a real engine: exact totals, every kind's statements, records known before, and what
 * an interrupted move leaves. */
#include "live.h"

#include "intake/import.h"

static struct store *store;
static struct settings settings;
static struct import_ctx ctx;
static struct import_report report;

static const struct import_file *import_file_at(const char *path)
{
    static struct import_file none;
    struct err err = ERR_INIT;

    import_report_release(&report);
    CHECK_OK(import_paths(&ctx, &path, 1, &report, &err), err);
    return report.n ? report.files[0] : &none;
}

static void statements(void)
{
    live_sql("orders", "-- columns: n UInt64\nSELECT count() AS n FROM raw_order");
    live_sql("staged", "-- columns: n UInt64\nSELECT count() AS n FROM stage_order");
    live_sql("events", "-- columns: n UInt64\nSELECT count() AS n FROM raw_event");
    live_sql("returns", "-- columns: n UInt64\nSELECT count() AS n FROM raw_order\n"
                        "WHERE kind = 'return'");
    live_sql("buyers", "-- columns: n UInt64\nSELECT uniqExact(customer_id) AS n FROM raw_order\n"
                       "WHERE customer_id != ''");
    live_sql("micros", "-- columns: n Int64\nSELECT sum(total) AS n FROM raw_line");
    live_sql("lines", "-- columns: n UInt64\nSELECT count() AS n FROM raw_line");
    live_sql("move_back", "ALTER TABLE raw_order MOVE PARTITION 1 TO TABLE stage_order");
}

/* All kinds of records, twice: the second file's are known. */
static void known_records(struct engine *e)
{
    const struct import_file *f;

    temp_writez("a.csv", "event,occurred_at,email,channel,event_id,message_id\n"
                         "page_view,2026-01-02T00:00:00Z,a@example.com,,e1,\n"
                         "message_sent,2026-01-02T00:00:00Z,a@example.com,email,,m1\n"
                         "consent_granted,2026-01-02T00:00:00Z,a@example.com,email,,\n");
    temp_writez("b.csv", "event,occurred_at,email,channel,event_id,message_id\n"
                         "page_view,2026-01-02T00:00:00Z,a@example.com,,e1,\n"
                         "page_view,2026-01-03T00:00:00Z,a@example.com,,e2,\n"
                         "message_sent,2026-01-02T00:00:00Z,a@example.com,email,,m1\n"
                         "message_sent,2026-01-02T00:00:00Z,a@example.com,email,,m2\n");
    f = import_file_at(temp_path("a.csv"));
    CHECK_MSG(f->outcome == IMPORT_STORED, "%s %s", f->err.msg, f->err.context);
    CHECK_INT(f->known[RECORD_EVENT] + f->known[RECORD_MESSAGE], 0);
    f = import_file_at(temp_path("b.csv"));
    CHECK_INT(f->known[RECORD_EVENT], 1);
    CHECK_INT(f->known[RECORD_MESSAGE], 1);
    CHECK_INT(live_number(e, "test/events"), 3);
}

/* The statements of every kind run and return what they declare. */
static void every_kind(void)
{
    struct target target = ctx.target;
    struct err err = ERR_INIT;
    int64_t n;

    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        CHECK_OK(target.known(target.ctx, 999, (enum record_kind)kind, &n, &err), err);
        CHECK_INT(n, 0);
        CHECK_OK(target.move(target.ctx, 999, (enum record_kind)kind, 0, 0, &err), err);
    }
    CHECK_OK(target.drop(target.ctx, 999, &err), err);
}

static enum err_code keep_first(void *out, const struct import_entry *entry, struct err *err)
{
    (void)err;
    if (entry->id == 1)
        *(struct import_entry *)out = *entry;
    return ERR_OK;
}

/* A process that ended between marking the import and moving its rows. */
static void interrupted(struct engine *e)
{
    struct import_entry entry;
    struct err err = ERR_INIT;

    temp_writez("o.csv", "order_id,ordered_at,total,currency\n1,2026-01-02,1.00,EUR\n"
                         "2,2026-01-02,2.00,EUR\n");
    CHECK(import_file_at(temp_path("o.csv"))->outcome == IMPORT_STORED);
    CHECK_OK(store_import_each(store, -1, keep_first, &entry, &err), err);
    entry.status = IMPORT_COMMITTING;
    CHECK_OK(store_import_update(store, &entry, &err), err);
    CHECK_OK(engine_run(e, "test/move_back", NULL, 0, &err), err);
    CHECK_INT(live_number(e, "test/orders"), 0);
    CHECK_OK(import_recover(store, &ctx.target, &err), err);
    CHECK_INT(live_number(e, "test/orders"), 2);
    entry.status = IMPORT_COMMITTING; /* ... or just after moving them */
    CHECK_OK(store_import_update(store, &entry, &err), err);
    CHECK_OK(import_recover(store, &ctx.target, &err), err);
    CHECK_INT(live_number(e, "test/orders"), 2);
    CHECK_INT(live_number(e, "test/staged"), 0);
}

static void online_retail(struct engine *e)
{
    char path[1024];
    const struct import_file *f;

    snprintf(path, sizeof(path), "%s/online-retail/online_retail.csv.xz",
             getenv("TIDEMARK_TEST_DATA"));
    if (access(path, R_OK) != 0) {
        tap_skip("the data set is not there");
        return;
    }
    ctx.options.mapping = EXAMPLES "/online-retail.mapping.yaml";
    f = import_file_at(path);
    ctx.options.mapping = NULL;
    CHECK_MSG(f->outcome == IMPORT_STORED, "%s %s", f->err.msg, f->err.context);
    CHECK_INT(live_number(e, "test/lines"), 541909);
    CHECK_INT(live_number(e, "test/orders"), 25902);
    CHECK_INT(live_number(e, "test/returns"), 3836);
    CHECK_INT(live_number(e, "test/buyers"), 4372);
    CHECK_INT(live_number(e, "test/micros"), INT64_C(9747747934000));
}

int main(void)
{
    TM_CLEANUP(engine_target_freep) struct engine_target *et = NULL;
    struct engine *e;
    struct err err = ERR_INIT;

    live_begin();
    statements();
    e = live_start((struct engine_options){0});
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    settings = settings_default();
    et = engine_target_new(e);
    ctx = (struct import_ctx){
        .store = store, .target = engine_target_door(et), .settings = &settings};
    interrupted(e);
    known_records(e);
    every_kind();
    online_retail(e);
    import_report_release(&report);
    engine_target_freep(&et);
    et = NULL;
    engine_close(e);
    store_close(store);
    return tap_done();
}
