/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/prove.h"

#include "maturity/level.h"

enum { PROOF_BYTES_MAX = 8 << 20, QUANTILES = 200 };

static const double passes_at = .80, fails_below = .50, real_at = .90;

/* P(b > a) = E over a of P(b > a), by the midpoints of a's quantiles. */
double posterior_better(const struct posterior *a, const struct posterior *b, bool lower_is_better)
{
    double sum = 0;

    if (a->kind == POSTERIOR_POINT && b->kind == POSTERIOR_POINT) {
        double slack = 1e-9 * fmax(1, fabs(a->point));

        if (fabs(b->point - a->point) <= slack)
            return .5;
        return (b->point > a->point) != lower_is_better;
    }
    if (a->kind == POSTERIOR_POINT)
        return lower_is_better ? posterior_below(b, a->point) : posterior_above(b, a->point);
    for (int i = 0; i < QUANTILES; i++) {
        double x = posterior_quantile(a, (i + .5) / QUANTILES);

        sum += lower_is_better ? posterior_below(b, x) : posterior_above(b, x);
    }
    return fmin(fmax(sum / QUANTILES, 0), 1);
}

static bool measured(const struct practice_result *r)
{
    return r->rests_on == CLASS_MEASURED || r->rests_on == CLASS_OBSERVED;
}

/* The indicator that the step's check looks at; the first where it names none of them. */
static size_t indicator_of(const struct practice *p, const struct kept_step *step)
{
    for (size_t k = 0; step && k < p->indicator_count; k++)
        if (strcmp(p->indicators[k].measure, step->measure) == 0)
            return k;
    return 0;
}

static enum err_code compare_values(const struct assessment *before, const struct assessment *after,
                                    struct proof_row *row, struct err *err)
{
    const struct practice_result *a = &before->practices[row->practice];
    const struct practice_result *b = &after->practices[row->practice];
    struct level_view view_a, view_b;

    row->value_a = measured(a) ? a->value[row->indicator].mid : (double)NAN;
    row->value_b = measured(b) ? b->value[row->indicator].mid : (double)NAN;
    row->p_better = (double)NAN;
    row->change = CHANGE_UNKNOWN;
    if (!measured(a) || !measured(b))
        return ERR_OK;
    row->change = CHANGE_OTHER;
    if (strcmp(a->evidence->fingerprint, b->evidence->fingerprint) != 0)
        return ERR_OK;
    TRY(level_measure(a->practice, a->evidence, before->evidence, &view_a, err));
    TRY(level_measure(b->practice, b->evidence, after->evidence, &view_b, err));
    row->p_better =
        posterior_better(&view_a.posteriors[row->indicator], &view_b.posteriors[row->indicator],
                         b->practice->indicators[row->indicator].lower_is_better);
    row->change = row->p_better >= real_at       ? CHANGE_BETTER
                  : row->p_better <= 1 - real_at ? CHANGE_WORSE
                                                 : CHANGE_NOISE;
    return ERR_OK;
}

static enum step_verdict verdict_of(const struct kept_step *step, bool due, double p_met)
{
    if (step->verdict != STEP_UNDECIDED)
        return step->verdict;
    if (!due || isnan(p_met))
        return STEP_UNDECIDED;
    return p_met >= passes_at ? STEP_PASSED : p_met < fails_below ? STEP_FAILED : STEP_UNDECIDED;
}

static double p_at_least(const struct practice_result *r, int level)
{
    double sum = 0;

    if (r->rests_on == CLASS_NONE || level < 1)
        return (double)NAN;
    for (int l = level; l <= 4; l++)
        sum += r->p[l - 1];
    return fmin(sum, 1);
}

static enum err_code fill_row(const struct assessment *before, const struct assessment *after,
                              size_t practice, const struct kept_step *step, struct proof_row *row,
                              struct err *err)
{
    const struct practice_result *now = &after->practices[practice];

    *row = (struct proof_row){.practice = practice,
                              .indicator = indicator_of(now->practice, step),
                              .step = step,
                              .to = step ? step->to : 0,
                              .level_a = before->practices[practice].level_best,
                              .level_b = now->level_best,
                              .p_met = (double)NAN};
    if (step) {
        row->p_met = p_at_least(now, step->to);
        row->due = after->evidence->as_of >= step->due_day * US_PER_DAY;
        row->verdict = verdict_of(step, row->due, row->p_met);
    }
    return compare_values(before, after, row, err);
}

static int by_due_day(const void *a, const void *b)
{
    const struct kept_step *x = ((const struct proof_row *)a)->step;
    const struct kept_step *y = ((const struct proof_row *)b)->step;

    if (x->due_day != y->due_day)
        return x->due_day < y->due_day ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static double sureness(const struct proof_row *row)
{
    return isnan(row->p_better) ? -1 : fabs(row->p_better - .5);
}

static int by_sureness(const void *a, const void *b)
{
    const struct proof_row *x = a, *y = b;

    if (sureness(x) != sureness(y))
        return sureness(x) < sureness(y) ? 1 : -1;
    return x->practice < y->practice ? -1 : x->practice > y->practice;
}

static enum err_code add_steps(const struct assessment *before, const struct assessment *after,
                               const struct kept_step *steps, size_t n, struct proof *proof,
                               struct err *err)
{
    const struct model *model = after->evidence->model;

    for (size_t i = 0; i < n; i++) {
        size_t practice = model_practice(model, steps[i].practice);
        struct proof_row *row = &proof->rows[proof->count];

        if (steps[i].status == STEP_DROPPED || practice == SIZE_MAX || steps[i].to < 2 ||
            steps[i].to > 4)
            continue;
        TRY(fill_row(before, after, practice, &steps[i], row, err));
        proof->passed += row->verdict == STEP_PASSED;
        proof->failed += row->verdict == STEP_FAILED;
        proof->open += row->verdict == STEP_UNDECIDED;
        proof->count++;
    }
    proof->promised = proof->count > 0;
    if (proof->count)
        qsort(proof->rows, proof->count, sizeof(*proof->rows), by_due_day);
    return ERR_OK;
}

static enum err_code add_practices(const struct assessment *before, const struct assessment *after,
                                   struct proof *proof, struct err *err)
{
    const struct model *model = after->evidence->model;

    for (size_t i = 0; i < model->practice_count; i++) {
        if (before->practices[i].level_best < 1 || after->practices[i].level_best < 1)
            continue;
        TRY(fill_row(before, after, i, NULL, &proof->rows[proof->count++], err));
    }
    if (proof->count)
        qsort(proof->rows, proof->count, sizeof(*proof->rows), by_sureness);
    return ERR_OK;
}

enum err_code prove(const struct assessment *before, const struct assessment *after,
                    const struct kept_step *steps, size_t n, struct proof **out_proof,
                    struct err *err)
{
    TM_CLEANUP(proof_freep) struct proof *proof = xcalloc(1, sizeof(*proof));
    const struct model *model = after->evidence->model;

    assert(before->evidence->model == model);
    proof->arena = ARENA_INIT(PROOF_BYTES_MAX);
    proof->rows =
        arena_alloc(&proof->arena, (n + model->practice_count + 1) * sizeof(*proof->rows));
    TRY(arena_check(&proof->arena, err));
    TRY(add_steps(before, after, steps, n, proof, err));
    if (!proof->promised)
        TRY(add_practices(before, after, proof, err));
    *out_proof = proof;
    proof = NULL;
    return ERR_OK;
}

void proof_free(struct proof *proof)
{
    if (!proof)
        return;
    arena_release(&proof->arena);
    free(proof);
}

void proof_freep(struct proof **proof)
{
    proof_free(*proof);
}
