/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/came.h"

#include "base/timestamp.h"
#include "store/journal_file.h"

/* ---- writing ------------------------------------------------------------------------------ */

static bool is_for(const struct came_hour *h, int64_t source, int64_t hour, const char *what)
{
    return h->source == source && h->hour == hour && strcmp(h->what, what) == 0;
}

static struct came_hour *hour_of(struct came *came, int64_t source, int64_t hour, const char *what)
{
    if (came->n && is_for(&came->list[came->at], source, hour, what))
        return &came->list[came->at];
    for (came->at = 0; came->at < came->n; came->at++)
        if (is_for(&came->list[came->at], source, hour, what))
            return &came->list[came->at];
    if (came->n == came->room) {
        came->room = came->room ? 2 * came->room : 16;
        came->list = xrealloc(came->list, came->room * sizeof(*came->list));
    }
    came->list[came->n] = (struct came_hour){.source = source, .hour = hour};
    snprintf(came->list[came->n].what, CAME_WHAT, "%s", what);
    return &came->list[came->n++];
}

void came_count(struct came *came, const struct journal_record *record)
{
    const char *what = record->fate == JOURNAL_STORED     ? CAME_STORED
                       : record->fate == JOURNAL_REPEATED ? CAME_REPEATED
                                                          : record->refused;

    hour_of(came, record->source, record->received_us / US_PER_HOUR, what)->n++;
}

static void write_all(const struct came *came, struct stmt *s)
{
    for (size_t i = 0; i < came->n; i++) {
        const struct came_hour *h = &came->list[i];

        stmt_int(s, 1, h->hour);
        stmt_int(s, 2, h->source);
        stmt_textz(s, 3, h->what);
        stmt_int(s, 4, h->n);
        stmt_next(s);
        if (s->rc != SQLITE_OK)
            return;
        stmt_again(s);
    }
}

enum err_code came_write(struct came *came, struct store *writer, struct err *err)
{
    struct stmt s;
    enum err_code rc = stmt_open(writer,
                                 "INSERT INTO came (hour, source, what, n) VALUES ($1, $2, $3, $4)"
                                 " ON CONFLICT (hour, source, what) DO UPDATE SET"
                                 " n = n + excluded.n",
                                 &s, err);

    if (rc == ERR_OK) {
        write_all(came, &s);
        rc = stmt_close(&s, err);
    }
    free(came->list);
    *came = (struct came){NULL, 0, 0, 0};
    return rc;
}

static enum err_code is_there(struct store *writer, bool *out, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(writer, "SELECT 1 FROM sqlite_master WHERE name = 'came'", &s, err));
    *out = stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code forget_old(struct store *writer, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(writer, "DELETE FROM came WHERE hour < $1", &s, err));
    stmt_int(&s, 1, timestamp_now() / US_PER_HOUR - CAME_KEEP_DAYS * 24);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code came_make(struct store *writer, struct err *err)
{
    bool there = false;

    TRY(is_there(writer, &there, err));
    if (there)
        return forget_old(writer, err);
    return store_exec(writer,
                      "CREATE TABLE came ("
                      " hour BIGINT NOT NULL,"
                      " source BIGINT NOT NULL,"
                      " what TEXT NOT NULL,"
                      " n BIGINT NOT NULL,"
                      " PRIMARY KEY (hour, source, what)) WITHOUT ROWID;"
                      "INSERT INTO came SELECT received_us / 3600000000, source, 'stored', count(*)"
                      " FROM record GROUP BY 1, 2;"
                      "INSERT INTO came SELECT received_us / 3600000000, source, reason, count(*)"
                      " FROM refused GROUP BY 1, 2, 3;",
                      err);
}

/* ---- reading ------------------------------------------------------------------------------ */

enum err_code journal_hours(struct journal *journal, int64_t from_hour,
                            enum err_code (*each)(void *ctx, const struct came_hour *hour,
                                                  struct err *err),
                            void *ctx, struct err *err)
{
    struct journal_reading r;
    enum err_code rc = journal_begin_reading(
        journal, "SELECT source, hour, what, n FROM came WHERE hour >= $1 ORDER BY hour", &r, err);

    if (rc == ERR_OK)
        stmt_int(&r.s, 1, from_hour);
    while (rc == ERR_OK && stmt_next(&r.s)) {
        struct came_hour hour = {.source = stmt_col_int(&r.s, 0),
                                 .hour = stmt_col_int(&r.s, 1),
                                 .n = stmt_col_int(&r.s, 3)};

        stmt_col_copy(&r.s, 2, hour.what, sizeof(hour.what));
        rc = each(ctx, &hour, err);
    }
    return journal_end_reading(&r, rc, err);
}

enum err_code journal_after(struct journal *journal, int64_t seq,
                            enum err_code (*each)(void *ctx, int64_t source, int64_t n,
                                                  struct err *err),
                            void *ctx, struct err *err)
{
    struct journal_reading r;
    enum err_code rc = journal_begin_reading(
        journal, "SELECT source, count(*) FROM record WHERE seq > $1 GROUP BY source", &r, err);

    if (rc == ERR_OK)
        stmt_int(&r.s, 1, seq);
    while (rc == ERR_OK && stmt_next(&r.s))
        rc = each(ctx, stmt_col_int(&r.s, 0), stmt_col_int(&r.s, 1), err);
    return journal_end_reading(&r, rc, err);
}

enum err_code journal_newest(struct journal *journal, int64_t most,
                             enum err_code (*each)(void *ctx, const struct journal_entry *entry,
                                                   struct err *err),
                             void *ctx, struct err *err)
{
    struct journal_reading r;
    int64_t first = 1;
    enum err_code rc = journal_begin_reading(
        journal, "SELECT coalesce(max(seq), 0) - $1 + 1 FROM record", &r, err);

    if (rc == ERR_OK) {
        stmt_int(&r.s, 1, most);
        if (stmt_next(&r.s))
            first = stmt_col_int(&r.s, 0);
    }
    TRY(journal_end_reading(&r, rc, err));
    return journal_each(journal, first, INT64_MAX, most, each, ctx, err);
}
