/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/sources.h"

#include "base/timestamp.h"
#include "store/sqlite.h"
#include "store/vault.h"

#include <sodium.h>

#define SOURCE_COLUMNS "id, protocol, name, key, ledger, created_us, revoked_us, domain"

static void take(struct stmt *s, struct source_entry *out)
{
    out->id = stmt_col_int(s, 0);
    stmt_col_copy(s, 1, out->protocol, sizeof(out->protocol));
    stmt_col_copy(s, 2, out->name, sizeof(out->name));
    stmt_col_copy(s, 3, out->key, sizeof(out->key));
    out->ledger = stmt_col_int(s, 4) != 0;
    out->created_us = stmt_col_int(s, 5);
    out->revoked_us = stmt_col_int(s, 6);
    stmt_col_copy(s, 7, out->domain, sizeof(out->domain));
}

/* 160 bits in letters and digits alone: it stands in URLs, user names and pages. */
static void make_key(char out[SOURCE_KEY])
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    unsigned char bytes[SOURCE_KEY - 1];

    randombytes_buf(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        out[i] = letters[bytes[i] & 31];
    out[SOURCE_KEY - 1] = '\0';
}

static enum err_code add(struct store *store, struct source_entry *source, struct err *err)
{
    struct stmt s;
    int64_t count;

    TRY(stmt_open(store, "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM live_source", &s, err));
    count = stmt_next(&s) ? stmt_col_int(&s, 0) : 0;
    source->id = stmt_col_int(&s, 1) + 1;
    TRY(stmt_close(&s, err));
    if (count >= STORE_SOURCES_MAX)
        return err_set(err, ERR_TOO_LARGE, "there are %d sources of live data already",
                       STORE_SOURCES_MAX);
    TRY(stmt_open(store,
                  "INSERT INTO live_source (id, protocol, name, key, ledger, created_us, domain)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                  &s, err));
    stmt_int(&s, 1, source->id);
    stmt_textz(&s, 2, source->protocol);
    stmt_textz(&s, 3, source->name);
    stmt_textz(&s, 4, source->key);
    stmt_int(&s, 5, source->ledger);
    stmt_int(&s, 6, source->created_us);
    stmt_textz(&s, 7, source->domain);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_source_add(struct store *store, struct source_entry *io_source, struct err *err)
{
    make_key(io_source->key);
    io_source->created_us = timestamp_now();
    io_source->revoked_us = TIME_NONE;
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, add(store, io_source, err), err);
}

/* Of a statement that changes one source. */
static enum err_code end_change(struct store *store, struct stmt *s, struct err *err)
{
    stmt_next(s);
    TRY(stmt_close(s, err));
    return sqlite3_changes(store->db)
               ? ERR_OK
               : err_set(err, ERR_NOT_FOUND, "there is no such source of live data");
}

enum err_code store_source_revoke(struct store *store, int64_t id, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "UPDATE live_source SET revoked_us = $2 WHERE id = $1 AND revoked_us = 0",
                  &s, err));
    stmt_int(&s, 1, id);
    stmt_int(&s, 2, timestamp_now());
    return end_change(store, &s, err);
}

enum err_code store_source_change(struct store *store, const struct source_entry *source,
                                  struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "UPDATE live_source SET name = $2, domain = $3 WHERE id = $1 AND revoked_us = 0",
                  &s, err));
    stmt_int(&s, 1, source->id);
    stmt_textz(&s, 2, source->name);
    stmt_textz(&s, 3, source->domain);
    return end_change(store, &s, err);
}

enum err_code store_source_rotate(struct store *store, int64_t id, struct source_entry *out,
                                  struct err *err)
{
    char key[SOURCE_KEY];
    struct stmt s;

    make_key(key);
    TRY(stmt_open(store, "UPDATE live_source SET key = $2 WHERE id = $1 AND revoked_us = 0", &s,
                  err));
    stmt_int(&s, 1, id);
    stmt_textz(&s, 2, key);
    TRY(end_change(store, &s, err));
    return store_source_get(store, id, out, err);
}

enum err_code store_source_get(struct store *store, int64_t id, struct source_entry *out,
                               struct err *err)
{
    struct stmt s;
    bool found;

    TRY(stmt_open(store, "SELECT " SOURCE_COLUMNS " FROM live_source WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    found = stmt_next(&s);
    if (found)
        take(&s, out);
    TRY(stmt_close(&s, err));
    return found ? ERR_OK : err_set(err, ERR_NOT_FOUND, "there is no such source of live data");
}

enum err_code store_sources_list(struct store *store, int64_t after, struct source_entry *out,
                                 size_t cap, size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(store,
                  "SELECT " SOURCE_COLUMNS " FROM live_source WHERE id > $1 ORDER BY id LIMIT $2",
                  &s, err));
    stmt_int(&s, 1, after);
    stmt_int(&s, 2, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s))
        take(&s, &out[(*out_n)++]);
    return stmt_close(&s, err);
}

/* ---- secrets ------------------------------------------------------------------------------ */

static void purpose_of(int64_t id, char out[40])
{
    snprintf(out, 40, "live source %" PRId64, id);
}

enum err_code store_source_secret_put(struct store *store, int64_t id, struct str secret,
                                      struct err *err)
{
    TM_CLEANUP(buf_release) struct buf sealed = BUF_INIT(4 * SOURCE_SECRET_MAX);
    char purpose[40];
    struct stmt s;

    if (!secret.n || secret.n > SOURCE_SECRET_MAX)
        return err_set(err, ERR_INVALID, "a secret has 1 to %d bytes", SOURCE_SECRET_MAX);
    purpose_of(id, purpose);
    TRY(vault_seal(store, purpose, secret, &sealed, err));
    TRY(stmt_open(store, "UPDATE live_source SET sealed = $2 WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    stmt_text(&s, 2, buf_str(&sealed));
    return end_change(store, &s, err);
}

enum err_code store_source_forget(struct store *store, int64_t id, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "UPDATE live_source SET sealed = '', domain = '' WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    return end_change(store, &s, err);
}

enum err_code store_source_secret(struct store *store, int64_t id, struct buf *out_secret,
                                  struct err *err)
{
    TM_CLEANUP(buf_release) struct buf sealed = BUF_INIT(4 * SOURCE_SECRET_MAX);
    char purpose[40];
    struct stmt s;

    TRY(stmt_open(store, "SELECT sealed FROM live_source WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    if (stmt_next(&s))
        buf_adds(&sealed, stmt_col_text(&s, 0));
    TRY(stmt_close(&s, err));
    if (!sealed.n)
        return err_set(err, ERR_NOT_FOUND, "this source of live data has no secret");
    purpose_of(id, purpose);
    return vault_open(store, purpose, buf_str(&sealed), out_secret, err);
}

const struct source_entry *source_of_list(const struct source_entry *list, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].id == id)
            return &list[i];
    return NULL;
}
