/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Would the stage be the same with somewhat other cuts and weights (maturity.md 6.9, 7)? */
#include "maturity/sensitivity_parts.h"

static const double cut_sd = .10;    /* of the logarithm */
static const double weight_cv = .30; /* of a weight of mean size */

/* The model with other cuts, the model with other weights, and evidence that is judged by the
 * first. */
struct shaken {
    struct model cuts, weights;
    struct evidence_set set;
    double **normals; /* per practice: a row for each round */
    struct judged *judged;
    struct practice_result *results;
};

static size_t normals_a_round(const struct practice *p)
{
    return 3 * p->indicator_count + 1;
}

static enum err_code shaken_make(struct sensing *s, struct shaken *out_shaken, struct err *err)
{
    const struct evidence_set *set = s->a->evidence;
    size_t count = s->model->practice_count;
    struct arena *arena = &s->scratch;
    struct shaken k = {.cuts = *s->model, .weights = *s->model, .set = *set};

    k.cuts.practices = arena_alloc(arena, (count + 1) * sizeof(*k.cuts.practices));
    k.weights.practices = arena_alloc(arena, (count + 1) * sizeof(*k.weights.practices));
    k.set.items = arena_alloc(arena, (count + 1) * sizeof(*k.set.items));
    k.judged = arena_alloc(arena, (count + 1) * sizeof(*k.judged));
    k.results = arena_alloc(arena, (count + 1) * sizeof(*k.results));
    k.normals = arena_alloc(arena, (count + 1) * sizeof(*k.normals));
    TRY(arena_check(arena, err));
    for (size_t i = 0; i < count; i++) {
        const struct practice *p = &s->model->practices[i];
        size_t n = ROBUSTNESS_ROUNDS * normals_a_round(p);
        struct stream stream = stream_of(set->input_hash, s->model->scoring_hash, p->id,
                                         "robustness", (const char *)NULL);

        k.cuts.practices[i] = k.weights.practices[i] = *p;
        k.set.items[i] = set->items[i];
        k.set.items[i].practice = &k.cuts.practices[i];
        k.normals[i] = arena_alloc(arena, n * sizeof(double));
        TRY(arena_check(arena, err));
        stream_normals(&stream, k.normals[i], n);
    }
    *out_shaken = k;
    return ERR_OK;
}

static bool has_unit(const struct indicator *indicator, const char *unit)
{
    return indicator->unit && strcmp(indicator->unit, unit) == 0;
}

static bool counted(const struct indicator *indicator)
{
    return has_unit(indicator, "count") || has_unit(indicator, "months") ||
           has_unit(indicator, "level");
}

static bool is_share(const struct indicator *indicator)
{
    return indicator->form == FORM_SHARE || indicator->form == FORM_FRACTION ||
           has_unit(indicator, "percent");
}

/* Log-normal around the cut; for shares above one half the distance to 1 is. Counts stay whole,
 * and do not pass the highest that the model asks: often there are no more (6 months of 6). */
static double shake_cut(const struct indicator *indicator, double cut, double most, double z)
{
    double factor = exp(cut_sd * z);
    bool share = is_share(indicator) && !indicator->multiplier && cut <= 1;

    if (isnan(cut) || cut <= 0)
        return cut;
    if (counted(indicator) && cut == round(cut))
        return fmin(fmax(round(cut * factor), 1), most);
    if (share && cut > .5)
        return fmax(1 - (1 - cut) * factor, 0);
    return cut * factor;
}

/* Each level asks no less than the one below it. */
static void shake_indicator(const struct indicator *from, const double z[3], struct indicator *to)
{
    double last = NAN, most = -INFINITY;

    for (int i = 0; i < 3; i++)
        most = fmax(most, isnan(from->cuts[i]) ? most : from->cuts[i]);
    for (int i = 0; i < 3; i++) {
        double cut = shake_cut(from, from->cuts[i], most, z[i]);

        if (isnan(cut))
            continue;
        if (!isnan(last))
            cut = from->lower_is_better ? fmin(cut, last) : fmax(cut, last);
        to->cuts[i] = last = cut;
        /* A band keeps its width in proportion. */
        if (!isnan(from->upper[i]) && from->cuts[i] > 0)
            to->upper[i] = fmax(from->upper[i] * cut / from->cuts[i], cut);
    }
}

