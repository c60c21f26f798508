/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Why a step is in the plan, why no earlier, and why others are in no quarter. */
#include "maturity/roadmap_work.h"

static const double slack = 1e-6;

struct reasons {
    const struct work *w;
    const size_t *order; /* the candidate of each step of the plan */
    struct roadmap *map;
    size_t *at; /* a candidate's step of the plan, or SIZE_MAX */
};

static bool needs(const struct problem_step *s, size_t step)
{
    for (size_t k = 0; k < s->need_count; k++)
        if (s->needs[k] == step)
            return true;
    return false;
}

/* The first step of the plan that needs this one. */
static size_t opened_by(const struct reasons *r, size_t i)
{
    for (size_t k = 0; k < r->map->step_count; k++)
        if (needs(&r->w->problem.steps[r->order[k]], r->order[i]))
            return k;
    return SIZE_MAX;
}

static enum road_why why_of(const struct reasons *r, size_t i)
{
    const struct work *w = r->w;
    const struct candidate *c = &w->steps[r->order[i]];
    const struct road_step *step = &r->map->steps[i];
    double money = isfinite(c->gain.median) ? c->p_success * c->gain.median : 0;

    if (step->begun)
        return ROAD_BEGUN;
    if (step->pinned)
        return ROAD_PINNED;
    if (c->essential)
        return ROAD_STAGE;
    if (step->opens != SIZE_MAX && w->steps[r->order[step->opens]].benefit > c->benefit)
        return ROAD_OPENS;
    if (money > 0 && money >= c->benefit - money)
        return ROAD_GAIN;
    if (c->counts)
        return ROAD_COUNTS;
    return c->benefit <= 0 && step->opens != SIZE_MAX ? ROAD_OPENS : ROAD_SAFETY;
}

/* Would the step fit if it began in the quarter before, everything else as it is? */
static enum road_hold hold_of(const struct reasons *r, size_t i, size_t *out_waits_for)
{
    const struct work *w = r->w;
    size_t me = r->order[i];
    const struct problem_step *s = &w->problem.steps[me];
    int earlier = w->best.start[me] - 1;

    if (s->wish != NO_QUARTER && !w->best.dropped[me])
        return earlier < 0 ? HOLD_NOTHING : HOLD_PIN;
    if (earlier < 0)
        return HOLD_NOTHING;
    if (earlier < s->earliest)
        return HOLD_DATE;
    for (size_t k = 0; k < s->need_count; k++) {
        size_t need = s->needs[k];

        if (w->best.start[need] + w->problem.steps[need].length - 1 > earlier)
            *out_waits_for = r->at[need];
    }
    if (*out_waits_for != SIZE_MAX)
        return HOLD_WAITS;
    if (problem_hours(&w->problem, w->best.start, s->role, earlier) + s->hours / s->length >
        w->plan->roles[s->role].hours[earlier] + slack)
        return HOLD_CAPACITY;
    if (problem_money(&w->problem, w->best.start, earlier) + s->cost >
        w->problem.budget[earlier] + slack)
        return HOLD_BUDGET;
    return HOLD_CHOICE;
}

/* A step outside of the plan: could it be added somewhere as the plan stands? */
static enum road_left_why left_of(const struct reasons *r, size_t i)
{
    const struct work *w = r->w;
    const struct candidate *c = &w->steps[i];
    const struct problem_step *s = &w->problem.steps[i];
    bool hours = false, money = false;

    if (w->plan->wishes[c->practice].forbidden)
        return LEFT_FORBIDDEN;
    if (c->behind)
        return LEFT_BEHIND;
    for (size_t k = 0; k < s->need_count; k++)
        if (w->best.start[s->needs[k]] == NO_QUARTER)
            return LEFT_BEHIND;
    if (s->earliest + s->length > w->problem.quarters)
        return LEFT_DATE;
    if (s->worth <= 0)
        return LEFT_WORTH;
    for (int q = 0; q + s->length <= w->problem.quarters; q++) {
        bool fits = true;

        for (int b = q; b < q + s->length; b++)
            fits = fits &&
                   problem_hours(&w->problem, w->best.start, s->role, b) + s->hours / s->length <=
                       w->plan->roles[s->role].hours[b] + slack;
        hours = hours || fits;
        money =
            money || problem_money(&w->problem, w->best.start, w->problem.quarters - 1) + s->cost <=
                         w->problem.budget[w->problem.quarters - 1] + slack;
    }
    return hours && !money ? LEFT_BUDGET : LEFT_HOURS;
}

static void list_left(struct reasons *r)
{
    const struct work *w = r->w;

    for (size_t i = 0; i < w->n_all; i++) {
        const struct candidate *c = &w->steps[i];

        if (i < w->n && w->best.start[i] != NO_QUARTER)
            continue;
        r->map->left[r->map->left_count++] = (struct road_left){.practice = c->practice,
                                                                .from = c->from,
                                                                .to = c->to,
                                                                .role = w->problem.steps[i].role,
                                                                .hours = c->hours,
                                                                .why = left_of(r, i)};
    }
}

enum err_code road_reasons(const struct work *w, const size_t *order, struct roadmap *map,
                           struct err *err)
{
    struct reasons r = {.w = w, .order = order, .map = map};

    r.at = arena_alloc(w->arena, (w->n + 1) * sizeof(*r.at));
    map->left = arena_alloc(w->arena, (w->n_all + 1) * sizeof(*map->left));
    TRY(arena_check(w->arena, err));
    for (size_t i = 0; i < w->n; i++)
        r.at[i] = SIZE_MAX;
    for (size_t i = 0; i < map->step_count; i++)
        r.at[order[i]] = i;
    for (size_t i = 0; i < map->step_count; i++) {
        struct road_step *step = &map->steps[i];

        step->opens = opened_by(&r, i);
        step->why = why_of(&r, i);
        step->hold = hold_of(&r, i, &step->waits_for);
    }
    list_left(&r);
    return ERR_OK;
}
