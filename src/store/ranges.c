/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/ranges.h"

#include "base/timestamp.h"
#include "store/ranges_file.h"

static void read_batch(struct stmt *s, int from, struct range_batch *out)
{
    char counts[COUNTS_TEXT];

    out->last = stmt_col_int(s, from);
    out->messages = stmt_col_int(s, from + 1);
    out->empty = stmt_col_int(s, from + 2);
    out->rejected = stmt_col_int(s, from + 3);
    out->newest_us = stmt_col_int(s, from + 4);
    stmt_col_copy(s, from + 5, counts, sizeof(counts));
    store_read_counts(counts, out->records);
}

enum err_code store_ranges(struct store *store, struct range *out, size_t cap, size_t *out_n,
                           struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(store,
                  "SELECT r.import_id, r.first_seq, r.end_seq, r.last_seq, f.row_count, f.skipped,"
                  " f.rejected, f.newest_us, f.records, r.batch_last, r.batch_messages,"
                  " r.batch_empty, r.batch_rejected, r.batch_newest_us, r.batch_records"
                  " FROM live_range r JOIN import_file f ON f.id = r.import_id"
                  " ORDER BY r.first_seq",
                  &s, err));
    while (*out_n < cap && stmt_next(&s)) {
        struct range *range = &out[(*out_n)++];

        range->import_id = (uint32_t)stmt_col_int(&s, 0);
        range->first = stmt_col_int(&s, 1);
        range->end = stmt_col_int(&s, 2);
        read_batch(&s, 3, &range->done);
        read_batch(&s, 9, &range->batch);
    }
    return stmt_close(&s, err);
}

/* ---- a range's rows ----------------------------------------------------------------------- */

static enum err_code put_range(struct store *store, const struct range *range, struct err *err)
{
    const struct range_batch *b = &range->batch;
    char counts[COUNTS_TEXT];
    struct stmt s;

    store_write_counts(counts, sizeof(counts), b->records);
    TRY(stmt_open(store,
                  "INSERT INTO live_range (import_id, first_seq, end_seq, last_seq, batch_last,"
                  " batch_messages, batch_empty, batch_rejected, batch_newest_us, batch_records)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
                  " ON CONFLICT (import_id) DO UPDATE SET end_seq = excluded.end_seq,"
                  " last_seq = excluded.last_seq, batch_last = excluded.batch_last,"
                  " batch_messages = excluded.batch_messages, batch_empty = excluded.batch_empty,"
                  " batch_rejected = excluded.batch_rejected,"
                  " batch_newest_us = excluded.batch_newest_us,"
                  " batch_records = excluded.batch_records",
                  &s, err));
    stmt_int(&s, 1, range->import_id);
    stmt_int(&s, 2, range->first);
    stmt_int(&s, 3, range->end);
    stmt_int(&s, 4, range->done.last);
    stmt_int(&s, 5, b->last);
    stmt_int(&s, 6, b->messages);
    stmt_int(&s, 7, b->empty);
    stmt_int(&s, 8, b->rejected);
    stmt_int(&s, 9, b->newest_us);
    stmt_textz(&s, 10, counts);
    stmt_next(&s);
    return stmt_close(&s, err);
}

/* The import as the range has it. Its digest says how far it goes, so that what is made of the
 * import is known by it. */
static enum err_code put_import(struct store *store, const struct range *range, struct err *err)
{
    const struct range_batch *b = &range->done;
    char counts[COUNTS_TEXT], digest[65];
    struct stmt s;

