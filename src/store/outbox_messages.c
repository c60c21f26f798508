/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/outbox_file.h"

#include "base/timestamp.h"

#define COLUMNS                                                                                    \
    "id, campaign, step, occurrence, person, who, channel, purpose, transactional, address, zone," \
    " country, language, content, variant, planned_us, next_us, not_after_us, state, reason,"      \
    " claim, lease_us, tries, contact_us, settled_us, consent_entry"

enum { COLUMN_COUNT = 26 };

const char *const outbox_message_statements[OUTBOX_STATEMENTS] = {
    [OUTBOX_INSERT] =
        "INSERT INTO message (campaign, step, occurrence, person, who, channel, purpose,"
        " transactional, address, zone, country, language, content, variant, planned_us, next_us,"
        " not_after_us, state, reason, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
        " $12, $13, $14, $15, $16, $17, 0, 0, $18) ON CONFLICT DO NOTHING",
    [OUTBOX_FIND] = "SELECT " COLUMNS ", data FROM message WHERE id = $1",
    [OUTBOX_DUE] = "SELECT " COLUMNS " FROM message WHERE state = 0 AND campaign = $1"
                   " AND channel = $2 AND next_us <= $3 ORDER BY next_us, id LIMIT $4",
    [OUTBOX_CONTACTS] =
        "SELECT channel, contact_us, content, transactional FROM message"
        " WHERE person = $1 AND contact_us > 0 AND contact_us >= $3 AND id != $4"
        " UNION ALL SELECT channel, contact_us, content, transactional FROM message"
        " WHERE who = $2 AND contact_us > 0 AND contact_us >= $3 AND id != $4 AND person != $1"
        " ORDER BY contact_us DESC LIMIT $5",
    [OUTBOX_CHANGE] =
        "UPDATE message SET state = $2, reason = $3, claim = $4, lease_us = $5, next_us = $6,"
        " tries = $7, contact_us = $8, settled_us = $9, consent_entry = $10, provider_id = $11,"
        " answer = $12, content = $13 WHERE id = $1",
    [OUTBOX_RENEW] = "UPDATE message SET lease_us = $3 WHERE id = $1 AND claim = $2"
                     " AND state IN (1, 2)",
    [OUTBOX_RESPONSE_DAY] =
        "INSERT INTO response_day (day, campaign, kind, machine, n) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (day, campaign, kind, machine) DO UPDATE SET n = n + excluded.n",
    [OUTBOX_TALLY] = "INSERT INTO tally (campaign, state, reason, n) VALUES ($1, $2, $3, $4)"
                     " ON CONFLICT (campaign, state, reason) DO UPDATE SET n = n + excluded.n",
    [OUTBOX_SENT_CHANGED] = "INSERT INTO sent_block (block, turn) VALUES ($1 / 100000, 1)"
                            " ON CONFLICT (block) DO UPDATE SET turn = turn + 1",
};

/* ---- rows --------------------------------------------------------------------------------- */

static void read_pseudonym(struct stmt *s, int column, struct pseudonym *out)
{
    struct str bytes = stmt_col_bytes(s, column);

    *out = (struct pseudonym){0};
    if (bytes.n == sizeof(out->bytes))
        memcpy(out->bytes, bytes.p, bytes.n);
}

static enum gate_reason reason_of(struct stmt *s, int column)
{
    int64_t reason = stmt_col_int(s, column);

    return reason > 0 && reason < GATE_REASONS ? (enum gate_reason)reason : GATE_NONE;
}

static void read_message(struct stmt *s, struct outbox_message *out)
{
    *out = (struct outbox_message){
        .id = stmt_col_int(s, 0),
        .campaign = stmt_col_int(s, 1),
        .step = stmt_col_int(s, 2),
        .occurrence = stmt_col_int(s, 3),
        .person = (uint64_t)stmt_col_int(s, 4),
        .transactional = stmt_col_int(s, 8) != 0,
        .variant = (int)stmt_col_int(s, 14),
        .planned_us = stmt_col_int(s, 15),
        .next_us = stmt_col_int(s, 16),
        .not_after_us = stmt_col_int(s, 17),
        .state = (enum outbox_state)stmt_col_int(s, 18),
        .reason = reason_of(s, 19),
        .claim = stmt_col_int(s, 20),
        .lease_us = stmt_col_int(s, 21),
        .tries = (int)stmt_col_int(s, 22),
        .contact_us = stmt_col_int(s, 23),
        .settled_us = stmt_col_int(s, 24),
        .consent_entry = stmt_col_int(s, 25),
    };
    read_pseudonym(s, 5, &out->who);
    stmt_col_copy(s, 6, out->channel, sizeof(out->channel));
    stmt_col_copy(s, 7, out->purpose, sizeof(out->purpose));
    stmt_col_copy(s, 9, out->address, sizeof(out->address));
    stmt_col_copy(s, 10, out->zone, sizeof(out->zone));
    stmt_col_copy(s, 11, out->country, sizeof(out->country));
    stmt_col_copy(s, 12, out->language, sizeof(out->language));
    read_pseudonym(s, 13, &out->content);
}

