/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* audit.c - what was done over the web, and answers to repeat (store/access.h). */
#include "store/access.h"

#include "store/sqlite.h"

static enum err_code add(struct store *store, const struct audit_entry *entry, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO audit (id, at_us, actor, action, object, ip, status)"
                  " SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5, $6 FROM audit",
                  &s, err));
    stmt_int(&s, 1, entry->at_us);
    stmt_textz(&s, 2, entry->actor);
    stmt_textz(&s, 3, entry->action);
    stmt_textz(&s, 4, entry->object);
    stmt_textz(&s, 5, entry->ip);
    stmt_int(&s, 6, entry->status);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_audit_add(struct store *store, const struct audit_entry *entries, size_t n,
                              struct err *err)
{
    enum err_code rc = ERR_OK;

    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = add(store, &entries[i], err);
    return store_end(store, rc, err);
}

enum err_code store_audit_list(struct store *store, int64_t before, struct audit_entry *out,
                               size_t cap, size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(store,
                  "SELECT id, at_us, actor, action, object, ip, status FROM audit"
                  " WHERE id < $1 ORDER BY id DESC LIMIT $2",
                  &s, err));
    stmt_int(&s, 1, before > 0 ? before : INT64_MAX);
    stmt_int(&s, 2, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s)) {
        struct audit_entry *e = &out[(*out_n)++];

        e->id = stmt_col_int(&s, 0);
        e->at_us = stmt_col_int(&s, 1);
        stmt_col_copy(&s, 2, e->actor, sizeof(e->actor));
        stmt_col_copy(&s, 3, e->action, sizeof(e->action));
        stmt_col_copy(&s, 4, e->object, sizeof(e->object));
        stmt_col_copy(&s, 5, e->ip, sizeof(e->ip));
        e->status = stmt_col_int(&s, 6);
    }
    return stmt_close(&s, err);
}

static enum err_code forget_repeats(struct store *store, int64_t dead_us, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM web_repeat WHERE at_us < $1", &s, err));
    stmt_int(&s, 1, dead_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_repeat_put(struct store *store, const struct repeat_entry *entry,
                               struct str answer, int64_t dead_us, struct err *err)
{
    struct stmt s;

    TRY(forget_repeats(store, dead_us, err));
    TRY(stmt_open(store,
                  "INSERT INTO web_repeat (key, request, status, answer, at_us)"
                  " VALUES ($1, $2, $3, $4, $5)",
                  &s, err));
    stmt_textz(&s, 1, entry->key);
    stmt_textz(&s, 2, entry->request);
    stmt_int(&s, 3, entry->status);
    stmt_text(&s, 4, answer);
    stmt_int(&s, 5, entry->at_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_repeat_get(struct store *store, const char *key, struct repeat_entry *out,
                               struct buf *out_answer, bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT key, request, status, answer, at_us FROM web_repeat WHERE key = $1", &s,
                  err));
    stmt_textz(&s, 1, key);
    *out_found = stmt_next(&s);
    if (*out_found) {
        stmt_col_copy(&s, 0, out->key, sizeof(out->key));
        stmt_col_copy(&s, 1, out->request, sizeof(out->request));
        out->status = stmt_col_int(&s, 2);
        buf_adds(out_answer, stmt_col_text(&s, 3));
        out->at_us = stmt_col_int(&s, 4);
    }
    TRY(stmt_close(&s, err));
    return buf_check(out_answer, err);
}