    store_write_counts(counts, sizeof(counts), b->records);
    snprintf(digest, sizeof(digest), "live %" PRId64 "-%" PRId64, range->first, b->last);
    TRY(stmt_open(store,
                  "UPDATE import_file SET digest = $2, status = $3, row_count = $4, stored = $5,"
                  " rejected = $6, skipped = $7, records = $8, newest_us = $9, ended_us = $10"
                  " WHERE id = $1",
                  &s, err));
    stmt_int(&s, 1, range->import_id);
    stmt_textz(&s, 2, digest);
    stmt_int(&s, 3, IMPORT_DONE);
    stmt_int(&s, 4, b->messages);
    stmt_int(&s, 5, b->messages - b->empty - b->rejected);
    stmt_int(&s, 6, b->rejected);
    stmt_int(&s, 7, b->empty);
    stmt_textz(&s, 8, counts);
    stmt_int(&s, 9, b->newest_us);
    stmt_int(&s, 10, timestamp_now());
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code put_both(struct store *store, const struct range *range, struct err *err)
{
    TRY(put_import(store, range, err));
    return put_range(store, range, err);
}

static enum err_code put_together(struct store *store, const struct range *range, struct err *err)
{
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, put_both(store, range, err), err);
}

/* ---- doors -------------------------------------------------------------------------------- */

static enum err_code add(struct store *store, struct range *range, struct err *err)
{
    struct import_entry entry = {.name = "live", .format = STORE_FORMAT_LIVE, .source = "live"};

    TRY(store_import_begin(store, &entry, err));
    range->import_id = entry.id;
    return put_both(store, range, err);
}

enum err_code store_range_add(struct store *store, int64_t first, struct range *out,
                              struct err *err)
{
    *out = (struct range){.first = first, .end = RANGE_OPEN, .done.last = first - 1};
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, add(store, out, err), err);
}

/* The first STORE_REJECTS_KEPT of an import are kept. */
static enum err_code add_rejects(struct store *store, const struct range *range,
                                 const struct store_reject *rejects, size_t n, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO import_reject (import_id, position, line, reason)"
                  " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                  &s, err));
    for (size_t i = 0; i < n && range->done.rejected + (int64_t)i < STORE_REJECTS_KEPT; i++) {
        stmt_int(&s, 1, range->import_id);
        stmt_int(&s, 2, range->done.rejected + (int64_t)i);
        stmt_int(&s, 3, rejects[i].line);
        stmt_textz(&s, 4, rejects[i].reason);
        stmt_next(&s);
        stmt_again(&s);
    }
    return stmt_close(&s, err);
}

enum err_code store_range_prepare(struct store *store, struct range *range,
                                  const struct range_batch *batch,
                                  const struct store_reject *rejects, size_t n, struct err *err)
{
    enum err_code rc;

    range->batch = *batch;
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    rc = add_rejects(store, range, rejects, n, err);
    if (rc == ERR_OK)
        rc = put_range(store, range, err);
    return store_end(store, rc, err);
}

enum err_code store_range_finish(struct store *store, struct range *range, struct err *err)
{
    struct range_batch *done = &range->done;
    const struct range_batch *batch = &range->batch;

    done->last = batch->last;
    done->messages += batch->messages;
    done->empty += batch->empty;
    done->rejected += batch->rejected;
    if (batch->newest_us > done->newest_us)
        done->newest_us = batch->newest_us;
    for (size_t i = 0; i < STORE_KINDS; i++)
        done->records[i] += batch->records[i];
    range->batch = (struct range_batch){0};
    if (range->end == RANGE_OPEN && done->messages >= RANGE_MESSAGES)
        range->end = done->last;
    return put_together(store, range, err);
}

static enum err_code empty(struct store *store, const struct range *range, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM import_reject WHERE import_id = $1", &s, err));
    stmt_int(&s, 1, range->import_id);
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    return put_both(store, range, err);
}

enum err_code store_range_empty(struct store *store, struct range *range, struct err *err)
{
    range->done = (struct range_batch){.last = range->first - 1};
    range->batch = (struct range_batch){0};
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, empty(store, range, err), err);
}

enum err_code store_range_close(struct store *store, struct range *range, struct err *err)
{
    range->end = range->done.last;
    return put_together(store, range, err);
}