static enum err_code add_tally(struct outbox *o, int64_t campaign, enum outbox_state state,
                               enum gate_reason reason, int64_t n, struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_TALLY, &s, err));
    stmt_int(s, 1, campaign);
    stmt_int(s, 2, state);
    stmt_int(s, 3, reason);
    stmt_int(s, 4, n);
    return stmt_run(s, NULL, err);
}

/* ---- planning and finding ----------------------------------------------------------------- */

enum err_code outbox_plan(struct outbox *o, const struct outbox_message *m, struct str data,
                          bool *out_new, struct err *err)
{
    int64_t inserted = 0;
    struct stmt *s;

    if (data.n > OUTBOX_DATA_MAX)
        return err_set(err, ERR_TOO_LARGE, "what a message is about has %zu bytes, more than %d",
                       data.n, OUTBOX_DATA_MAX);
    TRY(outbox_statement(o, OUTBOX_INSERT, &s, err));
    stmt_int(s, 1, m->campaign);
    stmt_int(s, 2, m->step);
    stmt_int(s, 3, m->occurrence);
    stmt_int(s, 4, (int64_t)m->person);
    stmt_bytes(s, 5, pseudonym_str(&m->who));
    stmt_textz(s, 6, m->channel);
    stmt_textz(s, 7, m->purpose);
    stmt_int(s, 8, m->transactional);
    stmt_textz(s, 9, m->address);
    stmt_textz(s, 10, m->zone);
    stmt_textz(s, 11, m->country);
    stmt_textz(s, 12, m->language);
    stmt_bytes(s, 13, pseudonym_str(&m->content));
    stmt_int(s, 14, m->variant);
    stmt_int(s, 15, m->planned_us);
    stmt_int(s, 16, m->next_us);
    stmt_int(s, 17, m->not_after_us);
    stmt_text(s, 18, data);
    TRY(stmt_run(s, &inserted, err));
    *out_new = inserted > 0;
    return inserted ? add_tally(o, m->campaign, OUTBOX_PLANNED, 0, 1, err) : ERR_OK;
}

enum err_code outbox_find(struct outbox *o, int64_t id, struct outbox_message *out,
                          struct buf *out_data, bool *out_found, struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_FIND, &s, err));
    stmt_int(s, 1, id);
    *out_found = stmt_next(s);
    if (*out_found) {
        read_message(s, out);
        if (out_data) {
            struct str data = stmt_col_text(s, COLUMN_COUNT);
            buf_add(out_data, data.p, data.n);
        }
    }
    TRY(stmt_done(s, err));
    return out_data ? buf_check(out_data, err) : ERR_OK;
}

enum err_code outbox_due(struct outbox *o, const struct outbox_queue *queue, int64_t now_us,
                         struct outbox_message *out, size_t cap, size_t *out_n, struct err *err)
{
    struct stmt *s;

    *out_n = 0;
    TRY(outbox_statement(o, OUTBOX_DUE, &s, err));
    stmt_int(s, 1, queue->campaign);
    stmt_textz(s, 2, queue->channel);
    stmt_int(s, 3, now_us);
    stmt_int(s, 4, (int64_t)cap);
    while (*out_n < cap && stmt_next(s))
        read_message(s, &out[(*out_n)++]);
    return stmt_done(s, err);
}

