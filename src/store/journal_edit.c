/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a person's erasure changes in the journal. */
#include "store/journal_file.h"

struct editing {
    const struct journal_edit *edits;
    size_t n;
};

/* In place, byte for byte: what is written next may be shorter, and what was behind its end would
 * stay in the page. */
static enum err_code overwrite(struct journal *journal, int64_t seq, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(journal_writer(journal),
                  "UPDATE record SET body = zeroblob(length(body)) WHERE seq = $1", &s, err));
    stmt_int(&s, 1, seq);
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code edit_one(struct journal *journal, const struct journal_edit *edit,
                              struct err *err)
{
    char id[JOURNAL_ID_MAX + 1];
    struct journal_entry entry = {.seq = edit->seq, .body = edit->body};
    bool found;
    struct stmt s;

    TRY(stmt_open(journal_writer(journal),
                  "SELECT source, id, received_us FROM record WHERE seq = $1", &s, err));
    stmt_int(&s, 1, edit->seq);
    found = stmt_next(&s);
    if (found) {
        entry.source = stmt_col_int(&s, 0);
        stmt_col_copy(&s, 1, id, sizeof(id));
        entry.received_us = stmt_col_int(&s, 2);
    }
    TRY(stmt_close(&s, err));
    if (!found)
        return ERR_OK;
    entry.id = edit->id.n ? edit->id : str_of(id);
    TRY(overwrite(journal, entry.seq, err));
    TRY(stmt_open(journal_writer(journal),
                  "UPDATE record SET id = $2, body = $3, checksum = $4 WHERE seq = $1", &s, err));
    stmt_int(&s, 1, entry.seq);
    stmt_text(&s, 2, entry.id);
    stmt_bytes(&s, 3, entry.body);
    stmt_int(&s, 4, journal_checksum(&entry));
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code edit_alone(struct journal *journal, void *ctx, struct err *err)
{
    const struct editing *e = ctx;
    enum err_code rc = ERR_OK;

    TRY(journal_begin(journal, err));
    for (size_t i = 0; i < e->n && rc == ERR_OK; i++)
        rc = edit_one(journal, &e->edits[i], err);
    return journal_end(journal, rc, err);
}

enum err_code journal_edit(struct journal *journal, const struct journal_edit *edits, size_t n,
                           struct err *err)
{
    struct editing e = {.edits = edits, .n = n};

    return n ? journal_alone(journal, edit_alone, &e, err) : ERR_OK;
}

struct emptying {
    const struct str *needles;
    size_t needle_count;
    int64_t source;
    journal_going *going;
    void *going_ctx;
};

static enum err_code edit_refused(struct journal *journal, struct str needle, int64_t *io_n,
                                  struct err *err)
{
    char lower[512];
    struct stmt s;

    if (!needle.n || needle.n >= sizeof(lower))
        return ERR_OK;
    for (size_t i = 0; i < needle.n; i++)
        lower[i] = (char)tolower((unsigned char)needle.p[i]);
    TRY(stmt_open(journal_writer(journal),
                  "UPDATE refused SET id = '', body = zeroblob(length(body)) WHERE "
                  "instr(lower(CAST(body AS TEXT)), $1)"
                  " > 0 OR instr(lower(id), $1) > 0",
                  &s, err));
    stmt_text(&s, 1, (struct str){lower, needle.n});
    stmt_next(&s);
    *io_n += sqlite3_changes64(journal_writer(journal)->db);
    return stmt_close(&s, err);
}

static enum err_code edit_refused_alone(struct journal *journal, void *ctx, struct err *err)
{
    const struct emptying *e = ctx;
    enum err_code rc = ERR_OK;
    int64_t n = 0;

    TRY(journal_begin(journal, err));
    for (size_t i = 0; i < e->needle_count && rc == ERR_OK; i++)
        rc = edit_refused(journal, e->needles[i], &n, err);
    if (rc == ERR_OK)
        rc = e->going(e->going_ctx, n, err);
    return journal_end(journal, rc, err);
}

enum err_code journal_edit_refused(struct journal *journal, const struct str *needles, size_t n,
                                   journal_going *going, void *ctx, struct err *err)
{
    struct emptying e = {.needles = needles, .needle_count = n, .going = going, .going_ctx = ctx};

    return journal_alone(journal, edit_refused_alone, &e, err);
}

static enum err_code empty_refused(struct journal *journal, int64_t source, int64_t *out_n,
                                   struct err *err)
{
    struct stmt s;

    TRY(stmt_open(journal_writer(journal),
                  "UPDATE refused SET id = '', body = zeroblob(length(body)) WHERE source = $1 AND"
                  " (id != '' OR body != zeroblob(length(body)))",
                  &s, err));
    stmt_int(&s, 1, source);
    stmt_next(&s);
    *out_n = sqlite3_changes64(journal_writer(journal)->db);
    return stmt_close(&s, err);
}

static enum err_code empty_refused_alone(struct journal *journal, void *ctx, struct err *err)
{
    const struct emptying *e = ctx;
    int64_t n = 0;
    enum err_code rc;

    TRY(journal_begin(journal, err));
    rc = empty_refused(journal, e->source, &n, err);
    if (rc == ERR_OK)
        rc = e->going(e->going_ctx, n, err);
    return journal_end(journal, rc, err);
}

enum err_code journal_empty_refused(struct journal *journal, int64_t source, journal_going *going,
                                    void *ctx, struct err *err)
{
    struct emptying e = {.source = source, .going = going, .going_ctx = ctx};

    return journal_alone(journal, empty_refused_alone, &e, err);
}

static enum err_code compact_alone(struct journal *journal, void *ctx, struct err *err)
{
    (void)ctx;
    return store_truncate_log(journal_writer(journal), err);
}

enum err_code journal_compact(struct journal *journal, struct err *err)
{
    return journal_alone(journal, compact_alone, NULL, err);
}
