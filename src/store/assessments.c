/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/assessments.h"

#include "base/timestamp.h"
#include "store/sqlite.h"

#define COLUMNS                                                                                    \
    "id, as_of, made_us, seen, seen_us, program, model, model_version, content_hash,"              \
    " scoring_hash, input_hash, result_hash, stage_best, stage_confirmed, stage_claimed,"          \
    " stage_p1, stage_p2, stage_p3, stage_p4, index_mid, index_low, index_high, coverage"

static enum err_code put_practices(struct store *store, const struct assessment_entry *e,
                                   struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO assessment_practice (assessment_id, position, practice, state,"
                  " level_best, level_confirmed, continuous, p1, p2, p3, p4, value)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                  &s, err));
    for (size_t i = 0; i < e->practice_count; i++) {
        const struct kept_practice *p = &e->practices[i];

        stmt_int(&s, 1, e->id);
        stmt_int(&s, 2, (int64_t)i);
        stmt_textz(&s, 3, p->id);
        stmt_textz(&s, 4, p->state);
        stmt_int(&s, 5, p->level_best);
        stmt_int(&s, 6, p->level_confirmed);
        stmt_real(&s, 7, p->continuous);
        for (int l = 0; l < 4; l++)
            stmt_real(&s, 8 + l, p->p[l]);
        stmt_real(&s, 12, p->value);
        stmt_next(&s);
        stmt_again(&s);
    }
    return stmt_close(&s, err);
}

static enum err_code put_dimensions(struct store *store, const struct assessment_entry *e,
                                    struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO assessment_dimension (assessment_id, position, dimension, value,"
                  " low, high) VALUES ($1, $2, $3, $4, $5, $6)",
                  &s, err));
    for (size_t i = 0; i < e->dimension_count; i++) {
        const struct kept_dimension *d = &e->dimensions[i];

        stmt_int(&s, 1, e->id);
        stmt_int(&s, 2, (int64_t)i);
        stmt_textz(&s, 3, d->id);
        stmt_real(&s, 4, d->value);
        stmt_real(&s, 5, d->low);
        stmt_real(&s, 6, d->high);
        stmt_next(&s);
        stmt_again(&s);
    }
    return stmt_close(&s, err);
}

static enum err_code put_row(struct store *store, const struct assessment_entry *e,
                             struct str evidence, struct err *err)
{
    const char *const texts[] = {e->program,      e->model,      e->model_version, e->content_hash,
                                 e->scoring_hash, e->input_hash, e->result_hash};
    const double numbers[] = {e->stage_p[0], e->stage_p[1], e->stage_p[2], e->stage_p[3],
                              e->index,      e->index_low,  e->index_high, e->coverage};
    struct stmt s;

    TRY(stmt_open(store,
                  "INSERT INTO assessment (" COLUMNS ", evidence) VALUES ($1, $2, $3, $4, $5, $6,"
                  " $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,"
                  " $23, $24)",
                  &s, err));
    stmt_int(&s, 1, e->id);
    stmt_int(&s, 2, e->as_of);
    stmt_int(&s, 3, e->made_us);
    stmt_int(&s, 4, e->seen);
    stmt_int(&s, 5, e->seen_us);
    for (int i = 0; i < (int)TM_COUNT(texts); i++)
        stmt_textz(&s, 6 + i, texts[i]);
    stmt_int(&s, 13, e->stage_best);
    stmt_int(&s, 14, e->stage_confirmed);
    stmt_int(&s, 15, e->stage_claimed);
    for (int i = 0; i < (int)TM_COUNT(numbers); i++)
        stmt_real(&s, 16 + i, numbers[i]);
    stmt_text(&s, 24, evidence);
    stmt_next(&s);
    return stmt_close(&s, err);
}

/* What is kept of the same input under the same scoring. */
struct before {
    int64_t id, made_us, seen;
    bool found, same_program;
};

static enum err_code find_before(struct store *store, const struct assessment_entry *e,
                                 struct before *out, struct err *err)
{
    struct stmt s;

