/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/steps.h"

#include "base/timestamp.h"
#include "store/sqlite.h"

static void bind_step(struct stmt *s, const struct kept_step *step, int64_t id, int64_t now)
{
    stmt_int(s, 1, id);
    stmt_int(s, 2, step->assessment_id);
    stmt_int(s, 3, now);
    stmt_textz(s, 4, step->practice);
    stmt_int(s, 5, step->from);
    stmt_int(s, 6, step->to);
    stmt_int(s, 7, step->quarter);
    stmt_int(s, 8, step->start_day);
    stmt_int(s, 9, step->due_day);
    stmt_textz(s, 10, step->measure);
    stmt_real(s, 11, step->cut);
    stmt_real(s, 12, step->sample);
    stmt_real(s, 13, step->p_success);
    stmt_textz(s, 14, step->owner);
    stmt_int(s, 15, step->status);
}

/* The open step of that practice and target, or a number not used yet. */
static enum err_code number_for(struct store *store, const struct kept_step *step, int64_t *out_id,
                                struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT coalesce((SELECT max(id) FROM road_step WHERE practice = $1"
                  " AND level_to = $2 AND verdict = $3 AND status IN ($4, $5)),"
                  " (SELECT coalesce(max(id), 0) + 1 FROM road_step))",
                  &s, err));
    stmt_textz(&s, 1, step->practice);
    stmt_int(&s, 2, step->to);
    stmt_int(&s, 3, STEP_UNDECIDED);
    stmt_int(&s, 4, STEP_PLANNED);
    stmt_int(&s, 5, STEP_BEGUN);
    if (stmt_next(&s))
        *out_id = stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}

static enum err_code put_step(struct store *store, const struct kept_step *step, int64_t now,
                              struct err *err)
{
    struct stmt s;
    int64_t id = 0;

    TRY(number_for(store, step, &id, err));
    TRY(stmt_open(store,
                  "INSERT INTO road_step (id, assessment_id, saved_us, practice, level_from,"
                  " level_to, quarter, start_day, due_day, measure, cut, sample, p_success, owner,"
                  " status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
                  " $15) ON CONFLICT (id) DO UPDATE SET assessment_id = excluded.assessment_id,"
                  " saved_us = excluded.saved_us, level_from = excluded.level_from,"
                  " quarter = excluded.quarter, start_day = excluded.start_day,"
                  " due_day = excluded.due_day, measure = excluded.measure, cut = excluded.cut,"
                  " sample = excluded.sample, p_success = excluded.p_success,"
                  " owner = excluded.owner, status = excluded.status",
                  &s, err));
    bind_step(&s, step, id, now);
    stmt_next(&s);
    return stmt_close(&s, err);
}

/* What was planned before `now` and never begun is no longer promised. */
static enum err_code drop_others(struct store *store, int64_t now, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "UPDATE road_step SET status = $1 WHERE status = $2 AND verdict = $3"
                  " AND saved_us < $4",
                  &s, err));
    stmt_int(&s, 1, STEP_DROPPED);
    stmt_int(&s, 2, STEP_PLANNED);
    stmt_int(&s, 3, STEP_UNDECIDED);
    stmt_int(&s, 4, now);
    stmt_next(&s);
    return stmt_close(&s, err);
}

/* The present, or later than all that is saved where the clock went back. */
static enum err_code time_of_saving(struct store *store, int64_t *out_now, struct err *err)
{
    struct stmt s;
    int64_t last = 0, now = timestamp_now();

    TRY(stmt_open(store, "SELECT coalesce(max(saved_us), 0) FROM road_step", &s, err));
    if (stmt_next(&s))
        last = stmt_col_int(&s, 0);
    *out_now = now > last ? now : last + 1;
    return stmt_close(&s, err);
}

enum err_code store_steps_put(struct store *store, const struct kept_step *steps, size_t n,
                              struct err *err)
{
    enum err_code rc;
    int64_t now = 0;

    if (n > STORE_STEPS_MAX)
        return err_set(err, ERR_TOO_LARGE, "a plan of %zu steps; %d at most are kept", n,
                       STORE_STEPS_MAX);
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    rc = time_of_saving(store, &now, err);
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = put_step(store, &steps[i], now, err);
    if (rc == ERR_OK)
        rc = drop_others(store, now, err);
    return store_end(store, rc, err);
}

static void read_step(struct stmt *s, struct kept_step *out)
{
    *out = (struct kept_step){0};
    out->id = stmt_col_int(s, 0);
    out->assessment_id = stmt_col_int(s, 1);
    out->saved_us = stmt_col_int(s, 2);
    stmt_col_copy(s, 3, out->practice, sizeof(out->practice));
    out->from = (int)stmt_col_int(s, 4);
    out->to = (int)stmt_col_int(s, 5);
    out->quarter = (int)stmt_col_int(s, 6);
    out->start_day = stmt_col_int(s, 7);
    out->due_day = stmt_col_int(s, 8);
    stmt_col_copy(s, 9, out->measure, sizeof(out->measure));
    out->cut = stmt_col_real(s, 10);
    out->sample = stmt_col_real(s, 11);
    out->p_success = stmt_col_real(s, 12);
    stmt_col_copy(s, 13, out->owner, sizeof(out->owner));
    out->status = (enum step_status)stmt_col_int(s, 14);
    out->verdict = (enum step_verdict)stmt_col_int(s, 15);
    out->p_met = stmt_col_real(s, 16);
    out->decided_by = stmt_col_int(s, 17);
}

enum err_code store_steps_each(struct store *store,
                               enum err_code (*each)(void *ctx, const struct kept_step *step,
                                                     struct err *err),
                               void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;
    struct kept_step step;
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT id, assessment_id, saved_us, practice, level_from, level_to, quarter,"
                  " start_day, due_day, measure, cut, sample, p_success, owner, status, verdict,"
                  " p_met, decided_by FROM road_step ORDER BY id",
                  &s, err));
    while (rc == ERR_OK && stmt_next(&s)) {
        read_step(&s, &step);
        rc = each(ctx, &step, err);
    }
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

enum err_code store_step_decide(struct store *store, int64_t step_id, enum step_verdict verdict,
                                double p_met, int64_t assessment_id, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "UPDATE road_step SET verdict = $2, p_met = $3, decided_by = $4"
                  " WHERE id = $1 AND verdict = $5",
                  &s, err));
    stmt_int(&s, 1, step_id);
    stmt_int(&s, 2, verdict);
    stmt_real(&s, 3, p_met);
    stmt_int(&s, 4, assessment_id);
    stmt_int(&s, 5, STEP_UNDECIDED);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_success_priors(struct store *store, struct step_record *out, size_t cap,
                                   size_t *out_count, struct err *err)
{
    struct stmt s;
    size_t n = 0;

    TRY(stmt_open(store,
                  "SELECT practice, sum(CASE WHEN verdict = $1 THEN 1 ELSE 0 END),"
                  " sum(CASE WHEN verdict = $2 THEN 1 ELSE 0 END) FROM road_step"
                  " WHERE verdict IN ($1, $2) GROUP BY practice ORDER BY practice",
                  &s, err));
    stmt_int(&s, 1, STEP_PASSED);
    stmt_int(&s, 2, STEP_FAILED);
    while (n < cap && stmt_next(&s)) {
        stmt_col_copy(&s, 0, out[n].practice, sizeof(out[n].practice));
        out[n].passed = stmt_col_int(&s, 1);
        out[n++].failed = stmt_col_int(&s, 2);
    }
    *out_count = n;
    return stmt_close(&s, err);
}
