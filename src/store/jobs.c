/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/jobs.h"

#include "store/sqlite.h"

#define COLUMNS "id, kind, state, object, made_us, begun_us, ended_us, error, problem, hint"

static enum err_code forget_old(struct store *store, int64_t newest, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "DELETE FROM job WHERE id <= $1", &s, err));
    stmt_int(&s, 1, newest - STORE_JOBS_KEPT);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_job_put(struct store *store, const struct job_entry *job, struct str report,
                            struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO job (" COLUMNS ", report)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
                  " ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
                  " begun_us = excluded.begun_us, ended_us = excluded.ended_us,"
                  " error = excluded.error, problem = excluded.problem, hint = excluded.hint,"
                  " report = excluded.report",
                  &s, err));
    stmt_int(&s, 1, job->id);
    stmt_int(&s, 2, job->kind);
    stmt_int(&s, 3, job->state);
    stmt_textz(&s, 4, job->object);
    stmt_int(&s, 5, job->made_us);
    stmt_int(&s, 6, job->begun_us);
    stmt_int(&s, 7, job->ended_us);
    stmt_int(&s, 8, job->error);
    stmt_textz(&s, 9, job->problem);
    stmt_textz(&s, 10, job->hint);
    stmt_text(&s, 11, report);
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    return forget_old(store, job->id, err);
}

static void read_row(struct stmt *s, struct job_entry *out)
{
    *out = (struct job_entry){.id = stmt_col_int(s, 0),
                              .kind = (int)stmt_col_int(s, 1),
                              .state = (int)stmt_col_int(s, 2),
                              .made_us = stmt_col_int(s, 4),
                              .begun_us = stmt_col_int(s, 5),
                              .ended_us = stmt_col_int(s, 6),
                              .error = (int)stmt_col_int(s, 7)};
    stmt_col_copy(s, 3, out->object, sizeof(out->object));
    stmt_col_copy(s, 8, out->problem, sizeof(out->problem));
    stmt_col_copy(s, 9, out->hint, sizeof(out->hint));
}

enum err_code store_job_get(struct store *store, int64_t id, struct job_entry *out,
                            struct buf *out_report, bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT " COLUMNS ", report FROM job WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    *out_found = stmt_next(&s);
    if (*out_found) {
        read_row(&s, out);
        buf_adds(out_report, stmt_col_text(&s, 10));
    }
    TRY(stmt_close(&s, err));
    return buf_check(out_report, err);
}

enum err_code store_jobs_list(struct store *store, int64_t before, struct job_entry *out,
                              size_t cap, size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(store, "SELECT " COLUMNS " FROM job WHERE id < $1 ORDER BY id DESC LIMIT $2", &s,
                  err));
    stmt_int(&s, 1, before > 0 ? before : INT64_MAX);
    stmt_int(&s, 2, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s))
        read_row(&s, &out[(*out_n)++]);
    return stmt_close(&s, err);
}

enum err_code store_jobs_lost(struct store *store, int over, int lost, int64_t now_us,
                              int64_t *out_last, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "UPDATE job SET state = $1, ended_us = $2 WHERE state < $3", &s, err));
    stmt_int(&s, 1, lost);
    stmt_int(&s, 2, now_us);
    stmt_int(&s, 3, over);
    stmt_next(&s);
    TRY(stmt_close(&s, err));
    TRY(stmt_open(store, "SELECT coalesce(max(id), 0) FROM job", &s, err));
    *out_last = stmt_next(&s) ? stmt_col_int(&s, 0) : 0;
    return stmt_close(&s, err);
}
