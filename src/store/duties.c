/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/duties.h"

#include "base/timestamp.h"
#include "store/erasures.h"
#include "store/sqlite.h"
#include "store/vault.h"

enum { WHO_MAX = 1 << 20 };

#define DUTY_COLUMNS                                                                               \
    "id, source_id, seq, kind, state, received_us, due_us, done_us, actor, job_id, erasure_id,"    \
    " nothing_kept, problem"

const char *duty_kind_name(enum duty_kind kind)
{
    static const char *const names[] = {"", "tell", "erase_person", "erase_shop"};

    return names[kind];
}

const char *duty_state_name(enum duty_state state)
{
    static const char *const names[DUTY_STATES] = {"new",   "open", "working",
                                                   "ready", "done", "failed"};

    return names[state];
}

static void purpose_of(int64_t source, int64_t seq, char out[64])
{
    snprintf(out, 64, "duty %" PRId64 " %" PRId64, source, seq);
}

/* ---- writing ------------------------------------------------------------------------------ */

static enum err_code seal(struct store *store, const struct duty *duty, struct str who,
                          struct buf *out, struct err *err)
{
    char purpose[64];

    if (!who.n)
        return ERR_OK;
    purpose_of(duty->source, duty->seq, purpose);
    return vault_seal(store, purpose, who, out, err);
}

enum err_code store_duty_add(struct store *store, struct duty *duty, struct str who, bool *out_new,
                             struct err *err)
{
    TM_CLEANUP(buf_release) struct buf sealed = BUF_INIT(4 * (size_t)WHO_MAX);
    struct stmt s;

    *out_new = false;
    duty->due_us = duty->received_us + DUTY_DAYS * 24 * US_PER_HOUR;
    duty->state = duty->kind == DUTY_ERASE_SHOP ? DUTY_OPEN : DUTY_NEW;
    TRY(seal(store, duty, who, &sealed, err));
    TRY(stmt_open(
        store,
        "INSERT INTO duty (id, source_id, seq, kind, state, received_us, due_us, sealed)"
        " SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7 FROM duty WHERE true"
        " ON CONFLICT (source_id, seq) DO NOTHING RETURNING id",
        &s, err));
    stmt_int(&s, 1, duty->source);
    stmt_int(&s, 2, duty->seq);
    stmt_int(&s, 3, duty->kind);
    stmt_int(&s, 4, duty->state);
    stmt_int(&s, 5, duty->received_us);
    stmt_int(&s, 6, duty->due_us);
    stmt_text(&s, 7, buf_str(&sealed));
    while (stmt_next(&s)) {
        duty->id = stmt_col_int(&s, 0);
        *out_new = true;
    }
    return stmt_close(&s, err);
}

enum err_code store_duty_update(struct store *store, struct duty *duty, struct err *err)
{
    bool found = false;
    struct stmt s;

    if (duty->state == DUTY_DONE && duty->done_us == TIME_NONE)
        duty->done_us = timestamp_now();
    TRY(stmt_open(store,
                  "UPDATE duty SET state = $2, done_us = $3, actor = $4, job_id = $5,"
                  " erasure_id = $6, nothing_kept = $7, problem = $8,"
                  " sealed = CASE WHEN $2 = $9 THEN '' ELSE sealed END"
                  " WHERE id = $1 AND state <> $9 RETURNING id",
                  &s, err));
    stmt_int(&s, 1, duty->id);
    stmt_int(&s, 2, duty->state);
    stmt_int(&s, 3, duty->done_us);
    stmt_textz(&s, 4, duty->actor);
    stmt_int(&s, 5, duty->job);
    stmt_int(&s, 6, duty->erasure);
    stmt_int(&s, 7, duty->nothing);
    stmt_textz(&s, 8, duty->problem);
    stmt_int(&s, 9, DUTY_DONE);
    while (stmt_next(&s))
        found = true;
    TRY(stmt_close(&s, err));
    return found ? ERR_OK
                 : err_set(err, ERR_NOT_FOUND, "there is no duty %" PRId64 " to be done", duty->id);
}

