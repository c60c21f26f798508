/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/segments.h"

#include "base/timestamp.h"
#include "store/sqlite.h"

/* The one of that name but `id`; 0 for none. */
static enum err_code id_of(struct store *store, const char *name, int64_t but, int64_t *out,
                           struct err *err)
{
    struct stmt s;

    *out = 0;
    TRY(stmt_open(store, "SELECT id FROM segment WHERE lower(name) = lower($1) AND id <> $2", &s,
                  err));
    stmt_textz(&s, 1, name);
    stmt_int(&s, 2, but);
    while (stmt_next(&s))
        *out = stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}

static enum err_code next_id(struct store *store, int64_t *out_id, struct err *err)
{
    int64_t count = 0;
    struct stmt s;

    TRY(stmt_open(store, "SELECT count(*), coalesce(max(id), 0) + 1 FROM segment", &s, err));
    if (stmt_next(&s)) {
        count = stmt_col_int(&s, 0);
        *out_id = stmt_col_int(&s, 1);
    }
    TRY(stmt_close(&s, err));
    if (count >= SEGMENTS_MAX)
        return err_set(err, ERR_TOO_LARGE, "a shop has at most %d segments", SEGMENTS_MAX);
    return ERR_OK;
}

static enum err_code write_entry(struct store *store, const struct segment_entry *entry,
                                 const char *sql, int64_t id, bool *out_found, struct err *err)
{
    struct stmt s;

    *out_found = false;
    TRY(stmt_open(store, sql, &s, err));
    stmt_int(&s, 1, id);
    stmt_textz(&s, 2, entry->name);
    stmt_text(&s, 3, entry->text);
    stmt_textz(&s, 4, entry->about);
    stmt_textz(&s, 5, entry->actor);
    stmt_int(&s, 6, timestamp_now());
    while (stmt_next(&s))
        *out_found = true;
    return stmt_close(&s, err);
}

enum err_code store_segment_put(struct store *store, const struct segment_entry *entry,
                                int64_t *out_id, struct err *err)
{
    int64_t other = 0;
    bool found;

    if (!entry->name[0])
        return err_set(err, ERR_INVALID, "a segment needs a name");
    TRY(id_of(store, entry->name, entry->id, &other, err));
    if (other)
        return err_set(err, ERR_EXISTS, "there is a segment \"%s\" already", entry->name);
    *out_id = entry->id;
    if (entry->id) {
        TRY(write_entry(store, entry,
                        "UPDATE segment SET name = $2, text = $3, about = $4, actor = $5,"
                        " changed_us = $6 WHERE id = $1 RETURNING id",
                        entry->id, &found, err));
        return found ? ERR_OK
                     : err_set(err, ERR_NOT_FOUND, "there is no segment %" PRId64, entry->id);
    }
    TRY(next_id(store, out_id, err));
    return write_entry(store, entry,
                       "INSERT INTO segment (id, name, text, about, actor, made_us, changed_us)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $6)",
                       *out_id, &found, err);
}

enum err_code store_segment_remove(struct store *store, int64_t id, struct err *err)
{
    bool found = false;
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM segment WHERE id = $1 RETURNING id", &s, err));
    stmt_int(&s, 1, id);
    while (stmt_next(&s))
        found = true;
    TRY(stmt_close(&s, err));
    return found ? ERR_OK : err_set(err, ERR_NOT_FOUND, "there is no segment %" PRId64, id);
}

enum err_code store_segment_each(struct store *store,
                                 enum err_code (*each)(void *ctx, const struct segment_entry *entry,
                                                       struct err *err),
                                 void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT id, name, text, about, actor, made_us, changed_us FROM segment"
                  " ORDER BY lower(name), id",
                  &s, err));
    while (rc == ERR_OK && stmt_next(&s)) {
        struct segment_entry one = {.id = stmt_col_int(&s, 0),
                                    .text = stmt_col_text(&s, 2),
                                    .made_us = stmt_col_int(&s, 5),
                                    .changed_us = stmt_col_int(&s, 6)};

        stmt_col_copy(&s, 1, one.name, sizeof(one.name));
        stmt_col_copy(&s, 3, one.about, sizeof(one.about));
        stmt_col_copy(&s, 4, one.actor, sizeof(one.actor));
        rc = each(ctx, &one, err);
    }
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}
