/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/sqlite.h"

/* A disk that is busy with others can hold a commit back for many seconds. */
enum { BUSY_TIMEOUT_MS = 20000 };

static enum err_code fail(sqlite3 *db, int rc, struct err *err)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(err, ERR_BUSY, "the workspace's store is in use: %s", sqlite3_errmsg(db));
    case SQLITE_FULL:
        return err_set(err, ERR_NO_SPACE, "the workspace's disk is full");
    default:
        return err_set(err, ERR_STORE, "the workspace's store: %s", sqlite3_errmsg(db));
    }
}

enum err_code stmt_open(struct store *store, const char *sql, struct stmt *out_stmt,
                        struct err *err)
{
    *out_stmt = (struct stmt){.db = store->db};
    int rc = sqlite3_prepare_v2(store->db, sql, -1, &out_stmt->handle, NULL);

    return rc == SQLITE_OK ? ERR_OK : fail(store->db, rc, err);
}

static int index_of(struct stmt *s, int parameter)
{
    const char *there = sqlite3_bind_parameter_name(s->handle, parameter);
    char name[16];

    if (there && strtol(there + 1, NULL, 10) == parameter) /* mostly they come in order */
        return parameter;
    snprintf(name, sizeof(name), "$%d", parameter);
    int at = sqlite3_bind_parameter_index(s->handle, name);
    assert(at > 0);
    return at;
}

static void keep(struct stmt *s, int rc)
{
    if (s->rc == SQLITE_OK && rc != SQLITE_OK)
        s->rc = rc;
}

void stmt_text(struct stmt *s, int parameter, struct str value)
{
    keep(s, sqlite3_bind_text64(s->handle, index_of(s, parameter), value.p, value.n,
                                SQLITE_TRANSIENT, SQLITE_UTF8));
}

void stmt_bytes(struct stmt *s, int parameter, struct str value)
{
    keep(s, sqlite3_bind_blob64(s->handle, index_of(s, parameter), value.p ? value.p : "", value.n,
                                SQLITE_TRANSIENT));
}

void stmt_bytes_lent(struct stmt *s, int parameter, struct str value)
{
    keep(s, sqlite3_bind_blob64(s->handle, index_of(s, parameter), value.p ? value.p : "", value.n,
                                SQLITE_STATIC));
}

void stmt_textz(struct stmt *s, int parameter, const char *value)
{
    stmt_text(s, parameter, str_of(value));
}

void stmt_int(struct stmt *s, int parameter, int64_t value)
{
    keep(s, sqlite3_bind_int64(s->handle, index_of(s, parameter), value));
}

void stmt_real(struct stmt *s, int parameter, double value)
{
    int at = index_of(s, parameter);

    keep(s, isnan(value) ? sqlite3_bind_null(s->handle, at)
                         : sqlite3_bind_double(s->handle, at, value));
}

bool stmt_next(struct stmt *s)
{
    if (s->rc != SQLITE_OK)
        return false;
    int rc = sqlite3_step(s->handle);

    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        keep(s, rc);
    return rc == SQLITE_ROW;
}

int64_t stmt_col_int(struct stmt *s, int column)
{
    return sqlite3_column_int64(s->handle, column);
}

double stmt_col_real(struct stmt *s, int column)
{
    return sqlite3_column_type(s->handle, column) == SQLITE_NULL
               ? (double)NAN
               : sqlite3_column_double(s->handle, column);
}

struct str stmt_col_text(struct stmt *s, int column)
{
    const char *p = (const char *)sqlite3_column_text(s->handle, column);

    return p ? (struct str){p, (size_t)sqlite3_column_bytes(s->handle, column)} : STR_NONE;
}

struct str stmt_col_bytes(struct stmt *s, int column)
{
    const char *p = sqlite3_column_blob(s->handle, column);

    return p ? (struct str){p, (size_t)sqlite3_column_bytes(s->handle, column)} : STR_NONE;
}

void stmt_col_copy(struct stmt *s, int column, char *to, size_t size)
{
    struct str text = stmt_col_text(s, column);
    size_t n = text.n < size ? text.n : size - 1;

    memcpy(to, text.p, n);
    to[n] = 0;
}

void stmt_again(struct stmt *s)
{
    keep(s, sqlite3_reset(s->handle));
}

enum err_code stmt_close(struct stmt *s, struct err *err)
{
    enum err_code rc = s->rc == SQLITE_OK ? ERR_OK : fail(s->db, s->rc, err);

    sqlite3_finalize(s->handle);
    s->handle = NULL;
    return rc;
}

enum err_code stmt_kept(struct store *store, const char *sql, struct stmt *slot, struct err *err)
{
    return slot->handle ? ERR_OK : stmt_open(store, sql, slot, err);
}

enum err_code stmt_done(struct stmt *s, struct err *err)
{
    struct stmt failed = *s;

    stmt_again(s);
    if (s->rc == SQLITE_OK)
        return ERR_OK;
    failed.rc = s->rc;
    *s = (struct stmt){.db = s->db};
    return stmt_close(&failed, err);
}

enum err_code stmt_run(struct stmt *s, int64_t *out_changed, struct err *err)
{
    while (stmt_next(s))
        ;
    if (out_changed)
        *out_changed = sqlite3_changes64(s->db);
    return stmt_done(s, err);
}

enum err_code store_connect(struct store *store, const char *path, int page_bytes, struct err *err)
{
    char pages[40];

    if (sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK)
        return err_set(err, ERR_STORE, "opening \"%s\": %s", path, sqlite3_errmsg(store->db));
    sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    snprintf(pages, sizeof(pages), "PRAGMA page_size=%d", page_bytes);
    if (page_bytes)
        TRY(store_exec(store, pages, err));
    TRY(store_exec(store, "PRAGMA journal_mode=WAL", err));
    TRY(store_exec(store, "PRAGMA synchronous=FULL", err));
    return store_exec(store, "PRAGMA secure_delete=ON", err);
}

enum err_code store_exec(struct store *store, const char *sql, struct err *err)
{
    int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? ERR_OK : fail(store->db, rc, err);
}

enum err_code store_end(struct store *store, enum err_code rc, struct err *err)
{
    if (rc == ERR_OK)
        rc = store_exec(store, "COMMIT", err);
    if (rc != ERR_OK && !sqlite3_get_autocommit(store->db)) {
        struct err ignored = ERR_INIT;

        if (store_exec(store, "ROLLBACK", &ignored) != ERR_OK)
            err_context(err, "and rolling back failed: %s", ignored.msg);
    }
    return rc;
}

enum err_code store_version(struct store *store, const char *path, int64_t newest, int64_t *out,
                            struct err *err)
{
    struct stmt s;

    *out = 0;
    TRY(stmt_open(store, "PRAGMA user_version", &s, err));
    if (stmt_next(&s))
        *out = stmt_col_int(&s, 0);
    TRY(stmt_close(&s, err));
    if (*out <= newest)
        return ERR_OK;
    err_set(err, ERR_STORE, "\"%s\" was written by a newer Tidemark", path);
    err_hint(err, "use that version of Tidemark, or another workspace");
    return ERR_STORE;
}
