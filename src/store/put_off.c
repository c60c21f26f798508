/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/put_off.h"

#include "store/outbox_file.h"
#include "store/pieces.h"

/* next_person: the first who is not done; of all messages of a step, sent ones too, in the order of
 * message_once_person. */
const char *const outbox_put_off_schema = "CREATE TABLE IF NOT EXISTS resuming ("
                                          " campaign BIGINT PRIMARY KEY,"
                                          " since_us BIGINT NOT NULL,"
                                          " by TEXT NOT NULL) WITHOUT ROWID;"
                                          "CREATE TABLE IF NOT EXISTS put_off ("
                                          " campaign BIGINT NOT NULL,"
                                          " step BIGINT NOT NULL,"
                                          " by_us BIGINT NOT NULL,"
                                          " next_person BIGINT NOT NULL,"
                                          " PRIMARY KEY (campaign, step)) WITHOUT ROWID;";

static enum err_code run(struct stmt *s, struct err *err)
{
    while (stmt_next(s))
        ;
    return stmt_close(s, err);
}

/* A statement that is about one campaign and changes something. */
static enum err_code change(struct outbox *o, const char *sql, int64_t campaign, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, sql, &s, err));
    stmt_int(&s, 1, campaign);
    return run(&s, err);
}

/* ---- the word ----------------------------------------------------------------------------- */

enum err_code resuming_set(struct outbox *o, int64_t campaign, const char *by, int64_t since_us,
                           struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "INSERT OR REPLACE INTO resuming (campaign, since_us, by) VALUES ($1, $2, $3)",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, since_us);
    stmt_textz(&s, 3, by);
    return run(&s, err);
}

enum err_code resuming_drop(struct outbox *o, int64_t campaign, struct err *err)
{
    return change(o, "DELETE FROM resuming WHERE campaign = $1", campaign, err);
}

enum err_code resuming_get(struct outbox *o, int64_t campaign, struct resuming *out,
                           struct err *err)
{
    struct stmt s;

    *out = (struct resuming){.wanted = false};
    TRY(stmt_open(&o->file, "SELECT since_us, by FROM resuming WHERE campaign = $1", &s, err));
    stmt_int(&s, 1, campaign);
    if (stmt_next(&s)) {
        out->wanted = true;
        out->since_us = stmt_col_int(&s, 0);
        stmt_col_copy(&s, 1, out->by, sizeof(out->by));
    }
    return stmt_close(&s, err);
}

/* ---- what is late ------------------------------------------------------------------------- */

/* A seek for each channel and step: the campaign may have a million messages. */
enum err_code put_off_look(struct outbox *o, int64_t campaign, int64_t before_us,
                           struct put_off *out, struct err *err)
{
    struct stmt s;

    *out = (struct put_off){.first_us = before_us};
    TRY(stmt_open(&o->file,
                  "WITH RECURSIVE queue (channel) AS ("
                  " SELECT (SELECT min(channel) FROM message WHERE state = 0 AND campaign = $1)"
                  " UNION ALL SELECT (SELECT min(m.channel) FROM message m WHERE m.state = 0"
                  "  AND m.campaign = $1 AND m.channel > queue.channel) FROM queue"
                  "  WHERE queue.channel IS NOT NULL)"
                  " SELECT p.step, (SELECT m.next_us FROM message m WHERE m.state = 0"
                  "  AND m.campaign = $1 AND m.channel = q.channel AND m.step = p.step"
                  "  AND m.next_us < $2 ORDER BY m.next_us LIMIT 1) AS first FROM queue q,"
                  " (WITH RECURSIVE one (step) AS ("
                  "  SELECT (SELECT min(step) FROM message WHERE campaign = $1)"
                  "  UNION ALL SELECT (SELECT min(m.step) FROM message m WHERE m.campaign = $1"
                  "   AND m.step > one.step) FROM one WHERE one.step IS NOT NULL)"
                  "  SELECT step FROM one WHERE step IS NOT NULL) p"
                  " WHERE q.channel IS NOT NULL AND first IS NOT NULL ORDER BY p.step",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, before_us);
    while (out->n < PUT_OFF_STEPS_MAX && stmt_next(&s)) {
        int64_t step = stmt_col_int(&s, 0), first_us = stmt_col_int(&s, 1);

        if (!out->n || out->steps[out->n - 1] != step)
            out->steps[out->n++] = step;
        if (first_us < out->first_us)
            out->first_us = first_us;
    }
    return stmt_close(&s, err);
}

/* ---- batch by batch ----------------------------------------------------------------------- */

enum err_code put_off_add(struct outbox *o, int64_t campaign, int64_t step, int64_t by_us,
                          struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "INSERT INTO put_off (campaign, step, by_us, next_person)"
                  " VALUES ($1, $2, $3, $4)",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, step);
    stmt_int(&s, 3, by_us);
    stmt_int(&s, 4, INT64_MIN);
    return run(&s, err);
}

