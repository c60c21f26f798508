/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/advertised.h"

#include "base/timestamp.h"
#include "store/sqlite.h"

#include <unistd.h>

enum { VERSION = 2, PLACE = 16 };

struct advertised {
    struct store file; /* its connection */
    struct stmt put;
    char place[PLACE];
    int64_t audience;
};

/* gone_us 0: it is on the list. `seen` tells, while a list is written, who is on the new one. */
static const char schema[] = "CREATE TABLE IF NOT EXISTS advertised ("
                             " place TEXT NOT NULL,"
                             " audience BIGINT NOT NULL,"
                             " line TEXT NOT NULL,"
                             " who BLOB NOT NULL,"
                             " other BLOB NOT NULL,"
                             " seen INTEGER NOT NULL,"
                             " gone_us BIGINT NOT NULL,"
                             " PRIMARY KEY (place, audience, line)) WITHOUT ROWID;"
                             "CREATE INDEX IF NOT EXISTS advertised_who ON advertised (who);"
                             "CREATE INDEX IF NOT EXISTS advertised_other ON advertised (other);"
                             "CREATE TABLE IF NOT EXISTS made ("
                             " place TEXT NOT NULL,"
                             " audience BIGINT NOT NULL,"
                             " made_us BIGINT NOT NULL,"
                             " by TEXT NOT NULL,"
                             " without TEXT NOT NULL,"
                             " members BIGINT NOT NULL,"
                             " left_out BIGINT NOT NULL,"
                             " not_agreed BIGINT NOT NULL,"
                             " unknown BIGINT NOT NULL,"
                             " new BIGINT NOT NULL,"
                             " PRIMARY KEY (place, audience)) WITHOUT ROWID;"
                             "PRAGMA user_version=2;";

static enum err_code connect(struct advertised *a, const char *path, struct err *err)
{
    enum err_code rc;
    int64_t version;

    TRY(store_connect(&a->file, path, 0, err));
    TRY(store_version(&a->file, path, VERSION, &version, err));
    if (version == VERSION)
        return ERR_OK;
    TRY(store_exec(&a->file, "BEGIN IMMEDIATE", err));
    rc = store_version(&a->file, path, VERSION, &version, err);
    if (rc == ERR_OK && version < VERSION)
        rc = store_exec(&a->file, schema, err);
    return store_end(&a->file, rc, err);
}

enum err_code advertised_open(struct store *store, struct advertised **out, struct err *err)
{
    TM_CLEANUP(advertised_closep) struct advertised *a = xcalloc(1, sizeof(*a));
    char path[1200];

    a->file.lock = -1;
    TRY(store_path(store, "ads.db", path, sizeof(path), err));
    TRY(connect(a, path, err));
    *out = a;
    a = NULL;
    return ERR_OK;
}

enum err_code advertised_open_kept(struct store *store, struct advertised **out, struct err *err)
{
    char path[1200];

    *out = NULL;
    TRY(store_path(store, "ads.db", path, sizeof(path), err));
    return access(path, F_OK) == 0 ? advertised_open(store, out, err) : ERR_OK;
}

void advertised_close(struct advertised *a)
{
    if (!a)
        return;
    sqlite3_finalize(a->put.handle);
    sqlite3_close(a->file.db);
    free(a);
}

void advertised_closep(struct advertised **a)
{
    advertised_close(*a);
    *a = NULL;
}

/* ---- a list is written -------------------------------------------------------------------- */

