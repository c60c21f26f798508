/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/runs.h"

#include "base/timestamp.h"
#include "store/outbox_file.h"

#define COLUMNS                                                                                    \
    "id, flow, occurrence, person, who, outcome, held_out, step, wake_us, event, started_us,"      \
    " changed_us"

const char *const outbox_run_schema =
    "CREATE TABLE IF NOT EXISTS run ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " flow BIGINT NOT NULL,"
    " occurrence BIGINT NOT NULL,"
    " person BIGINT NOT NULL,"
    " who BLOB NOT NULL,"
    " outcome INTEGER NOT NULL,"
    " held_out INTEGER NOT NULL,"
    " step BIGINT NOT NULL,"
    " wake_us BIGINT NOT NULL,"
    " event TEXT NOT NULL,"
    " started_us BIGINT NOT NULL,"
    " changed_us BIGINT NOT NULL,"
    " data TEXT NOT NULL);"
    "CREATE UNIQUE INDEX IF NOT EXISTS run_once ON run (flow, person, occurrence);"
    "CREATE UNIQUE INDEX IF NOT EXISTS run_one ON run (flow, person) WHERE outcome = 0;"
    "CREATE INDEX IF NOT EXISTS run_due ON run (flow, wake_us, id) WHERE outcome = 0;"
    "CREATE INDEX IF NOT EXISTS run_person ON run (person) WHERE outcome = 0;"
    "CREATE INDEX IF NOT EXISTS run_who ON run (who);"
    "CREATE TABLE IF NOT EXISTS run_tally ("
    " flow BIGINT NOT NULL,"
    " step BIGINT NOT NULL,"
    " outcome INTEGER NOT NULL,"
    " held_out INTEGER NOT NULL,"
    " n BIGINT NOT NULL,"
    " unreached BIGINT NOT NULL,"
    " PRIMARY KEY (flow, step, outcome, held_out)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS run_cursor (name TEXT PRIMARY KEY, value BIGINT NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS happened (key INTEGER PRIMARY KEY, at_us BIGINT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS task ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " run BIGINT NOT NULL,"
    " flow BIGINT NOT NULL,"
    " step BIGINT NOT NULL,"
    " person BIGINT NOT NULL,"
    " who BLOB NOT NULL,"
    " text TEXT NOT NULL,"
    " assignee TEXT NOT NULL,"
    " made_us BIGINT NOT NULL,"
    " due_us BIGINT NOT NULL,"
    " done_us BIGINT NOT NULL DEFAULT 0,"
    " done_by TEXT NOT NULL DEFAULT '');"
    "CREATE UNIQUE INDEX IF NOT EXISTS task_once ON task (run, step);"
    "CREATE INDEX IF NOT EXISTS task_who ON task (who);"
    "CREATE INDEX IF NOT EXISTS task_open ON task (due_us, id) WHERE done_us = 0;";

const char *const outbox_run_statements[OUTBOX_STATEMENTS] = {
    [OUTBOX_RUN_INSERT] =
        "INSERT INTO run (flow, occurrence, person, who, outcome, held_out, step, wake_us, event,"
        " started_us, changed_us, data) VALUES ($1, $2, $3, $4, 0, $5, 0, $6, '', $7, $7, $8)"
        " ON CONFLICT DO NOTHING",
    [OUTBOX_RUN_LAST] = "SELECT max(started_us) FROM run WHERE flow = $1 AND person = $2",
    [OUTBOX_RUN_PUT] = "UPDATE run SET outcome = $2, step = $3, wake_us = $4, event = $5,"
                       " changed_us = $6 WHERE id = $1",
    [OUTBOX_RUN_DUE] = "SELECT " COLUMNS " FROM run WHERE outcome = 0 AND flow = $1"
                       " AND wake_us <= $2 ORDER BY wake_us, id LIMIT $3",
    [OUTBOX_RUN_OF] = "SELECT " COLUMNS " FROM run WHERE outcome = 0 AND person = $1"
                      " ORDER BY id LIMIT $2",
    [OUTBOX_RUN_GOING] = "SELECT " COLUMNS " FROM run WHERE outcome = 0 AND flow = $1 AND id > $2"
                         " ORDER BY id LIMIT $3",
    [OUTBOX_RUN_TALLY] =
        "INSERT INTO run_tally (flow, step, outcome, held_out, n, unreached)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (flow, step, outcome, held_out)"
        " DO UPDATE SET n = n + excluded.n, unreached = unreached + excluded.unreached",
    [OUTBOX_RUN_CURSOR] = "SELECT value FROM run_cursor WHERE name = $1",
    [OUTBOX_RUN_CURSOR_SET] = "INSERT INTO run_cursor (name, value) VALUES ($1, $2)"
                              " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    [OUTBOX_RUN_NEXT] = "SELECT min(wake_us) FROM run WHERE outcome = 0 AND flow = $1",
    [OUTBOX_HAPPENED] = "SELECT 1 FROM happened WHERE key = $1",
    [OUTBOX_HAPPENED_ADD] = "INSERT INTO happened (key, at_us) VALUES ($1, $2)"
                            " ON CONFLICT DO NOTHING",
    [OUTBOX_TASK_INSERT] =
        "INSERT INTO task (run, flow, step, person, who, text, assignee, made_us, due_us)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
};

