/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/memberships.h"

#include "base/timestamp.h"
#include "store/outbox_file.h"

const char *const outbox_member_schema =
    "CREATE TABLE IF NOT EXISTS membership ("
    " segment BIGINT PRIMARY KEY,"
    " meaning TEXT NOT NULL,"
    " filled INTEGER NOT NULL,"
    " members BIGINT NOT NULL,"
    " people BIGINT NOT NULL,"
    " counted_us BIGINT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS member ("
    " segment BIGINT NOT NULL,"
    " person BIGINT NOT NULL,"
    " since_us BIGINT NOT NULL,"
    " PRIMARY KEY (segment, person)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS member_change ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " segment BIGINT NOT NULL,"
    " person BIGINT NOT NULL,"
    " entered INTEGER NOT NULL,"
    " at_us BIGINT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS member_change_at ON member_change (at_us);";

const char *const outbox_member_statements[OUTBOX_STATEMENTS] = {
    [OUTBOX_MEMBER_CHANGES] = "SELECT id, segment, person, entered, at_us FROM member_change"
                              " WHERE id > $1 ORDER BY id LIMIT $2",
    [OUTBOX_MEMBER_OF] = "SELECT segment, meaning, filled, members, people, counted_us"
                         " FROM membership WHERE segment = $1",
    [OUTBOX_MEMBER_PEOPLE] = "SELECT person, since_us FROM member WHERE segment = $1"
                             " AND person > $2 ORDER BY person LIMIT $3",
    [OUTBOX_MEMBER_IS] = "SELECT 1 FROM member WHERE segment = $1 AND person = $2",
    [OUTBOX_MEMBER_SEGMENTS] = "SELECT m.segment, m.since_us FROM membership s"
                               " JOIN member m ON m.segment = s.segment AND m.person = $1"
                               " ORDER BY m.segment LIMIT $2",
    [OUTBOX_MEMBER_ENTER] = "INSERT INTO member (segment, person, since_us) VALUES ($1, $2, $3)"
                            " ON CONFLICT DO NOTHING",
    [OUTBOX_MEMBER_LEAVE] = "DELETE FROM member WHERE segment = $1 AND person = $2",
    [OUTBOX_MEMBER_COUNT] = "UPDATE membership SET members = members + $2 WHERE segment = $1"
                            " AND filled = 1",
    [OUTBOX_MEMBER_TELL] = "INSERT INTO member_change (segment, person, entered, at_us)"
                           " SELECT $1, $2, $3, $4 FROM membership WHERE segment = $1"
                           " AND filled = 1",
};

/* ---- reading ------------------------------------------------------------------------------ */

enum err_code membership_changes(struct outbox *o, int64_t after, struct membership_change *out,
                                 size_t cap, size_t *out_n, struct err *err)
{
    struct stmt *s;

    *out_n = 0;
    TRY(outbox_statement(o, OUTBOX_MEMBER_CHANGES, &s, err));
    stmt_int(s, 1, after);
    stmt_int(s, 2, (int64_t)cap);
    while (*out_n < cap && stmt_next(s))
        out[(*out_n)++] = (struct membership_change){.id = stmt_col_int(s, 0),
                                                     .segment = stmt_col_int(s, 1),
                                                     .person = (uint64_t)stmt_col_int(s, 2),
                                                     .entered = stmt_col_int(s, 3) != 0,
                                                     .at_us = stmt_col_int(s, 4)};
    return stmt_done(s, err);
}

static void read_membership(struct stmt *s, struct membership *out)
{
    *out = (struct membership){.segment = stmt_col_int(s, 0),
                               .filled = stmt_col_int(s, 2) != 0,
                               .members = stmt_col_int(s, 3),
                               .people = stmt_col_int(s, 4),
                               .counted_us = stmt_col_int(s, 5)};
    stmt_col_copy(s, 1, out->meaning, sizeof(out->meaning));
}

