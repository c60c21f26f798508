/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "maturity/roadmap.h"

#include "base/timestamp.h"
#include "maturity/roadmap_work.h"

enum { ROADMAP_BYTES = 64 << 20 };

/* Of the seconds that the search may take: for the plan, and for each question beside it. */
static const double plan_part = .7, question_part = .15;
/* Up to here a search that has found nothing yet gets more. */
static const double most_seconds = 60;
/* Less more than this is none: an answer of the solver is not exact. */
static const double least_more = .01;

static double now_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Quarters of three months from the first day on. */
static void set_quarters(const struct work *w, struct roadmap *map)
{
    int64_t start = w->plan->start != PLAN_NO_DAY
                        ? w->plan->start
                        : (w->a->evidence->as_of + US_PER_DAY - 1) / US_PER_DAY;
    int year, month, day;

    civil_from_days(start, &year, &month, &day);
    for (int q = 0; q <= map->quarters; q++) {
        int months = month - 1 + MONTHS_A_QUARTER * q;
        struct civil c = {.year = year + months / 12, .month = months % 12 + 1, .day = day};

        while (!civil_valid(&c))
            c.day--;
        map->quarter_days[q] = civil_to_days(c.year, c.month, c.day);
    }
}

static enum err_code solve(const struct work *w, enum program_aim aim, bool reach,
                           struct program_result *out, struct err *err)
{
    const struct program_wish wish = {.aim = aim,
                                      .reach = reach,
                                      .seconds = w->seconds *
                                                 (aim == AIM_WORTH ? plan_part : question_part)};

    return program_solve(&w->problem, &wish, w->arena, out, err);
}

static void add_demand(struct road_demands *to, struct road_demand demand)
{
    to->items[to->n++] = demand;
}

static enum err_code demands_new(const struct work *w, size_t most, struct road_demands *out,
                                 struct err *err)
{
    *out = (struct road_demands){.items = arena_alloc(w->arena, (most + 1) * sizeof(*out->items))};
    return arena_check(w->arena, err);
}

/* The least hours and money beyond what there is. */
static enum err_code ask_more(const struct work *w, bool reach, struct road_demands *out,
                              struct err *err)
{
    size_t quarters = (size_t)w->problem.quarters;
    struct program_result more;

    TRY(demands_new(w, (w->problem.roles + 1) * quarters, out, err));
    TRY(solve(w, AIM_MORE, reach, &more, err));
    out->possible = more.found;
    for (int q = 0; more.found && q < w->problem.quarters; q++) {
        for (size_t r = 0; r < w->problem.roles; r++)
            if (more.more_hours[r][q] > least_more)
                add_demand(out, (struct road_demand){.kind = DEMAND_HOURS,
                                                     .quarter = q,
                                                     .role = r,
                                                     .amount = more.more_hours[r][q]});
        if (more.more_money[q] > least_more)
            add_demand(out, (struct road_demand){
                                .kind = DEMAND_BUDGET, .quarter = q, .amount = more.more_money[q]});
    }
    return ERR_OK;
}

static void drop(struct work *w, size_t step, struct road_demands *out)
{
    const struct plan_wish *wish = &w->plan->wishes[w->steps[step].practice];

    add_demand(out, (struct road_demand){.kind = wish->begun ? DEMAND_DROP_BEGUN : DEMAND_DROP_PIN,
                                         .quarter = w->problem.steps[step].wish,
                                         .practice = w->steps[step].practice});
    w->problem.steps[step].wish = NO_QUARTER;
    w->steps[step].first = false;
}

/* The plan worth most. On a machine that is busy elsewhere not even a first one may be found in
 * time, which does not mean that there is none: then the search gets more. */
static enum err_code solve_worth(struct work *w, struct err *err)
{
    w->seconds = w->plan->seconds;
    for (;;) {
        TRY(solve(w, AIM_WORTH, false, &w->best, err));
        if (w->best.found || w->best.proven || w->seconds >= most_seconds)
            break;
        w->seconds *= 4;
    }
    w->seconds = w->plan->seconds;
    return ERR_OK;
}

/* The fewest wishes to give up, and gives them up; all of them when time runs out. */
static enum err_code give_up(struct work *w, struct roadmap *map, struct err *err)
{
    struct program_result fewest;

    map->feasible = false;
    TRY(ask_more(w, false, &map->to_fit, err));
    TRY(solve(w, AIM_DROP, false, &fewest, err));
    for (size_t i = 0; i < w->n; i++)
        if (w->problem.steps[i].wish != NO_QUARTER && (!fewest.found || fewest.dropped[i]))
            drop(w, i, &map->to_drop);
    return solve_worth(w, err);
}

/* Wishes for steps that can never come: what they need is forbidden. */
static void drop_behind(struct work *w, struct roadmap *map)
{
    for (size_t i = w->n; i < w->n_all; i++)
        if (w->problem.steps[i].wish != NO_QUARTER &&
            !w->plan->wishes[w->steps[i].practice].forbidden) {
            map->feasible = false;
            drop(w, i, &map->to_drop);
        }
}