    *out = (struct before){0};
    TRY(stmt_open(store,
                  "SELECT id, made_us, seen, program FROM assessment"
                  " WHERE input_hash = $1 AND scoring_hash = $2",
                  &s, err));
    stmt_textz(&s, 1, e->input_hash);
    stmt_textz(&s, 2, e->scoring_hash);
    out->found = stmt_next(&s);
    if (out->found) {
        out->id = stmt_col_int(&s, 0);
        out->made_us = stmt_col_int(&s, 1);
        out->seen = stmt_col_int(&s, 2);
        out->same_program = str_eqz(stmt_col_text(&s, 3), e->program);
    }
    return stmt_close(&s, err);
}

/* A statement whose only parameters are numbers. */
static enum err_code run_with(struct store *store, const char *sql, const int64_t *values, size_t n,
                              struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, sql, &s, err));
    for (size_t i = 0; i < n; i++)
        stmt_int(&s, (int)i + 1, values[i]);
    stmt_next(&s);
    return stmt_close(&s, err);
}

static enum err_code next_id(struct store *store, int64_t *out_id, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT coalesce(max(id), 0) + 1 FROM assessment", &s, err));
    if (stmt_next(&s))
        *out_id = stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}

static enum err_code put(struct store *store, struct assessment_entry *e, struct str evidence,
                         struct err *err)
{
    struct before before;

    TRY(find_before(store, e, &before, err));
    e->seen_us = timestamp_now();
    e->seen = before.seen + 1;
    if (before.found && before.same_program) {
        e->id = before.id;
        e->made_us = before.made_us;
        return run_with(store, "UPDATE assessment SET seen = $2, seen_us = $3 WHERE id = $1",
                        (int64_t[]){e->id, e->seen, e->seen_us}, 3, err);
    }
    if (before.found) {
        e->id = before.id;
        TRY(run_with(store, "DELETE FROM assessment WHERE id = $1", &e->id, 1, err));
    } else {
        TRY(next_id(store, &e->id, err));
    }
    e->made_us = e->seen_us;
    TRY(put_row(store, e, evidence, err));
    TRY(put_practices(store, e, err));
    return put_dimensions(store, e, err);
}

enum err_code store_assessment_put(struct store *store, struct assessment_entry *entry,
                                   struct str evidence, struct err *err)
{
    if (evidence.n > STORE_EVIDENCE_MAX)
        return err_set(err, ERR_TOO_LARGE,
                       "the evidence of an assessment has %zu bytes, %d at most", evidence.n,
                       STORE_EVIDENCE_MAX);
    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    return store_end(store, put(store, entry, evidence, err), err);
}

static void read_row(struct stmt *s, struct assessment_entry *e)
{
    double *const numbers[] = {&e->index, &e->index_low, &e->index_high, &e->coverage};

    e->id = stmt_col_int(s, 0);
    e->as_of = stmt_col_int(s, 1);
    e->made_us = stmt_col_int(s, 2);
    e->seen = stmt_col_int(s, 3);
    e->seen_us = stmt_col_int(s, 4);
    stmt_col_copy(s, 5, e->program, sizeof(e->program));
    stmt_col_copy(s, 6, e->model, sizeof(e->model));
    stmt_col_copy(s, 7, e->model_version, sizeof(e->model_version));
    stmt_col_copy(s, 8, e->content_hash, sizeof(e->content_hash));
    stmt_col_copy(s, 9, e->scoring_hash, sizeof(e->scoring_hash));
    stmt_col_copy(s, 10, e->input_hash, sizeof(e->input_hash));
    stmt_col_copy(s, 11, e->result_hash, sizeof(e->result_hash));
    e->stage_best = (int)stmt_col_int(s, 12);
    e->stage_confirmed = (int)stmt_col_int(s, 13);
    e->stage_claimed = stmt_col_int(s, 14) != 0;
    for (int i = 0; i < 4; i++)
        e->stage_p[i] = stmt_col_real(s, 15 + i);
    for (int i = 0; i < (int)TM_COUNT(numbers); i++)
        *numbers[i] = stmt_col_real(s, 19 + i);
}

static enum err_code count_of(struct store *store, const char *sql, int64_t id, size_t *out_n,
                              struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(store, sql, &s, err));
    stmt_int(&s, 1, id);
    if (stmt_next(&s))
        *out_n = (size_t)stmt_col_int(&s, 0);
    return stmt_close(&s, err);
}

static enum err_code read_practices(struct store *store, struct arena *arena,
                                    struct assessment_entry *e, struct err *err)
{
    struct kept_practice *all;
    struct stmt s;
    size_t n = 0;

