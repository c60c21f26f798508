/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the target stage asks of the plan's steps: the rule of stage.h, for levels as they are. */
#include "maturity/roadmap_work.h"

static const double slack = 1e-9;

/* Conditions while they are made. */
struct conditions {
    struct work *w;
    struct problem_condition *at;
    size_t n;
};

static struct problem_condition *begin(struct conditions *c, double least)
{
    struct problem_condition *cond = &c->at[c->n];

    *cond = (struct problem_condition){
        .terms = arena_alloc(c->w->arena, (c->w->n + 1) * sizeof(struct problem_term)),
        .least = least};
    return c->w->arena->failed ? NULL : cond;
}

static void add(struct problem_condition *cond, size_t step, double amount)
{
    cond->terms[cond->n++] = (struct problem_term){step, amount};
}

/* Ends a condition; it cannot be met when all its terms make up too little. */
static void end(struct conditions *c, const struct problem_condition *cond)
{
    double sum = 0;

    for (size_t i = 0; i < cond->n; i++)
        sum += cond->terms[i].amount;
    if (sum < cond->least - slack)
        c->w->attainable = false;
    c->n++;
}

static bool in_program(const struct work *w, size_t practice, int to)
{
    size_t step = w->step_to[practice][to];

    return step != SIZE_MAX && step < w->n;
}

static void essentials(struct conditions *c)
{
    struct work *w = c->w;

    for (size_t i = 0; i < w->model->practice_count; i++) {
        const struct practice *p = &w->model->practices[i];
        struct problem_condition *cond;

        if (!p->essential || p->essential > w->target || !w->level[i] || w->level[i] >= w->target)
            continue;
        cond = begin(c, 1);
        if (!cond)
            return;
        if (in_program(w, i, w->target))
            add(cond, w->step_to[i][w->target], 1);
        for (int to = w->level[i] + 1; to <= w->target; to++)
            if (in_program(w, i, to))
                w->steps[w->step_to[i][to]].essential = true;
        end(c, cond);
    }
}

static void mark_counts(struct work *w, const struct problem_condition *cond)
{
    for (size_t i = 0; i < cond->n; i++) {
        const struct candidate *last = &w->steps[cond->terms[i].step];

        for (int to = w->level[last->practice] + 1; to <= last->to; to++)
            w->steps[w->step_to[last->practice][to]].counts = true;
    }
}

static void quorum(struct conditions *c)
{
    struct work *w = c->w;
    double total = 0, there = 0;
    struct problem_condition *cond;

    for (size_t i = 0; i < w->model->practice_count; i++) {
        total += w->level[i] ? w->model->practices[i].weight : 0;
        there += w->level[i] >= w->target ? w->model->practices[i].weight : 0;
    }
    if (there >= w->model->quorum[w->target - 2] * total - slack)
        return;
    cond = begin(c, w->model->quorum[w->target - 2] * total - there);
    if (!cond)
        return;
    for (size_t i = 0; i < w->model->practice_count; i++)
        if (w->level[i] && w->level[i] < w->target && in_program(w, i, w->target))
            add(cond, w->step_to[i][w->target], w->model->practices[i].weight);
    mark_counts(w, cond);
    end(c, cond);
}

static void dimension(struct conditions *c, size_t dim)
{
    struct work *w = c->w;
    double weight = 0, sum = 0, least;
    struct problem_condition *cond;

    for (size_t i = 0; i < w->model->practice_count; i++) {
        const struct practice *p = &w->model->practices[i];

        if (p->dimension != dim || !w->level[i])
            continue;
        weight += p->weight;
        sum += p->weight * w->level[i];
    }
    least = (w->target - 1) * weight - sum;
    if (least <= slack)
        return;
    cond = begin(c, least);
    if (!cond)
        return;
    for (size_t i = 0; i < w->n; i++)
        if (w->model->practices[w->steps[i].practice].dimension == dim)
            add(cond, i, w->model->practices[w->steps[i].practice].weight);
    mark_counts(w, cond);
    end(c, cond);
}

enum err_code road_stage(struct work *w, struct err *err)
{
    struct conditions c = {.w = w};

    c.at = arena_alloc(w->arena,
                       (w->model->practice_count + w->model->dimension_count + 2) * sizeof(*c.at));
    TRY(arena_check(w->arena, err));
    w->attainable = true;
    essentials(&c);
    quorum(&c);
    for (size_t d = 0; d < w->model->dimension_count; d++)
        dimension(&c, d);
    TRY(arena_check(w->arena, err));
    w->already = c.n == 0;
    w->problem.conditions = c.at;
    w->problem.condition_count = c.n;
    w->problem.stage_open = c.n > 0 && w->attainable;
    return ERR_OK;
}
