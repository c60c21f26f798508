/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How the next assessment proves or refutes a step. */
#include "maturity/roadmap_work.h"

#include "maturity/level.h"

static const double confidence = .90, power = .80, cases_most = 1e6;

static double cut_at(const struct cuts *cuts, int level)
{
    return level >= 2 && level <= 4 ? cuts->at[level - 2] : (double)NAN;
}

/* Cases that confirm the level when the share stands half-way to the next cut. */
static double sample_of(const struct indicator *ind, const struct cuts *cuts, int level)
{
    double cut = cut_at(cuts, level), next = cut_at(cuts, level + 1), n;

    if (ind->form != FORM_SHARE)
        return NAN;
    if (isnan(next) || next == cut)
        next = ind->lower_is_better ? 0 : 1;
    n = cases_to_confirm((cut + next) / 2, cut, confidence, power, cases_most);
    return isfinite(n) ? ceil(n) : (double)NAN;
}

/* The indicator that stands in the way: the first one with a cut that its value does not meet;
 * the first one with a cut when all do. */
static size_t binding_indicator(const struct practice_result *r, const struct cuts *cuts, int level)
{
    size_t first = SIZE_MAX;

    for (size_t i = 0; i < r->practice->indicator_count; i++) {
        const struct indicator *ind = &r->practice->indicators[i];
        double cut = cut_at(&cuts[i], level), now = r->value[i].mid;

        if (isnan(cut))
            continue;
        if (isnan(now) || (ind->lower_is_better ? now > cut : now < cut))
            return i;
        first = first == SIZE_MAX ? i : first;
    }
    return first;
}

static enum err_code check_step(const struct work *w, struct road_step *step, struct err *err)
{
    const struct practice_result *r = &w->a->practices[step->practice];
    const struct practice *p = &w->model->practices[step->practice];
    struct cuts cuts[INDICATORS_MAX];
    size_t i;

    step->check = (struct road_check){
        .measure = "", .cut = (double)NAN, .sample = (double)NAN, .now = (double)NAN};
    step->check.day = step->end_day + 1;
    for (i = 0; i < p->indicator_count; i++)
        TRY(cuts_of(&p->indicators[i], w->a->evidence, &cuts[i], err));
    i = binding_indicator(r, cuts, step->to);
    if (i == SIZE_MAX)
        return ERR_OK;
    step->check.measure = p->indicators[i].measure;
    step->check.indicator = i;
    step->check.cut = cut_at(&cuts[i], step->to);
    step->check.sample = sample_of(&p->indicators[i], &cuts[i], step->to);
    if (r->evidence->findings[i].known)
        step->check.now = r->value[i].mid;
    /* A plain fact shows at once; what customers do shows over the window. */
    if (p->indicators[i].form != FORM_VALUE)
        step->check.day += p->window_days;
    return ERR_OK;
}

enum err_code road_checks(const struct work *w, struct roadmap *map, struct err *err)
{
    for (size_t i = 0; i < map->step_count; i++)
        TRY(check_step(w, &map->steps[i], err));
    return ERR_OK;
}