enum err_code outbox_newest(struct outbox *o, const struct pseudonym *who, const char *channel,
                            struct outbox_message *out, bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "SELECT " COLUMNS " FROM message WHERE who = $1 AND contact_us > 0"
                  " AND channel = $2 ORDER BY contact_us DESC, id DESC LIMIT 1",
                  &s, err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    stmt_textz(&s, 2, channel);
    *out_found = stmt_next(&s);
    if (*out_found)
        read_message(&s, out);
    return stmt_close(&s, err);
}

enum err_code outbox_contacts(struct outbox *o, const struct outbox_message *of, int64_t since_us,
                              struct outbox_contact *out, size_t cap, size_t *out_n,
                              struct err *err)
{
    struct stmt *s;

    *out_n = 0;
    TRY(outbox_statement(o, OUTBOX_CONTACTS, &s, err));
    stmt_int(s, 1, (int64_t)of->person);
    stmt_bytes(s, 2, pseudonym_str(&of->who));
    stmt_int(s, 3, since_us);
    stmt_int(s, 4, of->id);
    stmt_int(s, 5, (int64_t)cap);
    while (*out_n < cap && stmt_next(s)) {
        struct outbox_contact *one = &out[(*out_n)++];

        *one = (struct outbox_contact){.at_us = stmt_col_int(s, 1),
                                       .transactional = stmt_col_int(s, 3) != 0};
        stmt_col_copy(s, 0, one->channel, sizeof(one->channel));
        read_pseudonym(s, 2, &one->content);
    }
    return stmt_done(s, err);
}

/* ---- changing ----------------------------------------------------------------------------- */

/* What a step from one state to another does besides. */
struct way {
    bool open;
    bool settles;   /* nothing more is to come */
    bool contacts;  /* counts as a message to the person from now on */
    bool uncounts;  /* counts no more */
    bool new_claim; /* the number of the claim goes up */
    bool tried;     /* one attempt more */
};

static const struct way ways[OUTBOX_STATES][OUTBOX_STATES] = {
    [OUTBOX_PLANNED] = {[OUTBOX_PLANNED] = {.open = true},
                        [OUTBOX_CLAIMED] = {.open = true, .contacts = true, .new_claim = true},
                        [OUTBOX_SKIPPED] = {.open = true, .settles = true}},
    [OUTBOX_CLAIMED] = {[OUTBOX_PLANNED] = {.open = true, .uncounts = true},
                        [OUTBOX_HANDED_OVER] = {.open = true, .contacts = true, .tried = true},
                        [OUTBOX_SKIPPED] = {.open = true, .settles = true, .uncounts = true}},
    [OUTBOX_HANDED_OVER] = {[OUTBOX_PLANNED] = {.open = true, .uncounts = true},
                            [OUTBOX_ACCEPTED] = {.open = true, .settles = true},
                            [OUTBOX_FAILED] = {.open = true, .settles = true, .uncounts = true},
                            [OUTBOX_UNCERTAIN] = {.open = true, .settles = true}},
    /* The truth may come late: an answer after the lease, a returned message. */
    [OUTBOX_UNCERTAIN] = {[OUTBOX_ACCEPTED] = {.open = true, .settles = true},
                          [OUTBOX_FAILED] = {.open = true, .settles = true, .uncounts = true}},
};

static struct str cut(struct str s)
{
    if (!s.p)
        return STR_NONE;
    return s.n > OUTBOX_ANSWER_MAX ? (struct str){s.p, OUTBOX_ANSWER_MAX} : s;
}

static enum err_code write_change(struct outbox *o, const struct outbox_message *was,
                                  const struct outbox_change *c, const struct way *way,
                                  int64_t claim, struct err *err)
{
    int64_t contact_us = way->contacts ? c->now_us : way->uncounts ? TIME_NONE : was->contact_us;
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_CHANGE, &s, err));
    stmt_int(s, 1, was->id);
    stmt_int(s, 2, c->to);
    stmt_int(s, 3, c->reason);
    stmt_int(s, 4, claim);
    stmt_int(s, 5, c->to == OUTBOX_CLAIMED ? c->lease_us : was->lease_us);
    stmt_int(s, 6, c->to == OUTBOX_PLANNED ? c->next_us : was->next_us);
    stmt_int(s, 7, was->tries + way->tried);
    stmt_int(s, 8, contact_us);
    stmt_int(s, 9, way->settles ? c->now_us : was->settled_us);
    stmt_int(s, 10, c->consent_entry ? c->consent_entry : was->consent_entry);
    stmt_text(s, 11, cut(c->provider_id));
    stmt_text(s, 12, cut(c->answer));
    stmt_bytes(s, 13, pseudonym_str(c->content ? c->content : &was->content));
    TRY(stmt_run(s, NULL, err));
    if (c->to == OUTBOX_ACCEPTED)
        TRY(outbox_sent_changed(o, was->id, err));
    TRY(add_tally(o, was->campaign, was->state, was->reason, -1, err));
    return add_tally(o, was->campaign, c->to, c->reason, 1, err);
}

