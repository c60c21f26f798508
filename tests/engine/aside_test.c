/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Derived tables made beside those that are read: a reader sees the old ones until the end, or for
 * good when they are let go; raw tables are the same from both sides. */
#include "live.h"

static struct engine *reader;

static void statements(void)
{
    live_sql("fill", "INSERT INTO identity SELECT 1, 1");
    live_sql("more", "INSERT INTO identity SELECT number, 1 FROM numbers(5)");
    live_sql("count", "-- columns: n UInt64\nSELECT count() AS n FROM identity");
    live_sql("raw", "INSERT INTO raw_refund (import_id, source, order_key) VALUES (1, 's', 'R-1')");
    live_sql("raws", "-- columns: n UInt64\nSELECT count() AS n FROM raw_refund");
    live_sql("decide", "INSERT INTO identity_decision VALUES (1, 2, 1)");
    live_sql("decided", "-- columns: n UInt64\nSELECT count() AS n FROM identity_decision");
    live_sql("beside", "-- columns: n UInt64\nSELECT count() AS n FROM system.databases "
                       "WHERE name = 'tidemark_next'");
}

/* A connection made meanwhile reads what the others do. */
static void late_reader(struct engine *e)
{
    struct engine *late;

    CHECK_OK(engine_attach(e, &late, &live_err), live_err);
    CHECK_INT(live_number(late, "test/count"), 1);
    engine_close(late);
}

static void begin(struct engine *e)
{
    CHECK_OK(engine_aside_begin(e, &live_err), live_err);
    late_reader(e);
    CHECK_INT(live_number(e, "test/count"), 0);
    CHECK_INT(live_number(e, "test/raws"), 1);
    CHECK_INT(live_number(e, "test/decided"), 1);
    CHECK_OK(engine_run(e, "test/more", NULL, 0, &live_err), live_err);
    CHECK_INT(live_number(e, "test/count"), 5);
    CHECK_INT(live_number(reader, "test/count"), 1);
}

int main(void)
{
    struct engine *e;

    live_begin();
    statements();
    e = live_start((struct engine_options){0});
    CHECK_OK(engine_attach(e, &reader, &live_err), live_err);
    CHECK_OK(engine_run(e, "test/fill", NULL, 0, &live_err), live_err);
    CHECK_OK(engine_run(e, "test/raw", NULL, 0, &live_err), live_err);
    CHECK_OK(engine_run(e, "test/decide", NULL, 0, &live_err), live_err);

    begin(e);
    CHECK_OK(engine_aside_end(e, NULL, &live_err), live_err);
    CHECK_INT(live_number(e, "test/count"), 1);
    CHECK_INT(live_number(e, "test/beside"), 0);

    begin(e); /* one that was never ended is in nobody's way */
    engine_cancel(e);
    CHECK(engine_run(e, "test/more", NULL, 0, &live_err) == ERR_CANCELLED);
    begin(e);
    CHECK_OK(engine_aside_end(e, "resolved", &live_err), live_err);
    CHECK_INT(live_number(e, "test/count"), 5);
    CHECK_INT(live_number(reader, "test/count"), 5);
    CHECK_INT(live_number(e, "test/raws"), 1);
    CHECK_INT(live_number(e, "test/decided"), 1);
    CHECK_INT(live_number(e, "test/beside"), 0);

    engine_close(reader);
    engine_close(e);
    return tap_done();
}
