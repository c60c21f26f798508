/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The files that were imported, and the rows of them that were not used. */
#include "store/ranges_file.h"

#include "base/timestamp.h"

#define COLUMNS                                                                                    \
    "id, path, name, digest, member, size, format, source, status, row_count, stored, merged,"     \
    " rejected, skipped, records, encoding, delimiter, style, newest_us, started_us, ended_us"

void store_write_counts(char *to, size_t size, const int64_t counts[STORE_KINDS])
{
    size_t n = 0;

    for (int i = 0; i < STORE_KINDS; i++)
        n += (size_t)snprintf(to + n, size - n, "%s%" PRId64, i ? " " : "", counts[i]);
    assert(n < size);
}

void store_read_counts(const char *from, int64_t counts[STORE_KINDS])
{
    char *end = NULL;

    for (int i = 0; i < STORE_KINDS; i++, from = end)
        counts[i] = strtoll(from, &end, 10);
}

static void read_entry(struct stmt *s, struct import_entry *e)
{
    char counts[STORE_KINDS * 21 + 1];

    e->id = (uint32_t)stmt_col_int(s, 0);
    stmt_col_copy(s, 1, e->path, sizeof(e->path));
    stmt_col_copy(s, 2, e->name, sizeof(e->name));
    stmt_col_copy(s, 3, e->digest, sizeof(e->digest));
    e->member = stmt_col_int(s, 4);
    e->size = stmt_col_int(s, 5);
    stmt_col_copy(s, 6, e->format, sizeof(e->format));
    stmt_col_copy(s, 7, e->source, sizeof(e->source));
    e->status = (enum import_status)stmt_col_int(s, 8);
    e->rows = stmt_col_int(s, 9);
    e->stored = stmt_col_int(s, 10);
    e->merged = stmt_col_int(s, 11);
    e->rejected = stmt_col_int(s, 12);
    e->skipped = stmt_col_int(s, 13);
    stmt_col_copy(s, 14, counts, sizeof(counts));
    store_read_counts(counts, e->records);
    stmt_col_copy(s, 15, e->encoding, sizeof(e->encoding));
    e->delimiter = (char)stmt_col_int(s, 16);
    stmt_col_copy(s, 17, e->style, sizeof(e->style));
    e->newest_us = stmt_col_int(s, 18);
    e->started_us = stmt_col_int(s, 19);
    e->ended_us = stmt_col_int(s, 20);
}

bool store_import_of_file(const struct import_entry *entry)
{
    return strcmp(entry->format, STORE_FORMAT_LIVE) != 0 &&
           strcmp(entry->format, STORE_FORMAT_SENT) != 0;
}

static enum err_code next_id(struct store *store, uint32_t *out_id, struct err *err)
{
    struct stmt s;
    int64_t id = 0;

    TRY(stmt_open(store, "SELECT coalesce(max(id), 0) + 1 FROM import_file", &s, err));
    if (stmt_next(&s))
        id = stmt_col_int(&s, 0);
    TRY(stmt_close(&s, err));
    if (id <= 0 || id > UINT32_MAX)
        return err_set(err, ERR_STORE, "the workspace has no number left for another import");
    *out_id = (uint32_t)id;
    return ERR_OK;
}

enum err_code store_import_begin(struct store *store, struct import_entry *entry, struct err *err)
{
    struct stmt s;

