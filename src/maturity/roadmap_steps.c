/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which steps there are, and what each needs. */
#include "maturity/roadmap_work.h"

#include "maturity/practice.h"

static const double likely = .50, sure = .90;

static int level_at(const struct practice_result *r, double p)
{
    int level = 1;

    while (level < 4 && practice_known(r) && practice_at_least(r, level + 1) >= p - 1e-12)
        level++;
    return level;
}

/* A level that asks for no work while a higher one does is there: it is no step. Where the model
 * tells no hours at all, every level is one. */
static int past_free_levels(const struct practice *p, int level)
{
    int last = 4;

    while (last > level && p->effort_hours[last - 2] <= 0)
        last--;
    while (level < last && p->effort_hours[level - 1] <= 0)
        level++;
    return level;
}

/* Where the levels make up the stage but many small doubts miss it, levels count when sure, as in
 * sensitivity.h. */
static void find_levels(struct work *w)
{
    double p = w->s && w->s->doubt && w->s->target == w->target ? sure : likely;

    for (size_t i = 0; i < w->model->practice_count; i++) {
        const struct practice_result *r = &w->a->practices[i];

        w->level[i] = practice_applies(r) ? level_at(r, p) + w->plan->wishes[i].done : 0;
        w->level[i] = w->level[i] > 4 ? 4 : w->level[i];
        if (w->level[i])
            w->level[i] = past_free_levels(r->practice, w->level[i]);
    }
}

static bool wished(const struct plan_wish *wish)
{
    return wish->pinned || wish->begun;
}

/* To the target, one level for a wish, and what prerequisites make necessary. */
static void find_wanted(struct work *w)
{
    const struct model *model = w->model;
    bool again = true;

    for (size_t i = 0; i < model->practice_count; i++) {
        int next = wished(&w->plan->wishes[i]) && w->level[i] < 4 ? w->level[i] + 1 : 0;

        w->wanted[i] = w->level[i] == 0 ? 0 : next > w->target ? next : w->target;
    }
    while (again) {
        again = false;
        for (size_t i = 0; i < model->practice_count; i++) {
            const struct practice *p = &model->practices[i];

            for (size_t k = 0; w->wanted[i] > w->level[i] && k < p->prerequisite_count; k++) {
                size_t pre = p->prerequisites[k];

                if (w->level[pre] && w->wanted[pre] < prerequisite_level(w->wanted[i])) {
                    w->wanted[pre] = prerequisite_level(w->wanted[i]);
                    again = true;
                }
            }
        }
    }
}

/* The step that a practice's step to `to` waits for in practice `pre`; SIZE_MAX: none is needed.
 * False when it can never come. */
static bool need_of(const struct work *w, size_t pre, int level, size_t *out_step)
{
    *out_step = SIZE_MAX;
    if (w->level[pre] == 0 || w->level[pre] >= level)
        return true;
    *out_step = w->step_to[pre][level];
    return *out_step != SIZE_MAX;
}

/* What the step needs; false when something of it is not (yet) among the steps. */
static bool find_needs(const struct work *w, const struct candidate *c, struct problem_step *s)
{
    const struct practice *p = &w->model->practices[c->practice];

    s->need_count = 0;
    if (!need_of(w, c->practice, c->from, &s->needs[0]))
        return false;
    s->need_count = s->needs[0] != SIZE_MAX;
    if (w->plan->wishes[c->practice].begun && c->from == w->level[c->practice])
        return true; /* the owner did not wait */
    for (size_t k = 0; k < p->prerequisite_count; k++) {
        if (!need_of(w, p->prerequisites[k], prerequisite_level(c->to), &s->needs[s->need_count]))
            return false;
        s->need_count += s->needs[s->need_count] != SIZE_MAX;
    }
    return true;
}

static int length_of(const struct work *w, const struct problem_step *s)
{
    double most = 0;

    for (int q = 0; q < w->plan->quarters; q++)
        most = fmax(most, w->plan->roles[s->role].hours[q]);
    if (s->hours <= most || most <= 0)
        return 1;
    return (int)fmin(ceil(s->hours / most - 1e-9), w->plan->quarters);
}

static void apply_wish(const struct work *w, struct candidate *c, struct problem_step *s)
{
    const struct plan_wish *wish = &w->plan->wishes[c->practice];

    s->wish = NO_QUARTER;
    if (c->from != w->level[c->practice])
        return;
    if (wish->begun) {
        c->hours = isnan(wish->left) ? c->hours : wish->left;
        s->wish = 0;
        c->first = true;
    } else if (wish->pinned) {
        s->wish = wish->pin == PLAN_FIRST ? 0 : wish->pin;
        c->first = wish->pin == PLAN_FIRST;
    }
}

/* The quarter in which the day lies; past the last one it never comes. */
static int quarter_of(const struct work *w, int64_t day)
{
    int q = 0;

    while (q < w->plan->quarters && w->quarter_days[q + 1] <= day)
        q++;
    return q;
}

static void add_step(struct work *w, size_t practice, int to, bool behind)
{
    const struct practice *p = &w->model->practices[practice];
    struct candidate c = {.practice = practice,
                          .from = to - 1,
                          .to = to,
                          .hours = p->effort_hours[to - 2],
                          .behind = behind};
    struct problem_step s = {.role = p->role, .wish = NO_QUARTER};

    if (!behind && !find_needs(w, &c, &s))
        return;
    apply_wish(w, &c, &s);
    if (c.from == w->level[practice] && w->plan->wishes[practice].not_before != PLAN_NO_DAY)
        s.earliest = quarter_of(w, w->plan->wishes[practice].not_before);
    s.hours = c.hours;
    s.length = length_of(w, &s);
    w->step_to[practice][to] = w->n_all;
    w->problem.steps[w->n_all] = s;
    w->steps[w->n_all++] = c;
}

/* Round after round the steps whose needs are there; in the model's order within a round. */
static void add_steps(struct work *w, bool behind)
{
    size_t before;

    do {
        before = w->n_all;
        for (size_t i = 0; i < w->model->practice_count; i++) {
            bool forbidden = w->plan->wishes[i].forbidden;

            for (int to = w->level[i] + 1; w->level[i] && to <= w->wanted[i]; to++)
                if (w->step_to[i][to] == SIZE_MAX && (behind || !forbidden))
                    add_step(w, i, to, behind);
        }
    } while (!behind && w->n_all > before);
}

enum err_code road_steps(struct work *w, struct err *err)
{
    size_t count = w->model->practice_count + 1, most = count * 3;

    w->level = arena_alloc(w->arena, count * sizeof(*w->level));
    w->wanted = arena_alloc(w->arena, count * sizeof(*w->wanted));
    w->steps = arena_alloc(w->arena, most * sizeof(*w->steps));
    w->step_to = arena_alloc(w->arena, count * sizeof(*w->step_to));
    w->problem.steps = arena_alloc(w->arena, most * sizeof(*w->problem.steps));
    TRY(arena_check(w->arena, err));
    for (size_t i = 0; i < count; i++)
        for (int l = 0; l < 5; l++)
            w->step_to[i][l] = SIZE_MAX;
    find_levels(w);
    find_wanted(w);
    add_steps(w, false);
    w->n = w->n_all;
    add_steps(w, true);
    w->problem.n = w->n;
    return ERR_OK;
}
