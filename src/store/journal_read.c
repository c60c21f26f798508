/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The journal's readers: each call has a connection of its own, so that a long reading holds up
 * neither those who append nor other readers. */
#include "store/journal_file.h"

#include <sodium.h>

/* Adds a number in a form that no machine's byte order changes. */
static void add_number(crypto_generichash_state *state, int64_t number)
{
    unsigned char bytes[8];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)((uint64_t)number >> (8 * i));
    crypto_generichash_update(state, bytes, sizeof(bytes));
}

int64_t journal_checksum(const struct journal_entry *entry)
{
    unsigned char digest[crypto_generichash_BYTES_MIN];
    crypto_generichash_state state;
    uint64_t sum = 0;

    crypto_generichash_init(&state, NULL, 0, sizeof(digest));
    add_number(&state, entry->seq);
    add_number(&state, entry->source);
    add_number(&state, entry->received_us);
    add_number(&state, (int64_t)entry->id.n);
    crypto_generichash_update(&state, (const unsigned char *)entry->id.p, entry->id.n);
    crypto_generichash_update(&state, (const unsigned char *)entry->body.p, entry->body.n);
    crypto_generichash_final(&state, digest, sizeof(digest));
    for (size_t i = 0; i < 8; i++)
        sum |= (uint64_t)digest[i] << (8 * i);
    return (int64_t)sum;
}

enum err_code journal_begin_reading(struct journal *journal, const char *sql,
                                    struct journal_reading *r, struct err *err)
{
    *r = (struct journal_reading){.store.lock = -1};
    TRY(journal_connect(journal_path(journal), &r->store, err));
    TRY(store_exec(&r->store, "PRAGMA query_only=ON", err));
    return stmt_open(&r->store, sql, &r->s, err);
}

enum err_code journal_end_reading(struct journal_reading *r, enum err_code rc, struct err *err)
{
    enum err_code own = r->s.handle ? stmt_close(&r->s, rc == ERR_OK ? err : NULL) : ERR_OK;

    sqlite3_close(r->store.db);
    return rc == ERR_OK ? own : rc;
}

static struct journal_entry entry_of(struct stmt *s)
{
    struct journal_entry entry = {.seq = stmt_col_int(s, 0),
                                  .source = stmt_col_int(s, 1),
                                  .received_us = stmt_col_int(s, 2),
                                  .id = stmt_col_text(s, 3),
                                  .body = stmt_col_bytes(s, 4)};

    entry.damaged = journal_checksum(&entry) != stmt_col_int(s, 5);
    return entry;
}

enum err_code journal_each(struct journal *journal, int64_t first, int64_t last, int64_t most,
                           enum err_code (*each)(void *ctx, const struct journal_entry *entry,
                                                 struct err *err),
                           void *ctx, struct err *err)
{
    struct journal_reading r;
    enum err_code rc = journal_begin_reading(journal,
                                             "SELECT seq, source, received_us, id, body, checksum"
                                             " FROM record WHERE seq BETWEEN $1 AND $2 ORDER BY seq"
                                             " LIMIT $3",
                                             &r, err);

    if (rc == ERR_OK) {
        stmt_int(&r.s, 1, first);
        stmt_int(&r.s, 2, last);
        stmt_int(&r.s, 3, most);
    }
    while (rc == ERR_OK && stmt_next(&r.s)) {
        struct journal_entry entry = entry_of(&r.s);

        rc = each(ctx, &entry, err);
    }
    return journal_end_reading(&r, rc, err);
}

enum err_code journal_urgent(struct journal *journal, int64_t after, int64_t most,
                             enum err_code (*each)(void *ctx, const struct journal_entry *entry,
                                                   struct err *err),
                             void *ctx, struct err *err)
{
    struct journal_reading r;
    enum err_code rc = journal_begin_reading(
        journal,
        "SELECT seq, source, received_us, id, body, checksum FROM urgent JOIN record USING (seq)"
        " WHERE seq > $1 ORDER BY seq LIMIT $2",
        &r, err);

    if (rc == ERR_OK) {
        stmt_int(&r.s, 1, after);
        stmt_int(&r.s, 2, most);
    }
    while (rc == ERR_OK && stmt_next(&r.s)) {
        struct journal_entry entry = entry_of(&r.s);

        rc = each(ctx, &entry, err);
    }
    return journal_end_reading(&r, rc, err);
}

struct journal_follower {
    struct journal_reading reading;
};

enum err_code journal_follow(struct journal *journal, struct journal_follower **out,
                             struct err *err)
{
    struct journal_follower *f = xcalloc(1, sizeof(*f));
    enum err_code rc = journal_begin_reading(journal,
                                             "SELECT seq, source, received_us, id, body, checksum"
                                             " FROM record WHERE seq > $1 ORDER BY seq LIMIT $2",
                                             &f->reading, err);

    if (rc == ERR_OK)
        *out = f;
    else
        journal_unfollow(f);
    return rc;
}