/* A statement about this list, with $3 as a time. */
static enum err_code change(struct advertised *a, const char *sql, int64_t at_us, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&a->file, sql, &s, err));
    stmt_textz(&s, 1, a->place);
    stmt_int(&s, 2, a->audience);
    stmt_int(&s, 3, at_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code advertised_begin(struct advertised *a, const char *place, int64_t audience,
                               struct err *err)
{
    enum err_code rc;

    snprintf(a->place, sizeof(a->place), "%s", place);
    a->audience = audience;
    TRY(store_exec(&a->file, "BEGIN IMMEDIATE", err));
    rc = change(a,
                "UPDATE advertised SET seen = 0 WHERE place = $1 AND audience = $2 AND seen <> $3",
                0, err);
    return rc == ERR_OK ? rc : store_end(&a->file, rc, err);
}

enum err_code advertised_put(struct advertised *a, const struct advertised_person *person,
                             struct err *err)
{
    TRY(stmt_kept(&a->file,
                  "INSERT INTO advertised (place, audience, line, who, other, seen, gone_us)"
                  " VALUES ($1, $2, $3, $4, $5, 2, 0) ON CONFLICT (place, audience, line)"
                  " DO UPDATE SET seen = CASE WHEN gone_us = 0 AND seen <> 2 THEN 1 ELSE 2 END,"
                  " gone_us = 0",
                  &a->put, err));
    stmt_textz(&a->put, 1, a->place);
    stmt_int(&a->put, 2, a->audience);
    stmt_text(&a->put, 3, person->line);
    for (size_t i = 0; i < 2; i++)
        stmt_bytes(&a->put, 4 + (int)i,
                   i < person->who_count ? pseudonym_str(&person->who[i]) : STR_NONE);
    return stmt_run(&a->put, NULL, err);
}

static enum err_code count(struct advertised *a, struct advertised_counts *out, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&a->file,
                  "SELECT coalesce(sum(gone_us = 0), 0), coalesce(sum(seen = 2), 0),"
                  " coalesce(sum(gone_us <> 0), 0) FROM advertised"
                  " WHERE place = $1 AND audience = $2",
                  &s, err));
    stmt_textz(&s, 1, a->place);
    stmt_int(&s, 2, a->audience);
    if (stmt_next(&s))
        *out = (struct advertised_counts){stmt_col_int(&s, 0), stmt_col_int(&s, 1),
                                          stmt_col_int(&s, 2)};
    return stmt_close(&s, err);
}

/* Who is on the list by another line: an address or a name has changed. To take the old line out
 * would take the person off, for places know people by any of what stands on it. */
static const char still_on[] =
    "DELETE FROM advertised AS was WHERE place = $1 AND audience = $2 AND gone_us <> $3"
    " AND EXISTS (SELECT 1 FROM advertised AS now WHERE now.place = $1 AND now.audience = $2"
    " AND now.gone_us = 0 AND ((was.who <> x'' AND (now.who = was.who OR now.other = was.who))"
    " OR (was.other <> x'' AND (now.who = was.other OR now.other = was.other))))";

static enum err_code note(struct advertised *a, const struct advertised_made *made, int64_t new,
                          struct err *err)
{
    const int64_t numbers[] = {made->members, made->left_out, made->not_agreed, made->unknown, new};
    struct stmt s;

