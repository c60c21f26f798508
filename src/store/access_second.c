/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* access_second.c - second factors and their recovery codes (store/access.h). */
#include "store/access.h"

#include "store/sqlite.h"

static enum err_code delete_of(struct store *store, const char *sql, int64_t user_id,
                               struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, sql, &s, err));
    stmt_int(&s, 1, user_id);
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code put(struct store *store, const struct second_entry *second, struct err *err)
{
    struct stmt s;

    TRY(delete_of(store, "DELETE FROM web_recovery WHERE user_id = $1", second->user_id, err));
    TRY(stmt_open(store,
                  "INSERT INTO web_second (user_id, sealed, confirmed_us, last_step)"
                  " VALUES ($1, $2, $3, $4) ON CONFLICT (user_id) DO UPDATE SET"
                  " sealed = excluded.sealed, confirmed_us = excluded.confirmed_us,"
                  " last_step = excluded.last_step",
                  &s, err));
    stmt_int(&s, 1, second->user_id);
    stmt_textz(&s, 2, second->sealed);
    stmt_int(&s, 3, second->confirmed_us);
    stmt_int(&s, 4, second->last_step);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_second_put(struct store *store, const struct second_entry *second,
                               struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, put(store, second, err), err);
}

enum err_code store_second_get(struct store *store, int64_t user_id, struct second_entry *out,
                               bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT user_id, sealed, confirmed_us, last_step FROM web_second"
                  " WHERE user_id = $1",
                  &s, err));
    stmt_int(&s, 1, user_id);
    *out_found = stmt_next(&s);
    if (*out_found) {
        out->user_id = stmt_col_int(&s, 0);
        stmt_col_copy(&s, 1, out->sealed, sizeof(out->sealed));
        out->confirmed_us = stmt_col_int(&s, 2);
        out->last_step = stmt_col_int(&s, 3);
    }
    return stmt_close(&s, err);
}

enum err_code store_second_use(struct store *store, int64_t user_id, int64_t step, bool *out_fresh,
                               struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "UPDATE web_second SET last_step = $2 WHERE user_id = $1 AND last_step < $2", &s,
                  err));
    stmt_int(&s, 1, user_id);
    stmt_int(&s, 2, step);
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    *out_fresh = sqlite3_changes(store->db) > 0;
    return ERR_OK;
}

static enum err_code confirm(struct store *store, int64_t user_id, int64_t at_us,
                             const char (*hashes)[65], size_t n, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "UPDATE web_second SET confirmed_us = $2 WHERE user_id = $1", &s, err));
    stmt_int(&s, 1, user_id);
    stmt_int(&s, 2, at_us);
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    TRY(delete_of(store, "DELETE FROM web_recovery WHERE user_id = $1", user_id, err));
    TRY(stmt_open(store, "INSERT INTO web_recovery (user_id, hash) VALUES ($1, $2)", &s, err));
    for (size_t i = 0; i < n; i++) {
        stmt_int(&s, 1, user_id);
        stmt_textz(&s, 2, hashes[i]);
        stmt_next(&s);
        stmt_again(&s);
    }
    return stmt_close(&s, err);
}

enum err_code store_second_confirm(struct store *store, int64_t user_id, int64_t at_us,
                                   const char (*hashes)[65], size_t n, struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, confirm(store, user_id, at_us, hashes, n, err), err);
}

static enum err_code delete_both(struct store *store, int64_t user_id, struct err *err)
{
    TRY(delete_of(store, "DELETE FROM web_recovery WHERE user_id = $1", user_id, err));
    return delete_of(store, "DELETE FROM web_second WHERE user_id = $1", user_id, err);
}

enum err_code store_second_delete(struct store *store, int64_t user_id, struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, delete_both(store, user_id, err), err);
}

enum err_code store_recovery_take(struct store *store, int64_t user_id, const char *hash,
                                  bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM web_recovery WHERE user_id = $1 AND hash = $2", &s, err));
    stmt_int(&s, 1, user_id);
    stmt_textz(&s, 2, hash);
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    *out_found = sqlite3_changes(store->db) > 0;
    return ERR_OK;
}

enum err_code store_recovery_count(struct store *store, int64_t user_id, int64_t *out,
                                   struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT COUNT(*) FROM web_recovery WHERE user_id = $1", &s, err));
    stmt_int(&s, 1, user_id);
    *out = stmt_next(&s) ? stmt_col_int(&s, 0) : 0;
    return stmt_close(&s, err);
}
