/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/store.h"

#include "store/hand_held.h"
#include "store/sqlite.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum err_code store_path(const struct store *store, const char *name, char *out_path, size_t size,
                         struct err *err)
{
    int n = snprintf(out_path, size, "%s/%s", store->dir, name);

    if (n < 0 || (size_t)n >= size)
        return err_set(err, ERR_INVALID, "the path \"%s/%s\" is too long", store->dir, name);
    return ERR_OK;
}

static enum err_code make_dir(const char *path, struct err *err)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return err_errno(err, "making the folder \"%s\"", path);
    return ERR_OK;
}

/* The lock ends with the process, however that ends. */
static enum err_code take_lock(struct store *store, struct err *err)
{
    char path[1100];

    TRY(store_path(store, "lock", path, sizeof(path), err));
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock < 0)
        return err_errno(err, "opening \"%s\"", path);
    if (flock(store->lock, LOCK_EX | LOCK_NB) == 0)
        return ERR_OK;
    if (errno != EWOULDBLOCK)
        return err_errno(err, "locking \"%s\"", path);
    err_set(err, ERR_BUSY, "the workspace \"%s\" is in use by another process", store->dir);
    err_hint(err, "wait until the other command has ended, or use another workspace");
    return ERR_BUSY;
}

static enum err_code connect(struct store *store, struct err *err)
{
    char path[1100];

    TRY(store_path(store, "store.db", path, sizeof(path), err));
    TRY(store_connect(store, path, 0, err));
    TRY(store_exec(store, "PRAGMA foreign_keys=ON", err));
    return store_migrate(store, err);
}

static enum err_code open_in(struct store *store, struct err *err)
{
    char path[1100];

    TRY(make_dir(store->dir, err));
    TRY(take_lock(store, err));
    TRY(store_path(store, "imports", path, sizeof(path), err));
    TRY(make_dir(path, err));
    return connect(store, err);
}

enum err_code store_open(const char *dir, struct store **out_store, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = xcalloc(1, sizeof(*store));
    int n = snprintf(store->dir, sizeof(store->dir), "%s", dir);

    store->lock = -1;
    store->hand = hand_new();
    if (n < 0 || (size_t)n >= sizeof(store->dir))
        return err_set(err, ERR_INVALID, "the path \"%s\" is too long", dir);
    enum err_code rc = open_in(store, err);

    if (rc != ERR_OK) {
        err_context(err, "opening the workspace \"%s\"", dir);
        if (rc == ERR_DENIED)
            err_hint(err, "Allow the user who runs this command to write there, or use another "
                          "workspace.");
        return rc;
    }
    *out_store = store;
    store = NULL;
    return ERR_OK;
}

enum err_code store_again(const struct store *first, struct store **out_store, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = xcalloc(1, sizeof(*store));

    memcpy(store->dir, first->dir, sizeof(store->dir));
    store->lock = -1; /* the first one holds it */
    store->hand = hand_share(first->hand);
    TRY(connect(store, err));
    *out_store = store;
    store = NULL;
    return ERR_OK;
}

enum err_code store_open_beside(const char *dir, struct store **out_store, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = xcalloc(1, sizeof(*store));
    int n = snprintf(store->dir, sizeof(store->dir), "%s", dir);
    char path[1100];

    store->lock = -1;
    store->hand = hand_new();
    if (n < 0 || (size_t)n >= sizeof(store->dir))
        return err_set(err, ERR_INVALID, "the path \"%s\" is too long", dir);
    TRY(store_path(store, "store.db", path, sizeof(path), err));
    TRY(store_connect(store, path, 0, err));
    TRY(store_is_current(store, err));
    *out_store = store;
    store = NULL;
    return ERR_OK;
}

enum err_code store_write_later(struct store *store, bool later, struct err *err)
{
    TRY(store_exec(store, later ? "PRAGMA wal_autocheckpoint=0" : "PRAGMA wal_autocheckpoint=1000",
                   err));
    return store_exec(store, later ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL", err);
}

enum err_code store_settle(struct store *store, struct err *err)
{
    return store_exec(store, "PRAGMA wal_checkpoint(PASSIVE)", err);
}

void store_close(struct store *store)
{
    if (!store)
        return;
    sqlite3_close(store->db);
    hand_free(store->hand);
    if (store->lock >= 0)
        close(store->lock);
    free(store);
}

void store_closep(struct store **store)
{
    store_close(*store);
}

const char *store_dir(const struct store *store)
{
    return store->dir;
}

static enum err_code put_level(struct store *store, const struct published_level *level,
                               struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO published_level (practice, level, scoring, at_us)"
                  " VALUES ($1, $2, $3, $4) ON CONFLICT (practice) DO UPDATE SET"
                  " level = excluded.level, scoring = excluded.scoring, at_us = excluded.at_us",
                  &s, err));
    stmt_textz(&s, 1, level->practice);
    stmt_int(&s, 2, level->level);
    stmt_textz(&s, 3, level->scoring);
    stmt_int(&s, 4, level->at_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_levels_put(struct store *store, const struct published_level *levels, size_t n,
                               struct err *err)
{
    enum err_code rc = ERR_OK;

    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = put_level(store, &levels[i], err);
    return store_end(store, rc, err);
}

enum err_code store_level_get(struct store *store, const char *practice,
                              struct published_level *out_level, bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT practice, level, scoring, at_us FROM published_level"
                  " WHERE practice = $1",
                  &s, err));
    stmt_textz(&s, 1, practice);
    *out_found = stmt_next(&s);
    if (*out_found) {
        stmt_col_copy(&s, 0, out_level->practice, sizeof(out_level->practice));
        out_level->level = (int)stmt_col_int(&s, 1);
        stmt_col_copy(&s, 2, out_level->scoring, sizeof(out_level->scoring));
        out_level->at_us = stmt_col_int(&s, 3);
    }
    return stmt_close(&s, err);
}

enum err_code store_put(struct store *store, const char *key, struct str value, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO kept_value (name, value) VALUES ($1, $2)"
                  " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                  &s, err));
    stmt_textz(&s, 1, key);
    stmt_text(&s, 2, value);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_get(struct store *store, const char *key, struct buf *out_value,
                        bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT value FROM kept_value WHERE name = $1", &s, err));
    stmt_textz(&s, 1, key);
    *out_found = stmt_next(&s);
    if (*out_found)
        buf_adds(out_value, stmt_col_text(&s, 0));
    TRY(stmt_close(&s, err));
    return buf_check(out_value, err);
}

enum err_code store_check(struct store *store, char *out_problem, size_t size, struct err *err)
{
    struct stmt s;

    out_problem[0] = 0;
    TRY(stmt_open(store, "PRAGMA integrity_check(1)", &s, err));
    if (stmt_next(&s) && !str_eqz(stmt_col_text(&s, 0), "ok"))
        stmt_col_copy(&s, 0, out_problem, size);
    return stmt_close(&s, err);
}