enum err_code membership_of(struct outbox *o, int64_t segment, struct membership *out,
                            bool *out_found, struct err *err)
{
    struct stmt *s;

    *out = (struct membership){.segment = segment, .counted_us = TIME_NONE};
    TRY(outbox_statement(o, OUTBOX_MEMBER_OF, &s, err));
    stmt_int(s, 1, segment);
    *out_found = stmt_next(s);
    if (*out_found)
        read_membership(s, out);
    return stmt_done(s, err);
}

enum err_code memberships(struct outbox *o, struct membership *out, size_t cap, size_t *out_n,
                          struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&o->file,
                  "SELECT segment, meaning, filled, members, people, counted_us FROM membership"
                  " ORDER BY segment LIMIT $1",
                  &s, err));
    stmt_int(&s, 1, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s))
        read_membership(&s, &out[(*out_n)++]);
    return stmt_close(&s, err);
}

enum err_code membership_people(struct outbox *o, int64_t segment, int64_t after, uint64_t *out,
                                int64_t *out_since_us, size_t cap, size_t *out_n, struct err *err)
{
    struct stmt *s;

    *out_n = 0;
    TRY(outbox_statement(o, OUTBOX_MEMBER_PEOPLE, &s, err));
    stmt_int(s, 1, segment);
    stmt_int(s, 2, after);
    stmt_int(s, 3, (int64_t)cap);
    for (; *out_n < cap && stmt_next(s); ++*out_n) {
        out[*out_n] = (uint64_t)stmt_col_int(s, 0);
        if (out_since_us)
            out_since_us[*out_n] = stmt_col_int(s, 1);
    }
    return stmt_done(s, err);
}

enum err_code membership_is(struct outbox *o, int64_t segment, uint64_t person, bool *out,
                            struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_MEMBER_IS, &s, err));
    stmt_int(s, 1, segment);
    stmt_int(s, 2, (int64_t)person);
    *out = stmt_next(s);
    return stmt_done(s, err);
}

enum err_code membership_segments(struct outbox *o, uint64_t person, int64_t *out,
                                  int64_t *out_since_us, size_t cap, size_t *out_n, struct err *err)
{
    struct stmt *s;

    *out_n = 0;
    TRY(outbox_statement(o, OUTBOX_MEMBER_SEGMENTS, &s, err));
    stmt_int(s, 1, (int64_t)person);
    stmt_int(s, 2, (int64_t)cap);
    for (; *out_n < cap && stmt_next(s); ++*out_n) {
        out[*out_n] = stmt_col_int(s, 0);
        if (out_since_us)
            out_since_us[*out_n] = stmt_col_int(s, 1);
    }
    return stmt_done(s, err);
}

/* ---- changing ----------------------------------------------------------------------------- */

static enum err_code put_row(struct outbox *o, int64_t segment, uint64_t person, bool in,
                             int64_t at_us, bool *out_changed, struct err *err)
{
    int64_t changed = 0;
    struct stmt *s;

    TRY(outbox_statement(o, in ? OUTBOX_MEMBER_ENTER : OUTBOX_MEMBER_LEAVE, &s, err));
    stmt_int(s, 1, segment);
    stmt_int(s, 2, (int64_t)person);
    if (in)
        stmt_int(s, 3, at_us);
    TRY(stmt_run(s, &changed, err));
    *out_changed = changed > 0;
    return ERR_OK;
}

static enum err_code put_member(struct outbox *o, int64_t segment, uint64_t person, bool in,
                                int64_t at_us, bool *out_changed, struct err *err)
{
    struct stmt *s;

    TRY(put_row(o, segment, person, in, at_us, out_changed, err));
    if (!*out_changed)
        return ERR_OK;
    TRY(outbox_statement(o, OUTBOX_MEMBER_COUNT, &s, err));
    stmt_int(s, 1, segment);
    stmt_int(s, 2, in ? 1 : -1);
    return stmt_run(s, NULL, err);
}