    TRY(count_of(store, "SELECT count(*) FROM assessment_practice WHERE assessment_id = $1", e->id,
                 &n, err));
    all = arena_alloc(arena, (n + 1) * sizeof(*all));
    TRY(arena_check(arena, err));
    TRY(stmt_open(store,
                  "SELECT practice, state, level_best, level_confirmed, continuous, p1, p2, p3, p4,"
                  " value FROM assessment_practice WHERE assessment_id = $1 ORDER BY position",
                  &s, err));
    stmt_int(&s, 1, e->id);
    for (e->practice_count = 0; e->practice_count < n && stmt_next(&s); e->practice_count++) {
        struct kept_practice *p = &all[e->practice_count];

        stmt_col_copy(&s, 0, p->id, sizeof(p->id));
        stmt_col_copy(&s, 1, p->state, sizeof(p->state));
        p->level_best = (int)stmt_col_int(&s, 2);
        p->level_confirmed = (int)stmt_col_int(&s, 3);
        p->continuous = stmt_col_real(&s, 4);
        for (int l = 0; l < 4; l++)
            p->p[l] = stmt_col_real(&s, 5 + l);
        p->value = stmt_col_real(&s, 9);
    }
    e->practices = all;
    return stmt_close(&s, err);
}

static enum err_code read_dimensions(struct store *store, struct arena *arena,
                                     struct assessment_entry *e, struct err *err)
{
    struct kept_dimension *all;
    struct stmt s;
    size_t n = 0;

    TRY(count_of(store, "SELECT count(*) FROM assessment_dimension WHERE assessment_id = $1", e->id,
                 &n, err));
    all = arena_alloc(arena, (n + 1) * sizeof(*all));
    TRY(arena_check(arena, err));
    TRY(stmt_open(store,
                  "SELECT dimension, value, low, high FROM assessment_dimension"
                  " WHERE assessment_id = $1 ORDER BY position",
                  &s, err));
    stmt_int(&s, 1, e->id);
    for (e->dimension_count = 0; e->dimension_count < n && stmt_next(&s); e->dimension_count++) {
        struct kept_dimension *d = &all[e->dimension_count];

        stmt_col_copy(&s, 0, d->id, sizeof(d->id));
        d->value = stmt_col_real(&s, 1);
        d->low = stmt_col_real(&s, 2);
        d->high = stmt_col_real(&s, 3);
    }
    e->dimensions = all;
    return stmt_close(&s, err);
}

enum err_code store_assessments_list(struct store *store, struct arena *arena,
                                     struct assessment_entry **out_entries, size_t *out_count,
                                     struct err *err)
{
    struct assessment_entry *all = arena_alloc(arena, STORE_ASSESSMENTS_LISTED * sizeof(*all));
    struct stmt s;
    size_t n = 0;

    TRY(arena_check(arena, err));
    TRY(stmt_open(store,
                  "SELECT " COLUMNS " FROM (SELECT * FROM assessment ORDER BY as_of DESC, id DESC"
                  " LIMIT $1) AS newest ORDER BY as_of, id",
                  &s, err));
    stmt_int(&s, 1, STORE_ASSESSMENTS_LISTED);
    while (n < STORE_ASSESSMENTS_LISTED && stmt_next(&s))
        read_row(&s, &all[n++]);
    TRY(stmt_close(&s, err));
    for (size_t i = 0; i < n; i++) {
        TRY(read_practices(store, arena, &all[i], err));
        TRY(read_dimensions(store, arena, &all[i], err));
    }
    *out_entries = all;
    *out_count = n;
    return ERR_OK;
}

enum err_code store_assessment_evidence(struct store *store, int64_t id, struct buf *out_evidence,
                                        struct err *err)
{
    struct stmt s;
    bool found;

    TRY(stmt_open(store, "SELECT evidence FROM assessment WHERE id = $1", &s, err));
    stmt_int(&s, 1, id);
    found = stmt_next(&s);
    if (found)
        buf_adds(out_evidence, stmt_col_text(&s, 0));
    TRY(stmt_close(&s, err));
    if (!found)
        return err_set(err, ERR_NOT_FOUND, "there is no assessment %" PRId64, id);
    return buf_check(out_evidence, err);
}
