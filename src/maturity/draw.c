/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/draw.h"

enum { SLOTS_MAX = 256 };

/* Pivots of a correlation matrix below this are rounding. */
static const double pivot_tolerance = 1e-10;

struct copula {
    size_t slots;
    double *factor;  /* slots x slots, lower triangle */
    double *normals; /* slots rows of n, independent */
};

static struct stream stream_for(const struct evidence_set *set, const char *id, const char *what)
{
    return stream_of(set->input_hash, set->model->scoring_hash, id, what, (const char *)NULL);
}

static enum err_code copula_make(const struct evidence_set *set, size_t n, struct arena *arena,
                                 struct copula *out_copula, struct err *err)
{
    size_t slots = set->sigma ? set->slots : 0;
    struct copula c = {.slots = slots};

    if (slots > SLOTS_MAX)
        return err_set(err, ERR_TOO_LARGE, "%zu ratios share customers, at most %d can", slots,
                       SLOTS_MAX);
    c.factor = arena_alloc(arena, (slots * slots + 1) * sizeof(*c.factor));
    c.normals = arena_alloc(arena, (slots * n + 1) * sizeof(*c.normals));
    TRY(arena_check(arena, err));
    for (size_t i = 0; i < slots * slots; i++) {
        if (!isfinite(set->sigma[i]))
            return err_set(err, ERR_INVALID, "the covariance of ratios %zu and %zu is not a number",
                           i / slots, i % slots);
        c.factor[i] = set->sigma[i];
    }
    correlation_of(c.factor, slots);
    cholesky_correlation(c.factor, slots, pivot_tolerance);
    for (size_t i = 0; i < slots; i++) {
        struct stream s;
        char name[24];

        snprintf(name, sizeof(name), "%zu", i);
        s = stream_for(set, name, "slot");
        stream_normals(&s, c.normals + i * n, n);
    }
    *out_copula = c;
    return ERR_OK;
}

/* The slot that carries a practice's draws, or -1. */
static int slot_of(const struct judged *j, const struct practice_result *r, size_t slots,
                   size_t *out_indicator)
{
    if (r->rests_on != CLASS_MEASURED && r->rests_on != CLASS_OBSERVED)
        return -1;
    for (size_t k = 0; k < j->practice->indicator_count; k++) {
        enum indicator_form form = j->practice->indicators[k].form;
        int slot = j->evidence->findings[k].slot;

        *out_indicator = k;
        if ((form == FORM_FRACTION || form == FORM_RATIO) && slot >= 0 && (size_t)slot < slots)
            return slot;
    }
    return -1;
}

/* -1 where a larger number means a lower level: less is better, or a band is left at its top. */
static double direction(const struct judged *j, size_t k)
{
    const struct cuts *cuts = &j->view.cuts[k];

    if (j->practice->indicators[k].lower_is_better)
        return -1;
    for (int i = 2; i >= 0; i--)
        if (!isnan(cuts->upper[i]) && !isnan(cuts->at[i]))
            return j->view.posteriors[k].point > 0.5 * (cuts->at[i] + cuts->upper[i]) ? -1 : 1;
    return 1;
}

/* Level >= l where score > limits[l - 2]. */
static void to_levels(const double *score, const double limits[3], size_t n, uint8_t *out_levels)
{
    for (size_t d = 0; d < n; d++)
        out_levels[d] =
            (uint8_t)(1 + (score[d] > limits[0]) + (score[d] > limits[1]) + (score[d] > limits[2]));
}

static void draw_alone(const struct evidence_set *set, const struct practice_result *r, size_t n,
                       double *work, uint8_t *out_levels)
{
    struct stream s = stream_for(set, r->practice->id, "level");
    double limits[3];

    for (int l = 2; l <= 4; l++)
        limits[l - 2] = 1 - practice_at_least(r, l);
    stream_uniforms(&s, work, n);
    to_levels(work, limits, n, out_levels);
}

/* What was observed in a shop's exports and logs is right or wrong as a whole: one draw decides
 * for all such practices whether observation is to be believed. Each keeps the distribution of
 * r->p = rho * seen + (1 - rho) * prior. */
static void draw_observed(const struct evidence_set *set, const struct practice_result *r,
                          const double *belief, size_t n, double *work, uint8_t *out_levels)
{
    struct stream s = stream_for(set, r->practice->id, "level");
    double seen[3], unknown[3];
    const double rho = practice_reliability(CLASS_OBSERVED);

    for (int l = 2; l <= 4; l++) {
        double prior = practice_prior_at_least(l);
        double believed = (practice_at_least(r, l) - (1 - rho) * prior) / rho;

        seen[l - 2] = 1 - fmin(fmax(believed, 0), 1);
        unknown[l - 2] = 1 - prior;
    }
    stream_uniforms(&s, work, n);
    for (size_t d = 0; d < n; d++) {
        const double *limits = belief[d] < rho ? seen : unknown;

        out_levels[d] =
            (uint8_t)(1 + (work[d] > limits[0]) + (work[d] > limits[1]) + (work[d] > limits[2]));
    }
}

static void draw_slot(const struct copula *c, size_t slot, double sign,
                      const struct practice_result *r, size_t n, double *work, uint8_t *out_levels)
{
    double limits[3];

    for (int l = 2; l <= 4; l++) {
        double below = 1 - practice_at_least(r, l);

        limits[l - 2] = below <= 0   ? -(double)INFINITY
                        : below >= 1 ? (double)INFINITY
                                     : normal_quantile(below);
    }
    for (size_t d = 0; d < n; d++)
        work[d] = 0;
    for (size_t k = 0; k <= slot; k++) {
        double f = sign * c->factor[slot * c->slots + k];

        for (size_t d = 0; f != 0 && d < n; d++)
            work[d] += f * c->normals[k * n + d];
    }
    to_levels(work, limits, n, out_levels);
}

enum err_code draws_make(const struct evidence_set *set, const struct judged *judged,
                         const struct practice_result *results, size_t n, struct arena *arena,
                         struct draws *out_draws, struct err *err)
{
    size_t count = set->model->practice_count;
    double *work = arena_alloc(arena, n * sizeof(*work));
    double *belief = arena_alloc(arena, n * sizeof(*belief));
    uint8_t *levels = arena_alloc(arena, count * n + 1);
    struct copula copula = {0};
    struct stream s;

    TRY(arena_check(arena, err));
    s = stream_for(set, "observed", "belief");
    stream_uniforms(&s, belief, n);
    TRY(copula_make(set, n, arena, &copula, err));
    for (size_t i = 0; i < count; i++) {
        uint8_t *row = levels + i * n;
        size_t k = 0;
        int slot = slot_of(&judged[i], &results[i], copula.slots, &k);

        if (!practice_known(&results[i]))
            memset(row, 1, n);
        else if (slot >= 0)
            draw_slot(&copula, (size_t)slot, direction(&judged[i], k), &results[i], n, work, row);
        else if (results[i].rests_on == CLASS_OBSERVED)
            draw_observed(set, &results[i], belief, n, work, row);
        else
            draw_alone(set, &results[i], n, work, row);
    }
    *out_draws = (struct draws){n, levels};
    return ERR_OK;
}
