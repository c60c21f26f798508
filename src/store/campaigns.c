/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/campaigns.h"

#include "store/sqlite.h"

#define COLUMNS                                                                                    \
    "id, turn, stage, seen, seen_people, seen_us, approved, approved_by, approved_us, launched,"   \
    " launched_by, launched_us, expected, held_people, held_why, ended_us"

static void read_row(struct stmt *s, struct campaign_kept *out)
{
    int64_t stage = stmt_col_int(s, 2);

    out->turn = stmt_col_int(s, 1);
    /* A word that cannot be read must not let anything out. */
    out->stage =
        stage >= 0 && stage < CAMPAIGN_STAGES ? (enum campaign_stage)stage : CAMPAIGN_CANCELLED;
    stmt_col_copy(s, 3, out->seen, sizeof(out->seen));
    out->seen_people = stmt_col_int(s, 4);
    out->seen_us = stmt_col_int(s, 5);
    stmt_col_copy(s, 6, out->approved, sizeof(out->approved));
    stmt_col_copy(s, 7, out->approved_by, sizeof(out->approved_by));
    out->approved_us = stmt_col_int(s, 8);
    stmt_col_copy(s, 9, out->launched, sizeof(out->launched));
    stmt_col_copy(s, 10, out->launched_by, sizeof(out->launched_by));
    out->launched_us = stmt_col_int(s, 11);
    out->expected = stmt_col_int(s, 12);
    out->held_people = stmt_col_int(s, 13);
    stmt_col_copy(s, 14, out->held_why, sizeof(out->held_why));
    out->ended_us = stmt_col_int(s, 15);
}

enum err_code store_campaign_get(struct store *store, int64_t id, struct campaign_kept *out,
                                 struct err *err)
{
    struct stmt s;

    *out = (struct campaign_kept){.id = id, .held_people = -1};
    TRY(stmt_open(store, "SELECT " COLUMNS " FROM campaign WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    if (stmt_next(&s))
        read_row(&s, out);
    return stmt_close(&s, err);
}

enum err_code store_campaign_put(struct store *store, const struct campaign_kept *k,
                                 struct err *err)
{
    bool done = false;
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO campaign (" COLUMNS ") VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8,"
                  " $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (id) DO UPDATE SET"
                  " turn = excluded.turn, stage = excluded.stage, seen = excluded.seen,"
                  " seen_people = excluded.seen_people, seen_us = excluded.seen_us,"
                  " approved = excluded.approved, approved_by = excluded.approved_by,"
                  " approved_us = excluded.approved_us, launched = excluded.launched,"
                  " launched_by = excluded.launched_by, launched_us = excluded.launched_us,"
                  " expected = excluded.expected, held_people = excluded.held_people,"
                  " held_why = excluded.held_why, ended_us = excluded.ended_us"
                  " WHERE campaign.turn = $2 RETURNING turn",
                  &s, err));
    stmt_int(&s, 1, k->id);
    stmt_int(&s, 2, k->turn);
    stmt_int(&s, 3, k->stage);
    stmt_textz(&s, 4, k->seen);
    stmt_int(&s, 5, k->seen_people);
    stmt_int(&s, 6, k->seen_us);
    stmt_textz(&s, 7, k->approved);
    stmt_textz(&s, 8, k->approved_by);
    stmt_int(&s, 9, k->approved_us);
    stmt_textz(&s, 10, k->launched);
    stmt_textz(&s, 11, k->launched_by);
    stmt_int(&s, 12, k->launched_us);
    stmt_int(&s, 13, k->expected);
    stmt_int(&s, 14, k->held_people);
    stmt_textz(&s, 15, k->held_why);
    stmt_int(&s, 16, k->ended_us);
    while (stmt_next(&s))
        done = true;
    TRY(stmt_close(&s, err));
    if (done)
        return ERR_OK;
    return err_set(err, ERR_EXISTS, "the campaign was changed at the same time");
}

enum err_code store_campaign_remove(struct store *store, int64_t id, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM campaign WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

enum err_code store_campaigns_in(struct store *store, enum campaign_stage stage, int64_t *out,
                                 size_t cap, size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(store, "SELECT id FROM campaign WHERE stage = $1 ORDER BY id LIMIT $2", &s, err));
    stmt_int(&s, 1, stage);
    stmt_int(&s, 2, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s))
        out[(*out_n)++] = stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}
