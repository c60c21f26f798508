/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where the store may name a customer: every column of text has its word, and none is named that
 * is not there. */
#include "store/erasures.h"

#include "store/sqlite.h"
#include "tap.h"
#include "temp_dir.h"

static bool is_listed(const char *table, const char *column)
{
    for (size_t i = 0; i < store_place_count; i++)
        if (strcmp(store_places[i].table, table) == 0 &&
            strcmp(store_places[i].column, column) == 0)
            return true;
    return false;
}

static void every_column_is_listed(struct store *store)
{
    struct err err = ERR_INIT;
    struct stmt s;
    size_t columns = 0;

    CHECK_OK(stmt_open(store,
                       "SELECT m.name, c.name, c.type FROM sqlite_master m,"
                       " pragma_table_info(m.name) c WHERE m.type = 'table'"
                       " AND m.name NOT LIKE 'sqlite_%'",
                       &s, &err),
             err);
    while (stmt_next(&s)) {
        char table[64], column[64], type[64];

        stmt_col_copy(&s, 0, table, sizeof(table));
        stmt_col_copy(&s, 1, column, sizeof(column));
        stmt_col_copy(&s, 2, type, sizeof(type));
        if (strcmp(type, "TEXT") != 0 && strcmp(type, "BLOB") != 0)
            continue;
        columns++;
        if (!is_listed(table, column))
            CHECK_MSG(false, "src/store/places.c says what %s.%s holds", table, column);
    }
    CHECK_OK(stmt_close(&s, &err), err);
    CHECK_MSG(columns == store_place_count, "%zu columns of text, %zu are listed", columns,
              store_place_count);
}

static void put_text(struct store *store, const char *sql, struct str text)
{
    struct err err = ERR_INIT;
    struct stmt s;

    CHECK_OK(stmt_open(store, sql, &s, &err), err);
    stmt_text(&s, 1, text);
    stmt_next(&s);
    CHECK_OK(stmt_close(&s, &err), err);
}

static void texts_go(struct store *store)
{
    const struct str needle = STR_LIT("ann@example.com");
    struct err err = ERR_INIT;
    int64_t n = 0;

    put_text(store, "INSERT INTO import_reject VALUES (1, 0, 1, $1)",
             STR_LIT("line 7: \"Ann@Example.com\" is no number"));
    put_text(store, "INSERT INTO web_repeat VALUES ('k', 'r', 200, $1, 1)",
             STR_LIT("{\"email\":\"ANN@example.com\"}"));
    put_text(store, "INSERT INTO kept_value VALUES ('suggestions', $1)", STR_LIT("[Ann, Bob]"));
    CHECK_OK(store_find_texts(store, &needle, 1, &n, &err), err);
    CHECK_INT(n, 2);
    CHECK_OK(store_erase_texts(store, &needle, 1, &n, &err), err);
    CHECK_INT(n, 2);
    CHECK_OK(store_find_texts(store, &needle, 1, &n, &err), err);
    CHECK_INT(n, 0);
}

int main(void)
{
    struct store *store = NULL;
    struct err err = ERR_INIT;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    if (!store)
        return tap_done();
    CHECK_OK(store_exec(store, "PRAGMA foreign_keys=OFF", &err), err);
    every_column_is_listed(store);
    texts_go(store);
    CHECK_OK(store_compact(store, &err), err);
    store_close(store);
    return tap_done();
}