enum err_code outbox_change(struct outbox *o, const struct outbox_change *c, bool *out_done,
                            int64_t *out_claim, struct err *err)
{
    const struct way *way = &ways[c->from][c->to];
    struct outbox_message was;
    bool found;
    int64_t claim;

    if (!way->open)
        return err_set(err, ERR_INTERNAL, "a message that is %s cannot become %s",
                       outbox_state_name(c->from), outbox_state_name(c->to));
    TRY(outbox_find(o, c->id, &was, NULL, &found, err));
    *out_done =
        found && was.state == c->from && (c->from == OUTBOX_PLANNED || was.claim == c->claim);
    if (!*out_done)
        return ERR_OK;
    claim = was.claim + way->new_claim;
    if (out_claim)
        *out_claim = claim;
    return write_change(o, &was, c, way, claim, err);
}

enum err_code outbox_renew(struct outbox *o, int64_t id, int64_t claim, int64_t lease_us,
                           bool *out_done, struct err *err)
{
    int64_t changed = 0;
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_RENEW, &s, err));
    stmt_int(s, 1, id);
    stmt_int(s, 2, claim);
    stmt_int(s, 3, lease_us);
    TRY(stmt_run(s, &changed, err));
    *out_done = changed > 0;
    return ERR_OK;
}

/* ---- many at once ------------------------------------------------------------------------- */

enum { AT_ONCE = 256 };

static enum err_code next_held(struct outbox *o, int64_t now_us, bool all,
                               struct outbox_message *out, size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&o->file,
                  "SELECT " COLUMNS " FROM message WHERE state IN (1, 2)"
                  " AND ($1 OR lease_us < $2) LIMIT $3",
                  &s, err));
    stmt_int(&s, 1, all);
    stmt_int(&s, 2, now_us);
    stmt_int(&s, 3, AT_ONCE);
    while (*out_n < AT_ONCE && stmt_next(&s))
        read_message(&s, &out[(*out_n)++]);
    return stmt_close(&s, err);
}

static enum err_code recover_one(struct outbox *o, const struct outbox_message *m, int64_t now_us,
                                 struct outbox_recovered *io, struct err *err)
{
    struct outbox_change c = {
        .id = m->id, .claim = m->claim, .from = m->state, .now_us = now_us, .next_us = now_us};
    bool done;

    c.to = m->state == OUTBOX_CLAIMED || m->transactional ? OUTBOX_PLANNED : OUTBOX_UNCERTAIN;
    TRY(outbox_change(o, &c, &done, NULL, err));
    io->planned += c.to == OUTBOX_PLANNED;
    io->uncertain += c.to == OUTBOX_UNCERTAIN;
    return ERR_OK;
}

enum err_code outbox_recover(struct outbox *o, int64_t now_us, bool all,
                             struct outbox_recovered *out, struct err *err)
{
    struct outbox_message *held = xcalloc(AT_ONCE, sizeof(*held));
    enum err_code rc = ERR_OK;
    size_t n = AT_ONCE;

    *out = (struct outbox_recovered){0};
    while (rc == ERR_OK && n == AT_ONCE) {
        rc = next_held(o, now_us, all, held, &n, err);
        for (size_t i = 0; rc == ERR_OK && i < n; i++)
            rc = recover_one(o, &held[i], now_us, out, err);
    }
    free(held);
    return rc;
}

/* The person's number goes, too; it stays one of a kind within its step. */
static enum err_code forget_rows(struct outbox *o, const struct pseudonym *who, int64_t *io_n,
                                 struct err *err)
{
    struct stmt s;

