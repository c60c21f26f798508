/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A folder that an earlier version filled: derived tables are made anew, what sources said stays,
 * and a change that cannot be made leaves everything as it was. */
#include "live.h"

#include <dirent.h>

/* sql/schema/ becomes a folder of the test's own, with links to the real files. */
static void own_schema(void)
{
    DIR *dir = opendir(SQL_DIR "/schema");
    struct dirent *entry;

    unlink(temp_path("sql/schema"));
    if (!CHECK(dir != NULL) || mkdir(temp_path("sql/schema"), 0700))
        return;
    while ((entry = readdir(dir))) {
        char from[1024], to[512];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(from, sizeof(from), "%s/schema/%s", SQL_DIR, entry->d_name);
        snprintf(to, sizeof(to), "sql/schema/%s", entry->d_name);
        CHECK(symlink(from, temp_path(to)) == 0);
    }
    closedir(dir);
}

/* A file of sql/schema/ with the first `from` replaced by `to`. */
static void change(const char *file, const char *from, const char *to)
{
    char path[1024], name[256], text[8192], *at;
    struct buf out = BUF_INIT(1 << 16);
    size_t n = 0;
    FILE *f;

    snprintf(path, sizeof(path), "%s/schema/%s", SQL_DIR, file);
    snprintf(name, sizeof(name), "sql/schema/%s", file);
    if (CHECK((f = fopen(path, "rb")) != NULL)) {
        n = fread(text, 1, sizeof(text) - 1, f);
        fclose(f);
    }
    text[n] = 0;
    if (!CHECK((at = strstr(text, from)) != NULL))
        return;
    buf_add(&out, text, (size_t)(at - text));
    buf_addf(&out, "%s%s", to, at + strlen(from));
    unlink(temp_path(name));
    temp_write(name, out.p, out.n);
    buf_release(&out);
}

static struct engine *again(struct engine *e)
{
    engine_close(e);
    return live_start((struct engine_options){0});
}

static void statements(void)
{
    live_sql("fill_refund", "INSERT INTO raw_refund (import_id, source, order_key, reason) SELECT "
                            "number % 150, 'shopify', toString(number), 'too big' "
                            "FROM numbers(1000) "
                            "SETTINGS max_partitions_per_insert_block = 0");
    live_sql("fill_resolved", "INSERT INTO resolved (fingerprint) VALUES (1)");
    live_sql("resolved", "-- columns: n UInt64\nSELECT count() AS n FROM resolved");
    live_sql("fill_orders", "INSERT INTO orders (order_key) VALUES ('1')");
    live_sql("refunds", "-- columns: n UInt64\nSELECT count() AS n FROM raw_refund "
                        "WHERE reason = 'too big' AND toUInt64(order_key) % 150 = import_id");
    live_sql("agents", "-- columns: n Int64\nSELECT sum(agent) AS n FROM raw_refund");
    live_sql("orders", "-- columns: n UInt64\nSELECT count() AS n FROM orders");
    live_sql("gifts", "-- columns: n UInt64\nSELECT count() AS n FROM orders WHERE gift = 0");
    live_sql("next", "-- columns: n UInt64\nSELECT count() AS n FROM system.databases "
                     "WHERE name = 'tidemark_next'");
    live_sql("interrupt", "CREATE DATABASE tidemark_next");
    live_sql("interrupt_table",
             "CREATE TABLE tidemark_next.raw_refund (x UInt8) ENGINE = MergeTree ORDER BY x");
    live_sql("forget", "TRUNCATE TABLE schema_version");
    live_sql("noted", "-- columns: n UInt64\nSELECT uniqExact(name) AS n FROM schema_version");
    live_sql("tables", "-- columns: n UInt64\nSELECT count() - 1 AS n FROM system.tables "
                       "WHERE database = 'tidemark'");
}

int main(void)
{
    struct engine *e, *failed = NULL;
    char dir[1024], sql_dir[1024];

    live_begin();
    own_schema();
    statements();
    e = live_start((struct engine_options){0});
    CHECK_OK(engine_run(e, "test/fill_refund", NULL, 0, &live_err), live_err);
    CHECK_OK(engine_run(e, "test/fill_orders", NULL, 0, &live_err), live_err);
    CHECK_OK(engine_run(e, "test/fill_resolved", NULL, 0, &live_err), live_err);
    CHECK_INT(live_number(e, "test/refunds"), 1000);
    CHECK_INT(live_number(e, "test/noted"), live_number(e, "test/tables"));
    CHECK_STR(engine_added(e), "");

    /* the same version: nothing happens, and words about a table are no part of it */
    change("orders.sql", "The order ledger", "A ledger");
    e = again(e);
    CHECK_INT(live_number(e, "test/orders"), 1);
    CHECK_INT(live_number(e, "test/resolved"), 1);

    /* tables that change, after an attempt that was interrupted */
    CHECK_OK(engine_run(e, "test/interrupt", NULL, 0, &live_err), live_err);
    CHECK_OK(engine_run(e, "test/interrupt_table", NULL, 0, &live_err), live_err);
    change("orders.sql", "nth UInt32", "nth UInt32, gift UInt8");
    change("raw_refund.sql", "    reason ", "    agent Int64 DEFAULT 7,\n    reason ");
    e = again(e);
    CHECK_STR(engine_added(e), "raw_refund.agent");
    CHECK_INT(live_number(e, "test/refunds"), 1000);
    CHECK_INT(live_number(e, "test/agents"), 7000);
    CHECK_INT(live_number(e, "test/gifts"), 0); /* it is there, and to be filled anew */
    CHECK_INT(live_number(e, "test/resolved"), 0);
    CHECK_INT(live_number(e, "test/next"), 0);
    e = again(e);
    CHECK_STR(engine_added(e), "");
    CHECK_INT(live_number(e, "test/agents"), 7000);

    /* a change that the rows do not allow: told, and nothing is lost */
    live_sql("spoil", "INSERT INTO raw_refund (import_id, source, order_key, reason) VALUES "
                      "(1, 'shopify', 'R-1', 'too big')");
    e = again(e);
    CHECK_OK(engine_run(e, "test/spoil", NULL, 0, &live_err), live_err);
    engine_close(e);
    change("raw_refund.sql", "    order_key String", "    order_key UInt64");
    snprintf(dir, sizeof(dir), "%s", temp_path("node"));
    snprintf(sql_dir, sizeof(sql_dir), "%s", temp_path("sql"));
    live_err = ERR_INIT;
    CHECK(engine_open(&(struct engine_options){.dir = dir, .sql_dir = sql_dir}, &failed,
                      &live_err) != ERR_OK);
    CHECK_MSG(strstr(live_err.context, "table raw_refund") &&
                  strstr(live_err.hint, "new workspace"),
              "%s / %s / %s", live_err.msg, live_err.context, live_err.hint);
    change("raw_refund.sql", "    reason ", "    agent Int64 DEFAULT 7,\n    reason ");
    live_sql("refunds", "-- columns: n UInt64\nSELECT count() AS n FROM raw_refund "
                        "WHERE reason = 'too big'");
    e = live_start((struct engine_options){0});
    CHECK_INT(live_number(e, "test/refunds"), 1001);

    /* a folder of before any versions were noted */
    CHECK_OK(engine_run(e, "test/forget", NULL, 0, &live_err), live_err);
    e = again(e);
    CHECK_STR(engine_added(e), "");
    CHECK_INT(live_number(e, "test/refunds"), 1001);
    CHECK_INT(live_number(e, "test/noted"), live_number(e, "test/tables"));
    engine_close(e);
    return tap_done();
}
