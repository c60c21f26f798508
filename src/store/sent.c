/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/sent.h"

#include "base/timestamp.h"
#include "store/outbox_file.h"

/* What a file of before has is there to be read. */
const char *const outbox_sent_schema =
    "CREATE TABLE IF NOT EXISTS sent_block (block INTEGER PRIMARY KEY, turn BIGINT NOT NULL);"
    "INSERT INTO sent_block (block, turn) SELECT DISTINCT id / 100000, 1 FROM message"
    " WHERE state = 3 ON CONFLICT DO NOTHING;";
static_assert((int)SENT_BLOCK == 100000, "as the statements have it");

enum err_code outbox_sent_changed(struct outbox *o, int64_t message, struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_SENT_CHANGED, &s, err));
    stmt_int(s, 1, message);
    return stmt_run(s, NULL, err);
}

enum err_code outbox_sent_forgotten(struct outbox *o, const struct pseudonym *who, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "UPDATE sent_block SET turn = turn + 1 WHERE block IN"
                  " (SELECT id / 100000 FROM message WHERE who = $1)",
                  &s, err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

enum err_code sent_blocks(struct outbox *o, int64_t after, struct sent_block *out, size_t cap,
                          size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&o->file, "SELECT block, turn FROM sent_block WHERE block > $1 ORDER BY block",
                  &s, err));
    stmt_int(&s, 1, after);
    while (*out_n < cap && stmt_next(&s))
        out[(*out_n)++] = (struct sent_block){stmt_col_int(&s, 0), stmt_col_int(&s, 1)};
    return stmt_close(&s, err);
}

/* ---- one block ---------------------------------------------------------------------------- */

/* Messages and their responses, side by side: both by the message's number. */
struct reading {
    struct stmt messages, responses;
    bool more;    /* the response that stands there counts */
    int64_t next; /* its message */
};

static void next_response(struct reading *r)
{
    r->more = stmt_next(&r->responses);
    r->next = r->more ? stmt_col_int(&r->responses, 0) : INT64_MAX;
}

static void note_response(struct reading *r, struct sent_message *m)
{
    int64_t kind = stmt_col_int(&r->responses, 1), at_us = stmt_col_int(&r->responses, 2);
    int64_t *first_us;

    if (kind < 0 || kind >= RESPONSE_KINDS)
        return;
    first_us = stmt_col_int(&r->responses, 3) ? &m->machine_us[kind] : &m->first_us[kind];
    if (*first_us == TIME_NONE || at_us < *first_us)
        *first_us = at_us;
}

static void read_message(struct reading *r, struct sent_message *out)
{
    struct stmt *s = &r->messages;

    *out = (struct sent_message){.id = stmt_col_int(s, 0),
                                 .campaign = stmt_col_int(s, 1),
                                 .step = stmt_col_int(s, 2),
                                 .variant = (int)stmt_col_int(s, 3),
                                 .sent_us = stmt_col_int(s, 6),
                                 .accepted_us = stmt_col_int(s, 7)};
    stmt_col_copy(s, 4, out->channel, sizeof(out->channel));
    stmt_col_copy(s, 5, out->address, sizeof(out->address));
    for (int kind = 0; kind < RESPONSE_KINDS; kind++)
        out->first_us[kind] = out->machine_us[kind] = TIME_NONE;
    while (r->more && r->next < out->id)
        next_response(r);
    for (; r->more && r->next == out->id; next_response(r))
        note_response(r, out);
}

static enum err_code open_reading(struct outbox *o, int64_t block, struct reading *r,
                                  struct err *err)
{
    TRY(stmt_open(&o->file,
                  "SELECT id, campaign, step, variant, channel, address, contact_us, settled_us"
                  " FROM message WHERE id >= $1 AND id < $2 AND state = $3 AND transactional = 0"
                  " AND address != '' AND channel != $4 ORDER BY id",
                  &r->messages, err));
    stmt_int(&r->messages, 1, block * SENT_BLOCK);
    stmt_int(&r->messages, 2, (block + 1) * SENT_BLOCK);
    stmt_int(&r->messages, 3, OUTBOX_ACCEPTED);
    stmt_textz(&r->messages, 4, OUTBOX_SYSTEM);
    if (stmt_open(&o->file,
                  "SELECT message, kind, at_us, machine FROM response"
                  " WHERE message >= $1 AND message < $2 ORDER BY message",
                  &r->responses, err) != ERR_OK) {
        sqlite3_finalize(r->messages.handle);
        return err->code;
    }
    stmt_int(&r->responses, 1, block * SENT_BLOCK);
    stmt_int(&r->responses, 2, (block + 1) * SENT_BLOCK);
    return ERR_OK;
}

enum err_code sent_each(struct outbox *o, int64_t block, sent_take *take, void *ctx,
                        struct err *err)
{
    struct reading r = {0};
    struct sent_message m;
    struct err second = ERR_INIT;
    enum err_code rc = ERR_OK, ends[2];

    TRY(open_reading(o, block, &r, err));
    next_response(&r);
    while (rc == ERR_OK && stmt_next(&r.messages)) {
        read_message(&r, &m);
        rc = take(ctx, &m, err);
    }
    ends[0] = stmt_close(&r.messages, rc == ERR_OK ? err : &second);
    rc = rc == ERR_OK ? ends[0] : rc;
    ends[1] = stmt_close(&r.responses, rc == ERR_OK ? err : &second);
    return rc == ERR_OK ? ends[1] : rc;
}