enum err_code membership_note(struct outbox *o, int64_t segment, uint64_t person, bool in,
                              int64_t at_us, bool *out_changed, struct err *err)
{
    struct stmt *s;

    *out_changed = false;
    TRY(put_member(o, segment, person, in, at_us, out_changed, err));
    if (!*out_changed)
        return ERR_OK;
    TRY(outbox_statement(o, OUTBOX_MEMBER_TELL, &s, err));
    stmt_int(s, 1, segment);
    stmt_int(s, 2, (int64_t)person);
    stmt_int(s, 3, in);
    stmt_int(s, 4, at_us);
    return stmt_run(s, NULL, err);
}

/* A statement of up to three numbers. */
static enum err_code run_numbers(struct outbox *o, const char *sql, const int64_t *numbers,
                                 size_t n, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, sql, &s, err));
    for (size_t i = 0; i < n; i++)
        stmt_int(&s, (int)i + 1, numbers[i]);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

enum err_code membership_fill(struct outbox *o, int64_t segment, const char *meaning,
                              struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "INSERT INTO membership (segment, meaning, filled, members, people, counted_us)"
                  " VALUES ($1, $2, 0, 0, 0, $3) ON CONFLICT (segment)"
                  " DO UPDATE SET meaning = excluded.meaning, filled = 0",
                  &s, err));
    stmt_int(&s, 1, segment);
    stmt_textz(&s, 2, meaning);
    stmt_int(&s, 3, TIME_NONE);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

enum err_code membership_fill_in(struct outbox *o, int64_t segment, uint64_t person,
                                 int64_t since_us, struct err *err)
{
    bool changed;

    return put_row(o, segment, person, true, since_us, &changed, err);
}

enum err_code membership_filled(struct outbox *o, int64_t segment, int64_t people, int64_t now_us,
                                struct err *err)
{
    return run_numbers(o,
                       "UPDATE membership SET people = $2, counted_us = $3, members = CASE filled"
                       " WHEN 1 THEN members ELSE (SELECT count(*) FROM member"
                       " WHERE member.segment = $1) END, filled = 1 WHERE segment = $1",
                       (const int64_t[]){segment, people, now_us}, 3, err);
}

enum err_code membership_remove(struct outbox *o, int64_t segment, int64_t most, bool *out_done,
                                struct err *err)
{
    *out_done = false;
    TRY(run_numbers(o,
                    "DELETE FROM member WHERE segment = $1 AND person IN (SELECT person"
                    " FROM member WHERE segment = $1 ORDER BY person LIMIT $2)",
                    (const int64_t[]){segment, most}, 2, err));
    *out_done = sqlite3_changes64(o->file.db) < most;
    if (!*out_done)
        return ERR_OK;
    return run_numbers(o, "DELETE FROM membership WHERE segment = $1", &segment, 1, err);
}

enum { MERGED_AT_ONCE = 1000 };

enum err_code membership_merge(struct outbox *o, uint64_t from, uint64_t to, struct err *err)
{
    int64_t segments[MERGED_AT_ONCE], since[MERGED_AT_ONCE];
    size_t n = 0;

    TRY(membership_segments(o, from, segments, since, MERGED_AT_ONCE, &n, err));
    for (size_t i = 0; i < n; i++) {
        bool changed;

        TRY(put_member(o, segments[i], from, false, since[i], &changed, err));
        TRY(put_member(o, segments[i], to, true, since[i], &changed, err));
    }
    return ERR_OK;
}

enum err_code membership_forget(struct outbox *o, uint64_t person, struct err *err)
{
    int64_t segments[MERGED_AT_ONCE], number = (int64_t)person;
    size_t n = 0;

    TRY(membership_segments(o, person, segments, NULL, MERGED_AT_ONCE, &n, err));
    for (size_t i = 0; i < n; i++) {
        bool changed;

        TRY(put_member(o, segments[i], person, false, 0, &changed, err));
    }
    return run_numbers(o, "DELETE FROM member_change WHERE person = $1", &number, 1, err);
}

enum err_code membership_prune(struct outbox *o, int64_t before_us, struct err *err)
{
    return run_numbers(o, "DELETE FROM member_change WHERE at_us < $1", &before_us, 1, err);
}