    TRY(outbox_sent_forgotten(o, who, err));
    TRY(stmt_open(&o->file,
                  "UPDATE response SET target = '' WHERE message IN"
                  " (SELECT id FROM message WHERE who = $1)",
                  &s, err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    while (stmt_next(&s))
        ;
    TRY(stmt_close(&s, err));
    TRY(stmt_open(&o->file,
                  "UPDATE message SET address = '', zone = '', country = '', language = '',"
                  " data = '', answer = '', person = -id WHERE who = $1",
                  &s, err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    while (stmt_next(&s))
        ;
    *io_n += sqlite3_changes64(o->file.db);
    return stmt_close(&s, err);
}

/* Planned and claimed messages of a statement, and why they will never be sent. */
struct unsent {
    struct stmt s; /* of messages, with its parameters */
    enum gate_reason reason;
    int64_t now_us, n;
};

static enum err_code skip_one(struct outbox *o, const struct outbox_message *m, struct unsent *of,
                              struct err *err)
{
    const struct outbox_change c = {.id = m->id,
                                    .claim = m->claim,
                                    .from = m->state,
                                    .to = OUTBOX_SKIPPED,
                                    .reason = of->reason,
                                    .now_us = of->now_us};
    bool done;

    TRY(outbox_change(o, &c, &done, NULL, err));
    of->n += done;
    return ERR_OK;
}

static enum err_code skip_unsent(struct outbox *o, struct unsent *of, struct err *err)
{
    struct outbox_message *unsent = xcalloc(AT_ONCE, sizeof(*unsent));
    enum err_code rc = ERR_OK, end;
    size_t n = AT_ONCE;

    while (rc == ERR_OK && n == AT_ONCE) {
        n = 0;
        while (n < AT_ONCE && stmt_next(&of->s))
            read_message(&of->s, &unsent[n++]);
        stmt_again(&of->s);
        for (size_t i = 0; rc == ERR_OK && i < n; i++)
            rc = skip_one(o, &unsent[i], of, err);
    }
    free(unsent);
    end = stmt_close(&of->s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

enum err_code outbox_withdraw(struct outbox *o, int64_t campaign, int64_t occurrence,
                              uint64_t person, int64_t now_us, int64_t *out_n, struct err *err)
{
    struct unsent of = {.reason = GATE_LEFT, .now_us = now_us};
    enum err_code rc;

    TRY(stmt_open(&o->file,
                  "SELECT " COLUMNS " FROM message WHERE campaign = $1 AND person = $2"
                  " AND occurrence = $3 AND state IN (0, 1)",
                  &of.s, err));
    stmt_int(&of.s, 1, campaign);
    stmt_int(&of.s, 2, (int64_t)person);
    stmt_int(&of.s, 3, occurrence);
    rc = skip_unsent(o, &of, err);
    *out_n = of.n;
    return rc;
}

static enum err_code skip_unsent_of(struct outbox *o, const struct pseudonym *who, int64_t now_us,
                                    struct err *err)
{
    struct unsent of = {.reason = GATE_ERASED, .now_us = now_us};

    TRY(stmt_open(&o->file, "SELECT " COLUMNS " FROM message WHERE who = $1 AND state IN (0, 1)",
                  &of.s, err));
    stmt_bytes(&of.s, 1, pseudonym_str(who));
    return skip_unsent(o, &of, err);
}

enum err_code outbox_forget(struct outbox *o, const struct pseudonym *who, size_t n, int64_t now_us,
                            int64_t *out_n, struct err *err)
{
    *out_n = 0;
    for (size_t i = 0; i < n; i++) {
        TRY(skip_unsent_of(o, &who[i], now_us, err));
        TRY(forget_rows(o, &who[i], out_n, err));
        TRY(outbox_forget_runs(o, &who[i], now_us, err));
        TRY(outbox_forget_arms(o, &who[i], err));
    }
    return ERR_OK;
}

enum err_code outbox_counts(struct outbox *o, int64_t campaign, struct outbox_count *out,
                            size_t cap, size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&o->file,
                  "SELECT state, reason, sum(n) FROM tally WHERE $1 IN (0, campaign)"
                  " GROUP BY state, reason HAVING sum(n) != 0 ORDER BY state, reason",
                  &s, err));
    stmt_int(&s, 1, campaign);
    while (*out_n < cap && stmt_next(&s))
        out[(*out_n)++] = (struct outbox_count){.state = (enum outbox_state)stmt_col_int(&s, 0),
                                                .reason = reason_of(&s, 1),
                                                .n = stmt_col_int(&s, 2)};
    return stmt_close(&s, err);
}
