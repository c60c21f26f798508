/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* access_keys.c - keys of programs (store/access.h). */
#include "store/access.h"

#include "store/sqlite.h"

#define KEY_COLUMNS "id, hash, prefix, name, scopes, user_id, created_us, expires_us, used_us"

static void take_key(struct stmt *s, struct key_entry *out)
{
    out->id = stmt_col_int(s, 0);
    stmt_col_copy(s, 1, out->hash, sizeof(out->hash));
    stmt_col_copy(s, 2, out->prefix, sizeof(out->prefix));
    stmt_col_copy(s, 3, out->name, sizeof(out->name));
    out->scopes = (unsigned)stmt_col_int(s, 4);
    out->user_id = stmt_col_int(s, 5);
    out->created_us = stmt_col_int(s, 6);
    out->expires_us = stmt_col_int(s, 7);
    out->used_us = stmt_col_int(s, 8);
}

static enum err_code add(struct store *store, struct key_entry *key, struct err *err)
{
    struct stmt s;
    int64_t count;

    TRY(stmt_open(store, "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM web_key", &s, err));
    count = stmt_next(&s) ? stmt_col_int(&s, 0) : 0;
    key->id = stmt_col_int(&s, 1) + 1;
    TRY(stmt_close(&s, err));
    if (count >= STORE_KEYS_MAX)
        return err_set(err, ERR_TOO_LARGE, "there are %d keys already", STORE_KEYS_MAX);
    TRY(stmt_open(store,
                  "INSERT INTO web_key (" KEY_COLUMNS ") VALUES"
                  " ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
                  &s, err));
    stmt_int(&s, 1, key->id);
    stmt_textz(&s, 2, key->hash);
    stmt_textz(&s, 3, key->prefix);
    stmt_textz(&s, 4, key->name);
    stmt_int(&s, 5, (int64_t)key->scopes);
    stmt_int(&s, 6, key->user_id);
    stmt_int(&s, 7, key->created_us);
    stmt_int(&s, 8, key->expires_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_key_add(struct store *store, struct key_entry *key, struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, add(store, key, err), err);
}

enum err_code store_key_find(struct store *store, const char *hash, struct key_entry *out,
                             bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT " KEY_COLUMNS " FROM web_key WHERE hash = $1", &s, err));
    stmt_textz(&s, 1, hash);
    *out_found = stmt_next(&s);
    if (*out_found)
        take_key(&s, out);
    return stmt_close(&s, err);
}

enum err_code store_key_used(struct store *store, int64_t id, int64_t at_us, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "UPDATE web_key SET used_us = $2 WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    stmt_int(&s, 2, at_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_key_delete(struct store *store, int64_t id, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM web_key WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    return sqlite3_changes(store->db) ? ERR_OK
                                      : err_set(err, ERR_NOT_FOUND, "there is no such key");
}

enum err_code store_keys_list(struct store *store, int64_t after, struct key_entry *out, size_t cap,
                              size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(store, "SELECT " KEY_COLUMNS " FROM web_key WHERE id > $1 ORDER BY id LIMIT $2",
                  &s, err));
    stmt_int(&s, 1, after);
    stmt_int(&s, 2, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s))
        take_key(&s, &out[(*out_n)++]);
    return stmt_close(&s, err);
}