/* ---- rows --------------------------------------------------------------------------------- */

static void read_run(struct stmt *s, struct run *out)
{
    struct str who = stmt_col_bytes(s, 4);
    int64_t outcome = stmt_col_int(s, 5);

    *out = (struct run){
        .id = stmt_col_int(s, 0),
        .flow = stmt_col_int(s, 1),
        .occurrence = stmt_col_int(s, 2),
        .person = (uint64_t)stmt_col_int(s, 3),
        .outcome = outcome >= 0 && outcome < RUN_OUTCOMES ? (enum run_outcome)outcome : RUN_STOPPED,
        .held_out = stmt_col_int(s, 6) != 0,
        .step = stmt_col_int(s, 7),
        .wake_us = stmt_col_int(s, 8),
        .started_us = stmt_col_int(s, 10),
        .changed_us = stmt_col_int(s, 11),
    };
    if (who.n == sizeof(out->who.bytes))
        memcpy(out->who.bytes, who.p, who.n);
    stmt_col_copy(s, 9, out->event, sizeof(out->event));
}

static enum err_code read_runs(struct stmt *s, struct run *out, size_t cap, size_t *out_n,
                               struct err *err)
{
    *out_n = 0;
    while (*out_n < cap && stmt_next(s))
        read_run(s, &out[(*out_n)++]);
    return stmt_done(s, err);
}

static enum err_code tally(struct outbox *o, const struct run_count *count, int64_t flow,
                           struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_RUN_TALLY, &s, err));
    stmt_int(s, 1, flow);
    stmt_int(s, 2, count->step);
    stmt_int(s, 3, count->outcome);
    stmt_int(s, 4, count->held_out);
    stmt_int(s, 5, count->n);
    stmt_int(s, 6, count->unreached);
    return stmt_run(s, NULL, err);
}

static enum err_code tally_outcome(struct outbox *o, const struct run *run,
                                   enum run_outcome outcome, int64_t n, struct err *err)
{
    const struct run_count count = {.outcome = outcome, .held_out = run->held_out, .n = n};

    return tally(o, &count, run->flow, err);
}

/* ---- runs --------------------------------------------------------------------------------- */

enum err_code run_start(struct outbox *o, struct run *run, struct str data, bool *out_new,
                        struct err *err)
{
    int64_t inserted = 0;
    struct stmt *s;

    *out_new = false;
    if (data.n > OUTBOX_DATA_MAX)
        return err_set(err, ERR_TOO_LARGE, "what a message is about has %zu bytes, more than %d",
                       data.n, OUTBOX_DATA_MAX);
    TRY(outbox_statement(o, OUTBOX_RUN_INSERT, &s, err));
    stmt_int(s, 1, run->flow);
    stmt_int(s, 2, run->occurrence);
    stmt_int(s, 3, (int64_t)run->person);
    stmt_bytes(s, 4, pseudonym_str(&run->who));
    stmt_int(s, 5, run->held_out);
    stmt_int(s, 6, run->wake_us);
    stmt_int(s, 7, run->started_us);
    stmt_text(s, 8, data);
    TRY(stmt_run(s, &inserted, err));
    *out_new = inserted > 0;
    if (!inserted)
        return ERR_OK;
    run->id = sqlite3_last_insert_rowid(o->file.db);
    return tally_outcome(o, run, RUN_GOING, 1, err);
}

