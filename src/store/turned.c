/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/turned.h"

#include "base/timestamp.h"
#include "store/sqlite.h"

/* Whether that stranger may still be told apart in its hour. */
static enum err_code has_place(struct store *store, const struct turned *one, bool *out,
                               struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT count(DISTINCT key) < $1 OR coalesce(max(key = $2), 0) FROM turned"
                  " WHERE hour = $3 AND source = 0 AND key <> ''",
                  &s, err));
    stmt_int(&s, 1, TURNED_KEYS);
    stmt_textz(&s, 2, one->key);
    stmt_int(&s, 3, one->hour);
    *out = stmt_next(&s) && stmt_col_int(&s, 0) != 0;
    return stmt_close(&s, err);
}

static enum err_code add_one(struct store *store, const struct turned *one, struct err *err)
{
    bool known = true;
    struct stmt s;

    if (one->key[0])
        TRY(has_place(store, one, &known, err));
    TRY(stmt_open(store,
                  "INSERT INTO turned (hour, source, key, why, n, last_us)"
                  " VALUES ($1, $2, $3, $4, $5, $6)"
                  " ON CONFLICT (hour, source, key, why) DO UPDATE SET n = n + excluded.n,"
                  " last_us = max(last_us, excluded.last_us)",
                  &s, err));
    stmt_int(&s, 1, one->hour);
    stmt_int(&s, 2, one->source);
    stmt_textz(&s, 3, known ? one->key : "");
    stmt_textz(&s, 4, one->why);
    stmt_int(&s, 5, one->n);
    stmt_int(&s, 6, one->last_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code let_go(struct store *store, const char *sql, int64_t value, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, sql, &s, err));
    stmt_int(&s, 1, value);
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code keep_bounds(struct store *store, struct err *err)
{
    TRY(let_go(store, "DELETE FROM turned WHERE hour < $1",
               timestamp_now() / US_PER_HOUR - TURNED_KEEP_DAYS * 24, err));
    return let_go(store,
                  "DELETE FROM turned WHERE (hour, source, key, why) IN"
                  " (SELECT hour, source, key, why FROM turned ORDER BY hour DESC, last_us DESC"
                  "  LIMIT -1 OFFSET $1)",
                  TURNED_ROWS, err);
}

enum err_code store_turned_add(struct store *store, const struct turned *list, size_t n,
                               struct err *err)
{
    enum err_code rc = ERR_OK;

    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = add_one(store, &list[i], err);
    if (rc == ERR_OK)
        rc = keep_bounds(store, err);
    return store_end(store, rc, err);
}

enum err_code store_turned_each(struct store *store, int64_t from_hour,
                                enum err_code (*each)(void *ctx, const struct turned *one,
                                                      struct err *err),
                                void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, own;
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT hour, source, key, why, n, last_us FROM turned WHERE hour >= $1"
                  " ORDER BY hour, source, key, why",
                  &s, err));
    stmt_int(&s, 1, from_hour);
    while (rc == ERR_OK && stmt_next(&s)) {
        struct turned one = {.hour = stmt_col_int(&s, 0),
                             .source = stmt_col_int(&s, 1),
                             .n = stmt_col_int(&s, 4),
                             .last_us = stmt_col_int(&s, 5)};

        stmt_col_copy(&s, 2, one.key, sizeof(one.key));
        stmt_col_copy(&s, 3, one.why, sizeof(one.why));
        rc = each(ctx, &one, err);
    }
    own = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? own : rc;
}

enum err_code store_turned_strangers(struct store *store, int64_t from_hour, struct turned *out,
                                     size_t cap, size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(store,
                  "SELECT key, sum(n), max(last_us) AS last FROM turned"
                  " WHERE hour >= $1 AND source = 0 AND key <> ''"
                  " GROUP BY key ORDER BY last DESC, key LIMIT $2",
                  &s, err));
    stmt_int(&s, 1, from_hour);
    stmt_int(&s, 2, (int64_t)cap);
    while (stmt_next(&s)) {
        struct turned *one = &out[(*out_n)++];

        *one = (struct turned){.n = stmt_col_int(&s, 1), .last_us = stmt_col_int(&s, 2)};
        stmt_col_copy(&s, 0, one->key, sizeof(one->key));
    }
    return stmt_close(&s, err);
}