    TRY(next_id(store, &entry->id, err));
    entry->status = IMPORT_STAGING;
    entry->started_us = timestamp_now();
    TRY(stmt_open(store,
                  "INSERT INTO import_file (id, path, name, digest, member, size, format, source,"
                  " status, started_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                  &s, err));
    stmt_int(&s, 1, entry->id);
    stmt_textz(&s, 2, entry->path);
    stmt_textz(&s, 3, entry->name);
    stmt_textz(&s, 4, entry->digest);
    stmt_int(&s, 5, entry->member);
    stmt_int(&s, 6, entry->size);
    stmt_textz(&s, 7, entry->format);
    stmt_textz(&s, 8, entry->source);
    stmt_int(&s, 9, entry->status);
    stmt_int(&s, 10, entry->started_us);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_import_update(struct store *store, const struct import_entry *entry,
                                  struct err *err)
{
    struct stmt s;
    char counts[STORE_KINDS * 21 + 1];

    store_write_counts(counts, sizeof(counts), entry->records);
    TRY(stmt_open(store,
                  "UPDATE import_file SET format = $2, source = $3, status = $4, row_count = $5,"
                  " stored = $6, merged = $7, rejected = $8, skipped = $9, records = $10,"
                  " encoding = $11, delimiter = $12, style = $13, newest_us = $14,"
                  " ended_us = $15, digest = $16 WHERE id = $1",
                  &s, err));
    stmt_int(&s, 1, entry->id);
    stmt_textz(&s, 2, entry->format);
    stmt_textz(&s, 3, entry->source);
    stmt_int(&s, 4, entry->status);
    stmt_int(&s, 5, entry->rows);
    stmt_int(&s, 6, entry->stored);
    stmt_int(&s, 7, entry->merged);
    stmt_int(&s, 8, entry->rejected);
    stmt_int(&s, 9, entry->skipped);
    stmt_textz(&s, 10, counts);
    stmt_textz(&s, 11, entry->encoding);
    stmt_int(&s, 12, entry->delimiter);
    stmt_textz(&s, 13, entry->style);
    stmt_int(&s, 14, entry->newest_us);
    stmt_int(&s, 15, entry->ended_us);
    stmt_textz(&s, 16, entry->digest);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_import_find(struct store *store, const char *digest, int64_t member,
                                struct import_entry *out_entry, bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT " COLUMNS " FROM import_file WHERE digest = $1 AND member = $2"
                  " AND status = $3 ORDER BY id LIMIT 1",
                  &s, err));
    stmt_textz(&s, 1, digest);
    stmt_int(&s, 2, member);
    stmt_int(&s, 3, IMPORT_DONE);
    *out_found = stmt_next(&s);
    if (*out_found)
        read_entry(&s, out_entry);
    return stmt_close(&s, err);
}

enum err_code store_import_has_size(struct store *store, int64_t size, bool *out_found,
                                    struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT 1 FROM import_file WHERE size = $1 AND status = $2 LIMIT 1", &s,
                  err));
    stmt_int(&s, 1, size);
    stmt_int(&s, 2, IMPORT_DONE);
    *out_found = stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_import_each(struct store *store, int status,
                                enum err_code (*each)(void *ctx, const struct import_entry *entry,
                                                      struct err *err),
                                void *ctx, struct err *err)
{
    struct stmt s;
    enum err_code rc = ERR_OK, end;

    TRY(stmt_open(store,
                  "SELECT " COLUMNS " FROM import_file WHERE $1 < 0 OR status = $1 ORDER BY id", &s,
                  err));
    stmt_int(&s, 1, status);
    while (rc == ERR_OK && stmt_next(&s)) {
        struct import_entry entry;

        read_entry(&s, &entry);
        rc = each(ctx, &entry, err);
    }
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

static enum err_code insert_rejects(struct store *store, uint32_t import_id,
                                    const struct store_reject *rejects, size_t n, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO import_reject (import_id, position, line, reason)"
                  " VALUES ($1, $2, $3, $4)",
                  &s, err));
    for (size_t i = 0; i < n; i++) {
        stmt_int(&s, 1, import_id);
        stmt_int(&s, 2, (int64_t)i);
        stmt_int(&s, 3, rejects[i].line);
        stmt_textz(&s, 4, rejects[i].reason);
        stmt_next(&s);
        stmt_again(&s);
    }
    return stmt_close(&s, err);
}

enum err_code store_rejects_add(struct store *store, uint32_t import_id,
                                const struct store_reject *rejects, size_t n, struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store,
                     insert_rejects(store, import_id, rejects,
                                    n < STORE_REJECTS_KEPT ? n : STORE_REJECTS_KEPT, err),
                     err);
}

enum err_code store_rejects_each(struct store *store, uint32_t import_id,
                                 enum err_code (*each)(void *ctx, int64_t line, struct str reason,
                                                       struct err *err),
                                 void *ctx, struct err *err)
{
    struct stmt s;
    enum err_code rc = ERR_OK, end;

    TRY(stmt_open(store,
                  "SELECT line, reason FROM import_reject WHERE import_id = $1 ORDER BY position",
                  &s, err));
    stmt_int(&s, 1, import_id);
    while (rc == ERR_OK && stmt_next(&s))
        rc = each(ctx, stmt_col_int(&s, 0), stmt_col_text(&s, 1), err);
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

enum err_code store_import_report_put(struct store *store, uint32_t import_id, struct str report,
                                      struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO import_report (import_id, report) VALUES ($1, $2)"
                  " ON CONFLICT (import_id) DO UPDATE SET report = excluded.report",
                  &s, err));
    stmt_int(&s, 1, import_id);
    stmt_text(&s, 2, report);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_import_report_get(struct store *store, uint32_t import_id,
                                      struct buf *out_report, bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT report FROM import_report WHERE import_id = $1", &s, err));
    stmt_int(&s, 1, import_id);
    *out_found = stmt_next(&s);
    if (*out_found)
        buf_adds(out_report, stmt_col_text(&s, 0));
    TRY(stmt_close(&s, err));
    return buf_check(out_report, err);
}