enum err_code run_last_start(struct outbox *o, int64_t flow, uint64_t person, int64_t *out_us,
                             struct err *err)
{
    struct stmt *s;

    *out_us = TIME_NONE;
    TRY(outbox_statement(o, OUTBOX_RUN_LAST, &s, err));
    stmt_int(s, 1, flow);
    stmt_int(s, 2, (int64_t)person);
    if (stmt_next(s))
        *out_us = stmt_col_int(s, 0);
    return stmt_done(s, err);
}

enum err_code run_put(struct outbox *o, const struct run *run, struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_RUN_PUT, &s, err));
    stmt_int(s, 1, run->id);
    stmt_int(s, 2, run->outcome);
    stmt_int(s, 3, run->step);
    stmt_int(s, 4, run->wake_us);
    stmt_textz(s, 5, run->event);
    stmt_int(s, 6, run->changed_us);
    TRY(stmt_run(s, NULL, err));
    if (run->outcome == RUN_GOING)
        return ERR_OK;
    TRY(tally_outcome(o, run, RUN_GOING, -1, err));
    return tally_outcome(o, run, run->outcome, 1, err);
}

enum err_code runs_due(struct outbox *o, int64_t flow, int64_t now_us, struct run *out, size_t cap,
                       size_t *out_n, struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_RUN_DUE, &s, err));
    stmt_int(s, 1, flow);
    stmt_int(s, 2, now_us);
    stmt_int(s, 3, (int64_t)cap);
    return read_runs(s, out, cap, out_n, err);
}

enum err_code runs_of(struct outbox *o, uint64_t person, struct run *out, size_t cap, size_t *out_n,
                      struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_RUN_OF, &s, err));
    stmt_int(s, 1, (int64_t)person);
    stmt_int(s, 2, (int64_t)cap);
    return read_runs(s, out, cap, out_n, err);
}

enum err_code runs_going(struct outbox *o, int64_t flow, int64_t after, struct run *out, size_t cap,
                         size_t *out_n, struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_RUN_GOING, &s, err));
    stmt_int(s, 1, flow);
    stmt_int(s, 2, after);
    stmt_int(s, 3, (int64_t)cap);
    return read_runs(s, out, cap, out_n, err);
}

enum err_code run_data(struct outbox *o, int64_t id, struct buf *out, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, "SELECT data FROM run WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    if (stmt_next(&s))
        buf_adds(out, stmt_col_text(&s, 0));
    TRY(stmt_close(&s, err));
    return buf_check(out, err);
}

enum err_code runs_next(struct outbox *o, int64_t flow, int64_t *out_us, struct err *err)
{
    struct stmt *s;

    *out_us = TIME_NONE;
    TRY(outbox_statement(o, OUTBOX_RUN_NEXT, &s, err));
    stmt_int(s, 1, flow);
    if (stmt_next(s))
        *out_us = stmt_col_int(s, 0);
    return stmt_done(s, err);
}

enum err_code run_flows(struct outbox *o, int64_t after, int64_t *out, size_t cap, size_t *out_n,
                        struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&o->file,
                  "SELECT flow FROM run_tally WHERE step = 0 AND outcome = 0 AND flow > $1"
                  " GROUP BY flow HAVING sum(n) > 0 ORDER BY flow LIMIT $2",
                  &s, err));
    stmt_int(&s, 1, after);
    stmt_int(&s, 2, (int64_t)cap);
    while (*out_n < cap && stmt_next(&s))
        out[(*out_n)++] = stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}

/* ---- two who are one ---------------------------------------------------------------------- */

/* Started for the same thing under both numbers: the second way is not a way of its own. */
static enum err_code move_runs(struct outbox *o, uint64_t from, uint64_t to, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, "UPDATE OR IGNORE run SET person = $2 WHERE person = $1", &s, err));
    stmt_int(&s, 1, (int64_t)from);
    stmt_int(&s, 2, (int64_t)to);
    while (stmt_next(&s))
        ;
    TRY(stmt_close(&s, err));
    TRY(stmt_open(&o->file, "UPDATE task SET person = $2 WHERE person = $1", &s, err));
    stmt_int(&s, 1, (int64_t)from);
    stmt_int(&s, 2, (int64_t)to);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

