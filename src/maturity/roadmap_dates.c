/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Days for the steps of a plan. Hours are a quarter's sum, not a day's: inside of a quarter each
 * role does one step after the other at an even pace, after what the step needs; where waiting
 * would push the last one past the quarter's end, the whole quarter is drawn together to fit. */
#include "maturity/roadmap_work.h"

#include "base/timestamp.h"

enum { EPOCH_WEEKDAY = 4 }; /* 1970-01-01 was a Thursday; Sunday is 0 */

/* Where the steps lie, as shares of their first and last quarter. */
struct layout {
    const struct work *w;
    const struct roadmap *map;
    double *from, *to; /* by candidate */
    size_t *order;     /* candidates of the plan */
    size_t n;
};

static bool workday(const struct plan *plan, int64_t day)
{
    int weekday = (int)(((day + EPOCH_WEEKDAY) % 7 + 7) % 7);

    return plan->friday_saturday ? weekday != 5 && weekday != 6 : weekday != 0 && weekday != 6;
}

/* The workday of a quarter at a share of it; `up`: the one in which the share ends. */
static int64_t day_at(const struct layout *l, int quarter, double share, bool end)
{
    int64_t first = l->map->quarter_days[quarter], past = l->map->quarter_days[quarter + 1];
    int64_t days = 0, want, day;

    for (day = first; day < past; day++)
        days += workday(l->w->plan, day);
    want = end ? (int64_t)ceil(share * (double)days - 1e-6) - 1
               : (int64_t)floor(share * (double)days + 1e-6);
    want = want < 0 ? 0 : want >= days ? days - 1 : want;
    for (day = first; day < past; day++)
        if (workday(l->w->plan, day) && want-- == 0)
            break;
    return day;
}

static int last_of(const struct work *w, size_t step)
{
    return w->best.start[step] + w->problem.steps[step].length - 1;
}

/* Which of two steps of a quarter is laid out first, when neither needs the other. */
static bool sooner(const struct layout *l, size_t a, size_t b)
{
    const struct work *w = l->w;
    const struct candidate *x = &w->steps[a], *y = &w->steps[b];
    bool x_goes_on = w->best.start[a] < w->best.start[b];
    double per_hour_x = x->benefit / fmax(x->hours, 1), per_hour_y = y->benefit / fmax(y->hours, 1);

    if (w->best.start[a] != w->best.start[b])
        return x_goes_on;
    if (x->first != y->first)
        return x->first;
    if (x->essential != y->essential)
        return x->essential;
    if (fabs(per_hour_x - per_hour_y) > 1e-9 * fmax(fabs(per_hour_x), fabs(per_hour_y)))
        return per_hour_x > per_hour_y;
    return a < b;
}

static bool works_in(const struct work *w, size_t step, int quarter)
{
    return w->best.start[step] != NO_QUARTER && w->best.start[step] <= quarter &&
           quarter <= last_of(w, step);
}

/* Everything that it needs, as far as it ends in this quarter, is laid out already. */
static bool ready(const struct work *w, const bool *placed, size_t step, int quarter)
{
    const struct problem_step *s = &w->problem.steps[step];

    for (size_t k = 0; k < s->need_count; k++)
        if (works_in(w, s->needs[k], quarter) && !placed[s->needs[k]])
            return false;
    return true;
}

static size_t next_step(const struct layout *l, const bool *placed, int quarter)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < l->w->n; i++)
        if (works_in(l->w, i, quarter) && !placed[i] && ready(l->w, placed, i, quarter) &&
            (best == SIZE_MAX || sooner(l, i, best)))
            best = i;
    return best;
}

/* Lays one step's work of a quarter out; returns the share at which it ends. */
static double place(struct layout *l, size_t i, int quarter, double *busy, double *begun)
{
    const struct work *w = l->w;
    const struct problem_step *s = &w->problem.steps[i];
    double pace = fmax(w->plan->roles[s->role].hours[quarter],
                       problem_hours(&w->problem, w->best.start, s->role, quarter));
    double from = busy[s->role];

    for (size_t k = 0; k < s->need_count && w->best.start[i] == quarter; k++)
        if (last_of(w, s->needs[k]) == quarter)
            from = fmax(from, l->to[s->needs[k]]);
    *begun = from;
    busy[s->role] = from + (pace > 0 ? s->hours / s->length / pace : 0);
    return busy[s->role];
}

static void lay_quarter(struct layout *l, int quarter, bool *placed, double *busy)
{
    const struct work *w = l->w;
    double end = 1;
    size_t step;

    memset(busy, 0, (w->model->role_count + 1) * sizeof(*busy));
    memset(placed, 0, w->n * sizeof(*placed));
    while ((step = next_step(l, placed, quarter)) != SIZE_MAX) {
        double begun, to = place(l, step, quarter, busy, &begun);

        placed[step] = true;
        if (w->best.start[step] == quarter)
            l->from[step] = begun;
        l->to[step] = to;
        end = fmax(end, to);
    }
    for (size_t i = 0; i < w->n; i++) {
        if (placed[i] && w->best.start[i] == quarter)
            l->from[i] /= end;
        if (placed[i])
            l->to[i] /= end;
    }
}