void journal_unfollow(struct journal_follower *f)
{
    if (!f)
        return;
    (void)!journal_end_reading(&f->reading, ERR_CANCELLED, NULL);
    free(f);
}

enum err_code journal_follow_each(struct journal_follower *f, int64_t after, int64_t most,
                                  enum err_code (*each)(void *ctx,
                                                        const struct journal_entry *entry,
                                                        struct err *err),
                                  void *ctx, struct err *err)
{
    struct stmt *s = &f->reading.s;
    enum err_code rc = ERR_OK;

    stmt_int(s, 1, after);
    stmt_int(s, 2, most);
    while (rc == ERR_OK && stmt_next(s)) {
        struct journal_entry entry = entry_of(s);

        rc = each(ctx, &entry, err);
    }
    if (rc == ERR_OK && s->rc != SQLITE_OK)
        rc = err_set(err, ERR_STORE, "the journal cannot be read on: %s", sqlite3_errstr(s->rc));
    stmt_again(s); /* else it would keep the log from being emptied */
    return rc;
}

enum err_code journal_span(struct journal *journal, int64_t first, int64_t last,
                           struct journal_span *out, struct err *err)
{
    struct journal_reading r;
    enum err_code rc = journal_begin_reading(journal,
                                             "SELECT coalesce(min(seq), 0), coalesce(max(seq), 0),"
                                             " count(*) FROM record WHERE seq BETWEEN $1 AND $2",
                                             &r, err);

    *out = (struct journal_span){0, 0, 0};
    if (rc == ERR_OK) {
        stmt_int(&r.s, 1, first);
        stmt_int(&r.s, 2, last);
        if (stmt_next(&r.s))
            *out = (struct journal_span){stmt_col_int(&r.s, 0), stmt_col_int(&r.s, 1),
                                         stmt_col_int(&r.s, 2)};
    }
    return journal_end_reading(&r, rc, err);
}

enum err_code journal_tallies(struct journal *journal,
                              enum err_code (*each)(void *ctx, const struct journal_tally *tally,
                                                    struct err *err),
                              void *ctx, struct err *err)
{
    struct journal_reading r;
    enum err_code rc = journal_begin_reading(journal,
                                             "SELECT source, accepted, stored, repeated, refused,"
                                             " pruned, last_us, refused_us FROM tally"
                                             " ORDER BY source",
                                             &r, err);

    while (rc == ERR_OK && stmt_next(&r.s)) {
        const struct journal_tally tally = {stmt_col_int(&r.s, 0), stmt_col_int(&r.s, 1),
                                            stmt_col_int(&r.s, 2), stmt_col_int(&r.s, 3),
                                            stmt_col_int(&r.s, 4), stmt_col_int(&r.s, 5),
                                            stmt_col_int(&r.s, 6), stmt_col_int(&r.s, 7)};

        rc = each(ctx, &tally, err);
    }
    return journal_end_reading(&r, rc, err);
}

enum err_code journal_refused(struct journal *journal, int64_t source, int64_t most,
                              enum err_code (*each)(void *ctx,
                                                    const struct journal_refusal *refusal,
                                                    struct err *err),
                              void *ctx, struct err *err)
{
    struct journal_reading r;
    enum err_code rc =
        journal_begin_reading(journal,
                              "SELECT source, received_us, id, body, reason FROM refused"
                              " WHERE $1 = 0 OR source = $1 ORDER BY seq DESC LIMIT $2",
                              &r, err);

    if (rc == ERR_OK) {
        stmt_int(&r.s, 1, source);
        stmt_int(&r.s, 2, most);
    }
    while (rc == ERR_OK && stmt_next(&r.s)) {
        const struct journal_refusal refusal = {stmt_col_int(&r.s, 0), stmt_col_int(&r.s, 1),
                                                stmt_col_text(&r.s, 2), stmt_col_bytes(&r.s, 3),
                                                stmt_col_text(&r.s, 4)};

        rc = each(ctx, &refusal, err);
    }
    return journal_end_reading(&r, rc, err);
}

static enum err_code count_health(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct journal_health *out = ctx;

    (void)err;
    out->records++;
    if (entry->damaged && !out->damaged++)
        out->first_damaged = entry->seq;
    return ERR_OK;
}

enum err_code journal_check(struct journal *journal, struct journal_health *out, struct err *err)
{
    struct journal_reading r;
    enum err_code rc = journal_begin_reading(journal, "PRAGMA integrity_check(1)", &r, err);

    *out = (struct journal_health){0};
    if (rc == ERR_OK && stmt_next(&r.s) && !str_eqz(stmt_col_text(&r.s, 0), "ok"))
        stmt_col_copy(&r.s, 0, out->problem, sizeof(out->problem));
    rc = journal_end_reading(&r, rc, err);
    /* A file whose pages do not hang together cannot be read in order. */
    return rc == ERR_OK && !out->problem[0]
               ? journal_each(journal, 0, INT64_MAX, INT64_MAX, count_health, out, err)
               : rc;
}