enum { FLOWS_AT_ONCE = 256 };

static enum err_code end_later(struct outbox *o, const struct run *a, const struct run *b,
                               int64_t now_us, struct err *err)
{
    struct run later = a->started_us > b->started_us ? *a : *b;

    later.outcome = RUN_LEFT;
    later.changed_us = now_us;
    return run_put(o, &later, err);
}

enum err_code runs_merge(struct outbox *o, uint64_t from, uint64_t to, int64_t now_us,
                         struct err *err)
{
    struct run *runs = xcalloc(2 * FLOWS_AT_ONCE, sizeof(*runs)), *others = runs + FLOWS_AT_ONCE;
    size_t n = 0, m = 0;
    enum err_code rc = runs_of(o, from, runs, FLOWS_AT_ONCE, &n, err);

    if (rc == ERR_OK)
        rc = runs_of(o, to, others, FLOWS_AT_ONCE, &m, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        for (size_t k = 0; rc == ERR_OK && k < m; k++)
            if (runs[i].flow == others[k].flow)
                rc = end_later(o, &runs[i], &others[k], now_us, err);
    free(runs);
    return rc == ERR_OK ? move_runs(o, from, to, err) : rc;
}

/* ---- erasure ------------------------------------------------------------------------------ */

static enum err_code run_with(struct outbox *o, const char *sql, const struct pseudonym *who,
                              struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, sql, &s, err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

static enum err_code next_of(struct outbox *o, const struct pseudonym *who, struct run *out,
                             bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, "SELECT " COLUMNS " FROM run WHERE who = $1 AND outcome = 0 LIMIT 1",
                  &s, err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    *out_found = stmt_next(&s);
    if (*out_found)
        read_run(&s, out);
    return stmt_close(&s, err);
}

enum err_code outbox_forget_runs(struct outbox *o, const struct pseudonym *who, int64_t now_us,
                                 struct err *err)
{
    bool found = true;
    struct run run;

    while (found) {
        TRY(next_of(o, who, &run, &found, err));
        if (!found)
            break;
        run.outcome = RUN_STOPPED;
        run.changed_us = now_us;
        TRY(run_put(o, &run, err));
    }
    TRY(run_with(o, "DELETE FROM run WHERE who = $1", who, err));
    return run_with(o, "DELETE FROM task WHERE who = $1", who, err);
}

/* ---- counts and cursors ------------------------------------------------------------------- */

enum err_code run_passed(struct outbox *o, int64_t flow, int64_t step, bool held_out,
                         bool unreached, struct err *err)
{
    const struct run_count count = {
        .step = step, .held_out = held_out, .n = 1, .unreached = unreached};

    return tally(o, &count, flow, err);
}

enum err_code run_counts(struct outbox *o, int64_t flow, struct run_count *out, size_t cap,
                         size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&o->file,
                  "SELECT step, outcome, held_out, n, unreached FROM run_tally WHERE flow = $1"
                  " AND n != 0 ORDER BY step = 0, step, outcome, held_out",
                  &s, err));
    stmt_int(&s, 1, flow);
    while (*out_n < cap && stmt_next(&s))
        out[(*out_n)++] = (struct run_count){.step = stmt_col_int(&s, 0),
                                             .outcome = (enum run_outcome)stmt_col_int(&s, 1),
                                             .held_out = stmt_col_int(&s, 2) != 0,
                                             .n = stmt_col_int(&s, 3),
                                             .unreached = stmt_col_int(&s, 4)};
    return stmt_close(&s, err);
}

enum err_code run_cursor(struct outbox *o, const char *name, int64_t *out, struct err *err)
{
    struct stmt *s;

    *out = 0;
    TRY(outbox_statement(o, OUTBOX_RUN_CURSOR, &s, err));
    stmt_textz(s, 1, name);
    if (stmt_next(s))
        *out = stmt_col_int(s, 0);
    return stmt_done(s, err);
}

