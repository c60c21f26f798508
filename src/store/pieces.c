/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/pieces.h"

#include "store/outbox_file.h"

const char *const outbox_piece_schema = "CREATE TABLE IF NOT EXISTS piece ("
                                        " campaign BIGINT NOT NULL,"
                                        " send BIGINT NOT NULL,"
                                        " stage INTEGER NOT NULL,"
                                        " begun_us BIGINT NOT NULL,"
                                        " started INTEGER NOT NULL,"
                                        " cursor BIGINT NOT NULL,"
                                        " from_us BIGINT NOT NULL,"
                                        " to_us BIGINT NOT NULL,"
                                        " people BIGINT NOT NULL,"
                                        " planned BIGINT NOT NULL,"
                                        " unreached BIGINT NOT NULL,"
                                        " held_out BIGINT NOT NULL,"
                                        " left_out BIGINT NOT NULL,"
                                        " winner INTEGER NOT NULL,"
                                        " decided_us BIGINT NOT NULL,"
                                        " slots TEXT NOT NULL,"
                                        " PRIMARY KEY (campaign, send)) WITHOUT ROWID;"
                                        "CREATE TABLE IF NOT EXISTS piece_held ("
                                        " campaign BIGINT NOT NULL,"
                                        " person BIGINT NOT NULL,"
                                        " who BLOB NOT NULL,"
                                        " at_us BIGINT NOT NULL,"
                                        " PRIMARY KEY (campaign, person)) WITHOUT ROWID;"
                                        "CREATE INDEX IF NOT EXISTS piece_held_who"
                                        " ON piece_held (who);";

static const char *const stage_names[PIECE_STAGES] = {
    [PIECE_WAITS] = "waits",       [PIECE_PLANNED] = "planned", [PIECE_TRIED] = "tried",
    [PIECE_ASSIGNED] = "assigned", [PIECE_DONE] = "done",
};

const char *piece_stage_name(enum piece_stage stage)
{
    return stage_names[stage];
}

enum err_code piece_hold_out(struct outbox *o, int64_t campaign, uint64_t person,
                             const struct pseudonym *who, int64_t now_us, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "INSERT INTO piece_held (campaign, person, who, at_us) VALUES ($1, $2, $3, $4)"
                  " ON CONFLICT DO NOTHING",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, (int64_t)person);
    stmt_bytes(&s, 3, pseudonym_str(who));
    stmt_int(&s, 4, now_us);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

enum err_code piece_get(struct outbox *o, int64_t campaign, int64_t send, struct piece *out,
                        struct err *err)
{
    struct stmt s;

    *out = (struct piece){.campaign = campaign, .send = send, .winner = PIECE_UNDECIDED};
    TRY(stmt_open(&o->file,
                  "SELECT stage, begun_us, started, cursor, from_us, to_us, people, planned,"
                  " unreached, held_out, left_out, winner, decided_us, slots FROM piece"
                  " WHERE campaign = $1 AND send = $2",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, send);
    if (stmt_next(&s)) {
        out->stage = (enum piece_stage)stmt_col_int(&s, 0);
        out->begun_us = stmt_col_int(&s, 1);
        out->started = stmt_col_int(&s, 2) != 0;
        out->cursor = (uint64_t)stmt_col_int(&s, 3);
        out->from_us = stmt_col_int(&s, 4);
        out->to_us = stmt_col_int(&s, 5);
        out->people = stmt_col_int(&s, 6);
        out->planned = stmt_col_int(&s, 7);
        out->unreached = stmt_col_int(&s, 8);
        out->held_out = stmt_col_int(&s, 9);
        out->left_out = stmt_col_int(&s, 10);
        out->winner = (int)stmt_col_int(&s, 11);
        out->decided_us = stmt_col_int(&s, 12);
        stmt_col_copy(&s, 13, out->slots, sizeof(out->slots));
    }
    TRY(stmt_close(&s, err));
    if (out->stage < 0 || out->stage >= PIECE_STAGES)
        return err_set(err, ERR_STORE, "what was planned of a campaign cannot be read");
    return ERR_OK;
}

enum err_code piece_put(struct outbox *o, const struct piece *was, const struct piece *p,
                        bool *out_done, struct err *err)
{
    struct piece now;
    struct stmt s;

    TRY(piece_get(o, p->campaign, p->send, &now, err));
    *out_done = now.stage == was->stage && now.started == was->started &&
                now.cursor == was->cursor && now.to_us == was->to_us;
    if (!*out_done)
        return ERR_OK;
    TRY(stmt_open(&o->file,
                  "INSERT OR REPLACE INTO piece (campaign, send, stage, begun_us, started, cursor,"
                  " from_us, to_us, people, planned, unreached, held_out, left_out, winner,"
                  " decided_us, slots) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
                  " $13, $14, $15, $16)",
                  &s, err));
    stmt_int(&s, 1, p->campaign);
    stmt_int(&s, 2, p->send);
    stmt_int(&s, 3, p->stage);
    stmt_int(&s, 4, p->begun_us);
    stmt_int(&s, 5, p->started);
    stmt_int(&s, 6, (int64_t)p->cursor);
    stmt_int(&s, 7, p->from_us);
    stmt_int(&s, 8, p->to_us);
    stmt_int(&s, 9, p->people);
    stmt_int(&s, 10, p->planned);
    stmt_int(&s, 11, p->unreached);
    stmt_int(&s, 12, p->held_out);
    stmt_int(&s, 13, p->left_out);
    stmt_int(&s, 14, p->winner);
    stmt_int(&s, 15, p->decided_us);
    stmt_textz(&s, 16, p->slots);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

/* By the index that keeps a person's message one of a kind. */
enum err_code pieces_sent(struct outbox *o, int64_t campaign, int64_t send, int64_t after,
                          int64_t from_us, int64_t to_us, struct piece_sent *out, size_t cap,
                          size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&o->file,
                  "SELECT person, contact_us, variant FROM message INDEXED BY message_once_person"
                  " WHERE campaign = $1 AND step = $2 AND occurrence = 0 AND person > $3"
                  " AND state NOT IN (0, 1) AND contact_us > $4 AND contact_us <= $5"
                  " ORDER BY person LIMIT $6",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, send);
    stmt_int(&s, 3, after);
    stmt_int(&s, 4, from_us);
    stmt_int(&s, 5, to_us);
    stmt_int(&s, 6, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s))
        out[(*out_n)++] = (struct piece_sent){(uint64_t)stmt_col_int(&s, 0), stmt_col_int(&s, 1),
                                              (int)stmt_col_int(&s, 2)};
    return stmt_close(&s, err);
}