enum err_code store_duty_take(struct store *store, int64_t id, unsigned from, enum duty_state to,
                              const char *actor, bool *out_taken, struct err *err)
{
    struct stmt s;

    *out_taken = false;
    TRY(stmt_open(store,
                  "UPDATE duty SET state = $3, actor = $4, job_id = 0, problem = '',"
                  " done_us = CASE WHEN $3 = $6 THEN $5 ELSE 0 END,"
                  " sealed = CASE WHEN $3 = $6 THEN '' ELSE sealed END"
                  " WHERE id = $1 AND ((1 << state) & $2) <> 0 RETURNING id",
                  &s, err));
    stmt_int(&s, 1, id);
    stmt_int(&s, 2, from);
    stmt_int(&s, 3, to);
    stmt_textz(&s, 4, actor);
    stmt_int(&s, 5, timestamp_now());
    stmt_int(&s, 6, DUTY_DONE);
    while (stmt_next(&s))
        *out_taken = true;
    return stmt_close(&s, err);
}

enum err_code store_duties_resume(struct store *store, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "UPDATE duty SET job_id = 0 WHERE state = $1", &s, err));
    stmt_int(&s, 1, DUTY_WORKING);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_duties_settle(struct store *store, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "UPDATE duty SET state = $1, sealed = '', problem = '', done_us ="
                  " (SELECT finished_us FROM erasure WHERE erasure.id = erasure_id)"
                  " WHERE state <> $1 AND erasure_id IN (SELECT id FROM erasure WHERE step = $2)",
                  &s, err));
    stmt_int(&s, 1, DUTY_DONE);
    stmt_int(&s, 2, ERASE_DONE);
    stmt_next(&s);
    return stmt_close(&s, err);
}

/* ---- reading ------------------------------------------------------------------------------ */

static void take(struct stmt *s, struct duty *out)
{
    *out = (struct duty){.id = stmt_col_int(s, 0),
                         .source = stmt_col_int(s, 1),
                         .seq = stmt_col_int(s, 2),
                         .kind = (enum duty_kind)stmt_col_int(s, 3),
                         .state = (enum duty_state)stmt_col_int(s, 4),
                         .received_us = stmt_col_int(s, 5),
                         .due_us = stmt_col_int(s, 6),
                         .done_us = stmt_col_int(s, 7),
                         .job = stmt_col_int(s, 9),
                         .erasure = stmt_col_int(s, 10),
                         .nothing = stmt_col_int(s, 11) != 0};
    stmt_col_copy(s, 8, out->actor, sizeof(out->actor));
    stmt_col_copy(s, 12, out->problem, sizeof(out->problem));
}

enum err_code store_duty_get(struct store *store, int64_t id, struct duty *out, struct err *err)
{
    bool found = false;
    struct stmt s;

    TRY(stmt_open(store, "SELECT " DUTY_COLUMNS " FROM duty WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    while (stmt_next(&s)) {
        take(&s, out);
        found = true;
    }
    TRY(stmt_close(&s, err));
    return found ? ERR_OK : err_set(err, ERR_NOT_FOUND, "there is no duty %" PRId64, id);
}

enum err_code store_duty_who(struct store *store, int64_t id, struct buf *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf sealed = BUF_INIT(4 * (size_t)WHO_MAX);
    char purpose[64] = "";
    struct stmt s;

    TRY(stmt_open(store, "SELECT source_id, seq, sealed FROM duty WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    while (stmt_next(&s)) {
        purpose_of(stmt_col_int(&s, 0), stmt_col_int(&s, 1), purpose);
        buf_adds(&sealed, stmt_col_text(&s, 2));
    }
    TRY(stmt_close(&s, err));
    TRY(buf_check(&sealed, err));
    return sealed.n ? vault_open(store, purpose, buf_str(&sealed), out, err) : ERR_OK;
}

enum err_code store_duties_list(struct store *store, struct duty *out, size_t cap, size_t *out_n,
                                struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(store,
                  "SELECT " DUTY_COLUMNS " FROM duty"
                  " ORDER BY state = $1, CASE WHEN state = $1 THEN -done_us ELSE due_us END, id"
                  " LIMIT $2",
                  &s, err));
    stmt_int(&s, 1, DUTY_DONE);
    stmt_int(&s, 2, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s))
        take(&s, &out[(*out_n)++]);
    return stmt_close(&s, err);
}