enum err_code run_cursor_set(struct outbox *o, const char *name, int64_t value, struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_RUN_CURSOR_SET, &s, err));
    stmt_textz(s, 1, name);
    stmt_int(s, 2, value);
    return stmt_run(s, NULL, err);
}

static enum err_code is_noted(struct outbox *o, int64_t key, bool *io_noted, struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_HAPPENED, &s, err));
    stmt_int(s, 1, key);
    *io_noted |= stmt_next(s);
    return stmt_done(s, err);
}

enum err_code happened_once(struct outbox *o, const int64_t *keys, size_t n, int64_t now_us,
                            bool *out_new, struct err *err)
{
    bool noted = false;

    for (size_t i = 0; i < n; i++)
        TRY(is_noted(o, keys[i], &noted, err));
    *out_new = !noted;
    for (size_t i = 0; i < n; i++) {
        struct stmt *s;

        TRY(outbox_statement(o, OUTBOX_HAPPENED_ADD, &s, err));
        stmt_int(s, 1, keys[i]);
        stmt_int(s, 2, now_us);
        TRY(stmt_run(s, NULL, err));
    }
    return ERR_OK;
}

enum err_code happened_prune(struct outbox *o, int64_t now_us, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(&o->file, "DELETE FROM happened WHERE at_us < $1", &s, err));
    stmt_int(&s, 1, now_us - HAPPENED_KEEP_DAYS * US_PER_DAY);
    while (stmt_next(&s))
        ;
    return stmt_close(&s, err);
}

/* ---- tasks -------------------------------------------------------------------------------- */

enum err_code task_add(struct outbox *o, const struct task *task, const struct pseudonym *who,
                       struct err *err)
{
    struct stmt *s;

    TRY(outbox_statement(o, OUTBOX_TASK_INSERT, &s, err));
    stmt_int(s, 1, task->run);
    stmt_int(s, 2, task->flow);
    stmt_int(s, 3, task->step);
    stmt_int(s, 4, (int64_t)task->person);
    stmt_bytes(s, 5, pseudonym_str(who));
    stmt_text(s, 6, task->text);
    stmt_text(s, 7, task->assignee);
    stmt_int(s, 8, task->made_us);
    stmt_int(s, 9, task->due_us);
    return stmt_run(s, NULL, err);
}

enum err_code tasks_each(struct outbox *o, bool open_only,
                         enum err_code (*each)(void *ctx, const struct task *task, struct err *err),
                         void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "SELECT id, run, flow, step, person, text, assignee, made_us, due_us, done_us,"
                  " done_by FROM task WHERE NOT $1 OR done_us = 0"
                  " ORDER BY done_us != 0, due_us, id",
                  &s, err));
    stmt_int(&s, 1, open_only);
    while (rc == ERR_OK && stmt_next(&s)) {
        const struct task task = {.id = stmt_col_int(&s, 0),
                                  .run = stmt_col_int(&s, 1),
                                  .flow = stmt_col_int(&s, 2),
                                  .step = stmt_col_int(&s, 3),
                                  .person = (uint64_t)stmt_col_int(&s, 4),
                                  .text = stmt_col_text(&s, 5),
                                  .assignee = stmt_col_text(&s, 6),
                                  .made_us = stmt_col_int(&s, 7),
                                  .due_us = stmt_col_int(&s, 8),
                                  .done_us = stmt_col_int(&s, 9),
                                  .done_by = stmt_col_text(&s, 10)};

        rc = each(ctx, &task, err);
    }
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

enum err_code task_done(struct outbox *o, int64_t id, const char *by, int64_t now_us,
                        struct err *err)
{
    bool found = false;
    struct stmt s;

    TRY(stmt_open(&o->file,
                  "UPDATE task SET done_us = CASE WHEN done_us = 0 THEN $3 ELSE done_us END,"
                  " done_by = CASE WHEN done_us = 0 THEN $2 ELSE done_by END WHERE id = $1"
                  " RETURNING id",
                  &s, err));
    stmt_int(&s, 1, id);
    stmt_textz(&s, 2, by);
    stmt_int(&s, 3, now_us);
    while (stmt_next(&s))
        found = true;
    TRY(stmt_close(&s, err));
    return found ? ERR_OK : err_set(err, ERR_NOT_FOUND, "there is no task %" PRId64, id);
}