/* To the day that is wished for, and as much later at its end as the quarter allows. */
static void put_off(const struct layout *l, struct road_step *step)
{
    int64_t past = l->map->quarter_days[step->last + 1], days = step->end_day - step->start_day;

    for (step->start_day = step->not_before;
         step->start_day + 1 < past && !workday(l->w->plan, step->start_day);)
        step->start_day++;
    step->end_day = step->start_day + days < past ? step->start_day + days : past - 1;
    while (step->end_day > step->start_day && !workday(l->w->plan, step->end_day))
        step->end_day--;
}

static void fill_step(const struct layout *l, size_t i, struct road_step *out)
{
    const struct work *w = l->w;
    const struct candidate *c = &w->steps[i];
    const struct problem_step *s = &w->problem.steps[i];
    const struct plan_wish *wish = &w->plan->wishes[c->practice];
    bool next = s->wish != NO_QUARTER;
    double days = fmax(c->hours, 1) / DAY_HOURS;

    *out = (struct road_step){
        .practice = c->practice,
        .from = c->from,
        .to = c->to,
        .unknown = w->a->practices[c->practice].level_best == 0 && c->from == w->level[c->practice],
        .quarter = w->best.start[i],
        .last = last_of(w, i),
        .role = s->role,
        .owner = wish->owner[0] ? wish->owner : w->plan->roles[s->role].owner,
        .not_before = c->from == w->level[c->practice] ? wish->not_before : PLAN_NO_DAY,
        .hours = c->hours,
        .gain = c->gain,
        .p_success = c->p_success,
        .birnbaum = c->birnbaum,
        .priority = c->benefit / days,
        .quick_win = c->hours <= QUICK_WIN_HOURS && c->gain.low > 0,
        .pinned = next && wish->pinned && !wish->begun,
        .begun = next && wish->begun,
        .opens = SIZE_MAX,
        .waits_for = SIZE_MAX};
    out->cost = s->cost * (w->plan->quarters - out->quarter);
    out->start_day = day_at(l, out->quarter, l->from[i], false);
    out->end_day = day_at(l, out->last, l->to[i], true);
    if (out->not_before != PLAN_NO_DAY && out->start_day < out->not_before)
        put_off(l, out);
    if (out->end_day < out->start_day)
        out->end_day = out->start_day;
}

/* No step begins before what it needs has ended. */
static void keep_order(const struct work *w, const size_t *at, struct road_step *steps)
{
    for (size_t i = 0; i < w->n; i++) {
        const struct problem_step *s = &w->problem.steps[i];
        struct road_step *step = at[i] == SIZE_MAX ? NULL : &steps[at[i]];

        for (size_t k = 0; step && k < s->need_count; k++)
            if (steps[at[s->needs[k]]].end_day > step->start_day)
                step->start_day = steps[at[s->needs[k]]].end_day;
        if (step && step->end_day < step->start_day)
            step->end_day = step->start_day;
    }
}

static bool before(const struct road_step *a, const struct road_step *b)
{
    if (a->quarter != b->quarter)
        return a->quarter < b->quarter;
    if (a->start_day != b->start_day)
        return a->start_day < b->start_day;
    if (a->end_day != b->end_day)
        return a->end_day < b->end_day;
    return a->practice != b->practice ? a->practice < b->practice : a->to < b->to;
}

static void sort_steps(struct road_step *steps, size_t *order, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct road_step step = steps[i];
        size_t candidate = order[i], at = i;

        for (; at > 0 && before(&step, &steps[at - 1]); at--) {
            steps[at] = steps[at - 1];
            order[at] = order[at - 1];
        }
        steps[at] = step;
        order[at] = candidate;
    }
}

enum err_code road_dates(const struct work *w, struct roadmap *map, size_t **out_order,
                         struct err *err)
{
    size_t bytes = (w->n + 1) * sizeof(double);
    struct layout l = {.w = w, .map = map};
    bool *placed = arena_alloc(w->arena, w->n + 1);
    double *busy = arena_alloc(w->arena, (w->model->role_count + 1) * sizeof(*busy));
    size_t *at = arena_alloc(w->arena, (w->n + 1) * sizeof(*at));

    l.from = arena_alloc(w->arena, bytes);
    l.to = arena_alloc(w->arena, bytes);
    l.order = arena_alloc(w->arena, (w->n + 1) * sizeof(*l.order));
    map->steps = arena_alloc(w->arena, (w->n + 1) * sizeof(*map->steps));
    TRY(arena_check(w->arena, err));
    for (int q = 0; q < map->quarters; q++)
        lay_quarter(&l, q, placed, busy);
    for (size_t i = 0; i < w->n; i++) {
        at[i] = SIZE_MAX;
        if (w->best.start[i] == NO_QUARTER)
            continue;
        at[i] = l.n;
        l.order[l.n] = i;
        fill_step(&l, i, &map->steps[l.n++]);
    }
    keep_order(w, at, map->steps);
    sort_steps(map->steps, l.order, l.n);
    map->step_count = l.n;
    *out_order = l.order;
    return ERR_OK;
}