static enum err_code search(struct work *w, struct roadmap *map, struct err *err)
{
    map->feasible = true;
    TRY(demands_new(w, 0, &map->to_fit, err));
    TRY(demands_new(w, 0, &map->to_reach, err));
    TRY(demands_new(w, w->n_all, &map->to_drop, err));
    map->to_drop.possible = true;
    drop_behind(w, map);
    TRY(solve_worth(w, err));
    if (!w->best.found)
        TRY(give_up(w, map, err));
    if (!w->best.found) {
        err_set(err, ERR_TIMEOUT, "no road map was found within %g seconds", w->plan->seconds);
        err_hint(err, "Plan fewer quarters, or allow more time.");
        return ERR_TIMEOUT;
    }
    map->already = w->already;
    map->reached = w->best.reached;
    map->objective = w->best.objective;
    map->bound = w->best.bound;
    map->gap = fmax(map->bound - map->objective, 0) / fmax(fabs(map->objective), 1e-9);
    map->gap = map->gap < 1e-6 ? 0 : map->gap;
    if (w->problem.stage_open && map->reached == NO_QUARTER)
        TRY(ask_more(w, true, &map->to_reach, err));
    return ERR_OK;
}

/* Levels that suffice, on evidence that may not open the stage. */
static enum err_code list_proofs(const struct work *w, struct roadmap *map, struct err *err)
{
    map->proofs = arena_alloc(w->arena, (w->model->practice_count + 1) * sizeof(*map->proofs));
    TRY(arena_check(w->arena, err));
    for (size_t i = 0; i < w->model->practice_count; i++) {
        const struct practice *p = &w->model->practices[i];

        if (p->essential && p->essential <= w->target && w->level[i] >= w->target &&
            !w->a->practices[i].gate_ok[w->target - 2])
            map->proofs[map->proof_count++] = i;
    }
    return ERR_OK;
}

static enum err_code list_loads(const struct work *w, struct roadmap *map, struct err *err)
{
    map->roles = arena_alloc(w->arena, (w->model->role_count + 1) * sizeof(*map->roles));
    TRY(arena_check(w->arena, err));
    for (int q = 0; q < map->quarters; q++) {
        for (size_t r = 0; r < w->model->role_count; r++) {
            map->roles[r].have[q] = w->plan->roles[r].hours[q];
            map->roles[r].used[q] = problem_hours(&w->problem, w->best.start, r, q);
        }
        map->budget.used[q] = problem_money(&w->problem, w->best.start, q);
        map->budget.have[q] = isinf(w->problem.budget[q]) ? (double)NAN : w->problem.budget[q];
    }
    return ERR_OK;
}

static enum err_code make(struct work *w, struct roadmap *map, struct err *err)
{
    double began = now_seconds();
    size_t *order = NULL;

    map->model = w->model;
    map->target = w->target;
    map->quarters = w->plan->quarters;
    map->currency = w->plan->currency[0] ? w->plan->currency : "USD";
    map->gain_currency = w->m ? w->m->currency : "";
    w->problem.quarters = w->plan->quarters;
    w->problem.roles = w->model->role_count;
    w->problem.have = w->plan->roles;
    memcpy(w->problem.budget, w->plan->budget, sizeof(w->problem.budget));
    set_quarters(w, map);
    w->quarter_days = map->quarter_days;
    TRY(road_steps(w, err));
    TRY(road_stage(w, err));
    road_worth(w);
    TRY(search(w, map, err));
    TRY(road_dates(w, map, &order, err));
    TRY(road_checks(w, map, err));
    TRY(road_reasons(w, order, map, err));
    TRY(list_proofs(w, map, err));
    TRY(list_loads(w, map, err));
    map->seconds = now_seconds() - began;
    return arena_check(w->arena, err);
}

enum err_code roadmap(const struct assessment *a, const struct sensitivity *s,
                      const struct money *m, const struct plan *plan,
                      const struct success_prior *priors, struct roadmap **out_roadmap,
                      struct err *err)
{
    TM_CLEANUP(roadmap_freep) struct roadmap *map = xcalloc(1, sizeof(*map));
    struct work w = {.a = a,
                     .s = s,
                     .m = m && m->joint.median > 0 ? m : NULL,
                     .plan = plan,
                     .priors = priors,
                     .model = a->evidence->model,
                     .target = plan->target ? plan->target : a->target,
                     .arena = &map->arena};

    assert(w.target >= 2 && w.target <= 4);
    assert(plan->quarters >= 1 && plan->quarters <= PLAN_QUARTERS_MAX);
    map->arena = ARENA_INIT(ROADMAP_BYTES);
    TRY(make(&w, map, err));
    *out_roadmap = map;
    map = NULL;
    return ERR_OK;
}

void roadmap_free(struct roadmap *map)
{
    if (!map)
        return;
    arena_release(&map->arena);
    free(map);
}

void roadmap_freep(struct roadmap **map)
{
    roadmap_free(*map);
}