struct batch {
    int64_t step, by_us, from, to;
    bool found, last; /* last: `to` is nobody */
};

static enum err_code next_batch(struct outbox *o, int64_t campaign, struct batch *out,
                                struct err *err)
{
    struct stmt s;

    *out = (struct batch){.found = false};
    TRY(stmt_open(&o->file,
                  "SELECT step, by_us, next_person, after, after IS NULL FROM ("
                  "SELECT p.step, p.by_us, p.next_person, (SELECT m.person FROM message m"
                  " WHERE m.campaign = p.campaign AND m.step = p.step AND m.occurrence = 0"
                  " AND m.person >= p.next_person ORDER BY m.person LIMIT 1 OFFSET $2) AS after"
                  " FROM put_off p WHERE p.campaign = $1 ORDER BY p.step LIMIT 1)",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, PUT_OFF_BATCH);
    if (stmt_next(&s))
        *out = (struct batch){.step = stmt_col_int(&s, 0),
                              .by_us = stmt_col_int(&s, 1),
                              .from = stmt_col_int(&s, 2),
                              .to = stmt_col_int(&s, 3),
                              .found = true,
                              .last = stmt_col_int(&s, 4) != 0};
    return stmt_close(&s, err);
}

static enum err_code move(struct outbox *o, int64_t campaign, const struct batch *b,
                          struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "UPDATE message SET next_us = next_us + $3 WHERE campaign = $1 AND step = $2"
                  " AND occurrence = 0 AND person >= $4 AND (person < $5 OR $6) AND state = 0"
                  " AND next_us < $7",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, b->step);
    stmt_int(&s, 3, b->by_us);
    stmt_int(&s, 4, b->from);
    stmt_int(&s, 5, b->to);
    stmt_int(&s, 6, b->last);
    stmt_int(&s, 7, PIECE_FAR_US);
    return run(&s, err);
}

static enum err_code note(struct outbox *o, int64_t campaign, const struct batch *b,
                          struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  b->last ? "DELETE FROM put_off WHERE campaign = $1 AND step = $2"
                          : "UPDATE put_off SET next_person = $3 WHERE campaign = $1 AND step = $2",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, b->step);
    if (!b->last)
        stmt_int(&s, 3, b->to);
    return run(&s, err);
}

enum err_code put_off_pending(struct outbox *o, int64_t campaign, bool *out, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, "SELECT 1 FROM put_off WHERE campaign = $1 LIMIT 1", &s, err));
    stmt_int(&s, 1, campaign);
    *out = stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code put_off_batch(struct outbox *o, int64_t campaign, bool *out_left, struct err *err)
{
    struct batch b;

    *out_left = false;
    TRY(next_batch(o, campaign, &b, err));
    if (!b.found)
        return ERR_OK;
    TRY(move(o, campaign, &b, err));
    TRY(note(o, campaign, &b, err));
    return put_off_pending(o, campaign, out_left, err);
}

enum err_code put_off_drop(struct outbox *o, int64_t campaign, struct err *err)
{
    return change(o, "DELETE FROM put_off WHERE campaign = $1", campaign, err);
}