/* Dirichlet(alpha w): Gamma variables of these shapes, by the cube-root normal approximation
 * (Wilson and Hilferty 1931); the rule does not see their sum. */
static double shake_weight(double weight, double mean, double z)
{
    double shape, root;

    if (!(weight > 0))
        return weight;
    shape = weight / mean / (weight_cv * weight_cv);
    root = fmax(1 - 1 / (9 * shape) + z / (3 * sqrt(shape)), 0);
    return weight * root * root * root;
}

static double mean_weight(const struct model *model)
{
    double sum = 0, n = 0;

    for (size_t i = 0; i < model->practice_count; i++) {
        sum += model->practices[i].weight;
        n += model->practices[i].weight > 0;
    }
    return n > 0 ? sum / n : 1;
}

static void shake(const struct model *model, size_t round, struct shaken *k)
{
    double mean = mean_weight(model);

    for (size_t i = 0; i < model->practice_count; i++) {
        const struct practice *p = &model->practices[i];
        const double *z = k->normals[i] + round * normals_a_round(p);

        for (size_t j = 0; j < p->indicator_count; j++)
            shake_indicator(&p->indicators[j], z + 3 * j, &k->cuts.practices[i].indicators[j]);
        k->weights.practices[i].weight = shake_weight(p->weight, mean, z[3 * p->indicator_count]);
    }
}

struct rounds {
    struct stage_view base;
    struct draws part; /* of the assessment's */
    size_t cuts, weights, both, stages[4];
};

static enum err_code play(struct sensing *s, struct shaken *k, struct rounds *r,
                          struct arena *arena, struct err *err)
{
    const struct score_plan plan = {.draws = r->part.n};
    struct stage_view view;
    struct draws draws;
    int best = s->a->stage_best, stage;

    arena_reset(arena);
    TRY(practices_judge(&k->set, s->wish->history, &plan, k->judged, k->results, err));
    TRY(draws_make(&k->set, k->judged, k->results, plan.draws, arena, &draws, err));
    TRY(stage_judge(&k->cuts, k->results, &draws, STAGE_AS_IS, arena, &view, NULL, err));
    r->cuts += stage_shifted(s->a, r->base.p, view.p) == best;
    TRY(stage_judge(&k->weights, s->a->practices, &r->part, STAGE_AS_IS, arena, &view, NULL, err));
    r->weights += stage_shifted(s->a, r->base.p, view.p) == best;
    TRY(stage_judge(&k->weights, k->results, &draws, STAGE_AS_IS, arena, &view, NULL, err));
    stage = stage_shifted(s->a, r->base.p, view.p);
    r->both += stage == best;
    r->stages[stage - 1]++;
    return ERR_OK;
}

enum err_code sense_robustness(struct sensing *s, struct err *err)
{
    struct arena arena = ARENA_INIT(s->scratch.limit);
    const double n = ROBUSTNESS_ROUNDS;
    enum err_code code = ERR_OK;
    struct rounds rounds = {0};
    struct shaken shaken;

    TRY(shaken_make(s, &shaken, err));
    shaken.set.model = &shaken.cuts;
    TRY(draws_part(s, ROBUSTNESS_PART, &rounds.part, err));
    TRY(stage_judge(s->model, s->a->practices, &rounds.part, STAGE_AS_IS, &s->scratch, &rounds.base,
                    NULL, err));
    for (size_t i = 0; i < ROBUSTNESS_ROUNDS && code == ERR_OK; i++) {
        shake(s->model, i, &shaken);
        code = play(s, &shaken, &rounds, &arena, err);
    }
    arena_release(&arena);
    TRY(code);
    s->out->robustness = (struct robustness){.draws = ROBUSTNESS_ROUNDS,
                                             .same_stage = (double)rounds.both / n,
                                             .thresholds_same = (double)rounds.cuts / n,
                                             .weights_same = (double)rounds.weights / n};
    for (int stage = 0; stage < 4; stage++)
        s->out->robustness.stage_share[stage] = (double)rounds.stages[stage] / n;
    return ERR_OK;
}