    TRY(stmt_open(&a->file,
                  "INSERT OR REPLACE INTO made (place, audience, made_us, by, without, members,"
                  " left_out, not_agreed, unknown, new) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
                  " $10)",
                  &s, err));
    stmt_textz(&s, 1, a->place);
    stmt_int(&s, 2, a->audience);
    stmt_int(&s, 3, made->made_us);
    stmt_textz(&s, 4, made->by);
    stmt_textz(&s, 5, made->without);
    for (size_t i = 0; i < TM_COUNT(numbers); i++)
        stmt_int(&s, 6 + (int)i, numbers[i]);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

static enum err_code end_list(struct advertised *a, const struct advertised_made *made,
                              struct advertised_counts *out, struct err *err)
{
    TRY(change(a,
               "UPDATE advertised SET gone_us = $3 WHERE place = $1 AND audience = $2"
               " AND seen = 0 AND gone_us = 0",
               made->made_us, err));
    TRY(change(a, still_on, 0, err));
    TRY(change(a,
               "DELETE FROM advertised WHERE place = $1 AND audience = $2 AND gone_us <> 0"
               " AND gone_us < $3",
               made->made_us - ADVERTISED_GONE_DAYS * US_PER_DAY, err));
    TRY(count(a, out, err));
    return note(a, made, out->new, err);
}

enum err_code advertised_end(struct advertised *a, enum err_code rc,
                             const struct advertised_made *made, struct advertised_counts *out,
                             struct err *err)
{
    *out = (struct advertised_counts){0};
    if (rc == ERR_OK)
        rc = end_list(a, made, out, err);
    return store_end(&a->file, rc, err);
}

enum err_code advertised_last(struct advertised *a, const char *place, int64_t audience,
                              bool *out_found, struct advertised_made *out, struct err *err)
{
    struct stmt s;

    *out = (struct advertised_made){0};
    TRY(stmt_open(&a->file,
                  "SELECT made_us, by, without, members, left_out, not_agreed, unknown, new,"
                  " (SELECT count(*) FROM advertised WHERE place = $1 AND audience = $2"
                  " AND gone_us = 0), (SELECT count(*) FROM advertised WHERE place = $1"
                  " AND audience = $2 AND gone_us <> 0)"
                  " FROM made WHERE place = $1 AND audience = $2",
                  &s, err));
    stmt_textz(&s, 1, place);
    stmt_int(&s, 2, audience);
    *out_found = stmt_next(&s);
    if (*out_found) {
        out->made_us = stmt_col_int(&s, 0);
        stmt_col_copy(&s, 1, out->by, sizeof(out->by));
        stmt_col_copy(&s, 2, out->without, sizeof(out->without));
        out->members = stmt_col_int(&s, 3);
        out->left_out = stmt_col_int(&s, 4);
        out->not_agreed = stmt_col_int(&s, 5);
        out->unknown = stmt_col_int(&s, 6);
        out->counts = (struct advertised_counts){
            .on = stmt_col_int(&s, 8), .new = stmt_col_int(&s, 7), .gone = stmt_col_int(&s, 9)};
    }
    return stmt_close(&s, err);
}

/* ---- reading and forgetting --------------------------------------------------------------- */

enum err_code advertised_each(struct advertised *a, const char *place, int64_t audience, bool gone,
                              enum err_code (*each)(void *ctx, struct str line, struct err *err),
                              void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;
    struct stmt s;

    TRY(stmt_open(&a->file,
                  "SELECT line FROM advertised WHERE place = $1 AND audience = $2"
                  " AND (gone_us <> 0) = ($3 <> 0) ORDER BY line",
                  &s, err));
    stmt_textz(&s, 1, place);
    stmt_int(&s, 2, audience);
    stmt_int(&s, 3, gone);
    while (rc == ERR_OK && stmt_next(&s))
        rc = each(ctx, stmt_col_text(&s, 0), err);
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

enum err_code advertised_forget(struct advertised *a, const struct pseudonym *who, size_t n,
                                int64_t now_us, int64_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&a->file,
                  "UPDATE advertised SET gone_us = $2 WHERE gone_us = 0"
                  " AND (who = $1 OR other = $1) RETURNING 1",
                  &s, err));
    for (size_t i = 0; i < n; i++) {
        stmt_bytes(&s, 1, pseudonym_str(&who[i]));
        stmt_int(&s, 2, now_us);
        while (stmt_next(&s))
            ++*out_n;
        stmt_again(&s);
    }
    return stmt_close(&s, err);
}

enum err_code advertised_prune(struct advertised *a, int64_t now_us, int64_t *out_n,
                               struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&a->file,
                  "DELETE FROM advertised WHERE gone_us <> 0 AND gone_us < $1 RETURNING 1", &s,
                  err));
    stmt_int(&s, 1, now_us - ADVERTISED_GONE_DAYS * US_PER_DAY);
    while (stmt_next(&s))
        ++*out_n;
    return stmt_close(&s, err);
}