enum err_code piece_goes_on(struct outbox *o, int64_t campaign, int64_t send, int64_t after_us,
                            bool *out, struct err *err)
{
    struct stmt s;

    *out = false;
    TRY(stmt_open(&o->file,
                  "SELECT 1 FROM message INDEXED BY message_once_person"
                  " WHERE campaign = $1 AND step = $2 AND occurrence = 0"
                  " AND (state IN (0, 1, 2) OR contact_us > $3) LIMIT 1",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, send);
    stmt_int(&s, 3, after_us);
    while (stmt_next(&s))
        *out = true;
    return stmt_close(&s, err);
}

enum err_code piece_clicks(struct outbox *o, int64_t campaign, int64_t send, int64_t *out,
                           size_t variants, struct err *err)
{
    struct stmt s;

    memset(out, 0, variants * sizeof(*out));
    TRY(stmt_open(&o->file,
                  "SELECT variant, count(*) FROM message m INDEXED BY message_once_person"
                  " WHERE campaign = $1 AND step = $2 AND occurrence = 0 AND EXISTS (SELECT 1"
                  " FROM response r WHERE r.message = m.id AND r.kind = $3 AND r.machine = 0)"
                  " GROUP BY variant",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, send);
    stmt_int(&s, 3, RESPONSE_CLICK);
    while (stmt_next(&s)) {
        int64_t variant = stmt_col_int(&s, 0);

        if (variant >= 0 && (size_t)variant < variants)
            out[variant] = stmt_col_int(&s, 1);
    }
    return stmt_close(&s, err);
}

enum err_code pieces_waiting(struct outbox *o, int64_t campaign, int64_t send,
                             struct piece_waiting *out, size_t cap, size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&o->file,
                  "SELECT id, person FROM message WHERE state = 0 AND campaign = $1"
                  " AND next_us = $2 AND step = $3 ORDER BY id LIMIT $4",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, PIECE_FAR_US);
    stmt_int(&s, 3, send);
    stmt_int(&s, 4, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s))
        out[(*out_n)++] =
            (struct piece_waiting){stmt_col_int(&s, 0), (uint64_t)stmt_col_int(&s, 1)};
    return stmt_close(&s, err);
}

/* Who was erased meanwhile, or withdrew, is none of them any more. */
enum err_code piece_choose(struct outbox *o, int64_t id, int variant, struct str data,
                           int64_t next_us, int64_t not_after_us, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "UPDATE message SET variant = $2, data = $3, next_us = $4, not_after_us = $5"
                  " WHERE id = $1 AND state = 0 AND next_us = $6",
                  &s, err));
    stmt_int(&s, 1, id);
    stmt_int(&s, 2, variant);
    stmt_text(&s, 3, data);
    stmt_int(&s, 4, next_us);
    stmt_int(&s, 5, not_after_us);
    stmt_int(&s, 6, PIECE_FAR_US);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

enum err_code piece_counts(struct outbox *o, int64_t campaign, struct piece_count *out, size_t cap,
                           size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&o->file,
                  "SELECT step, variant, state, reason, count(*) FROM message"
                  " INDEXED BY message_once_person WHERE campaign = $1"
                  " GROUP BY step, variant, state, reason LIMIT $2",
                  &s, err));
    stmt_int(&s, 1, campaign);
    stmt_int(&s, 2, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s)) {
        int64_t state = stmt_col_int(&s, 2), reason = stmt_col_int(&s, 3);

        out[(*out_n)++] = (struct piece_count){
            .send = stmt_col_int(&s, 0),
            .variant = (int)stmt_col_int(&s, 1),
            .state =
                state >= 0 && state < OUTBOX_STATES ? (enum outbox_state)state : OUTBOX_UNCERTAIN,
            .reason = reason > 0 && reason < GATE_REASONS ? (enum gate_reason)reason : GATE_NONE,
            .n = stmt_col_int(&s, 4)};
    }
    return stmt_close(&s, err);
}

enum err_code pieces_pending(struct outbox *o, int64_t campaign, int64_t *out, struct err *err)
{
    struct stmt s;

    *out = 0;
    TRY(stmt_open(&o->file,
                  "SELECT coalesce(sum(n), 0) FROM tally WHERE campaign = $1"
                  " AND state IN (0, 1, 2)",
                  &s, err));
    stmt_int(&s, 1, campaign);
    while (stmt_next(&s))
        *out = stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}
