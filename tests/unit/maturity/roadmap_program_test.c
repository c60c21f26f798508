/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The integer program against trying every plan, on problems small enough for that. */
#include "roadmap_random.h"
#include "tap.h"

enum { SMALL = 8 };

struct tried {
    bool any;
    double best;
};

/* Every plan of steps i and later. */
static void try_all(const struct problem *p, int *start, size_t i, struct tried *out)
{
    if (i == p->n) {
        if (problem_holds(p, start)) {
            out->best = fmax(out->any ? out->best : -INFINITY, problem_value(p, start));
            out->any = true;
        }
        return;
    }
    for (start[i] = NO_QUARTER; start[i] < p->quarters; start[i]++)
        try_all(p, start, i + 1, out);
}

static void same_as_trying(const struct problem *p)
{
    const struct program_wish wish = {.aim = AIM_WORTH, .seconds = 5};
    struct arena arena = ARENA_INIT(16 << 20);
    struct program_result found;
    struct err err = ERR_INIT;
    struct tried tried = {0};
    int start[SMALL];

    try_all(p, start, 0, &tried);
    CHECK_OK(program_solve(p, &wish, &arena, &found, &err), err);
    CHECK(found.proven);
    CHECK(found.found == tried.any);
    if (found.found && tried.any) {
        CHECK(problem_holds(p, found.start));
        CHECK(fabs(found.objective - tried.best) <= 1e-4 * fmax(1, fabs(tried.best)));
        CHECK(found.bound >= found.objective - 1e-6);
    }
    arena_release(&arena);
}

/* Hours and money beyond what there is, for a plan that keeps order and wishes. */
static double beyond(const struct problem *p, const int *start)
{
    double sum = 0;

    for (int q = 0; q < p->quarters; q++) {
        for (size_t r = 0; r < p->roles; r++)
            sum += fmax(problem_hours(p, start, r, q) - p->have[r].hours[q], 0);
        sum += fmax(problem_money(p, start, q) - p->budget[q], 0) / p->money_per_hour;
    }
    return sum;
}

/* The same problem with limits that never bind. */
static bool holds_unlimited(const struct problem *p, const int *start)
{
    static struct plan_role plenty[RANDOM_ROLES];
    struct problem free_of = *p;

    for (int q = 0; q < p->quarters; q++) {
        for (size_t r = 0; r < RANDOM_ROLES; r++)
            plenty[r].hours[q] = 1e9;
        free_of.budget[q] = (double)INFINITY;
    }
    free_of.have = plenty;
    return problem_holds(&free_of, start);
}

static void try_least(const struct problem *p, int *start, size_t i, struct tried *out)
{
    if (i == p->n) {
        if (problem_reached(p, start) != NO_QUARTER && holds_unlimited(p, start)) {
            out->best = fmin(out->any ? out->best : (double)INFINITY, beyond(p, start));
            out->any = true;
        }
        return;
    }
    for (start[i] = NO_QUARTER; start[i] < p->quarters; start[i]++)
        try_least(p, start, i + 1, out);
}

/* What the stage would take besides is the least there is. */
static void least_more(const struct problem *p)
{
    const struct program_wish wish = {.aim = AIM_MORE, .reach = true, .seconds = 5};
    struct arena arena = ARENA_INIT(16 << 20);
    struct program_result found;
    struct err err = ERR_INIT;
    struct tried tried = {0};
    int start[SMALL];
    double more = 0;

    try_least(p, start, 0, &tried);
    CHECK_OK(program_solve(p, &wish, &arena, &found, &err), err);
    CHECK(found.found == tried.any);
    for (int q = 0; found.found && q < p->quarters; q++) {
        for (size_t r = 0; r < p->roles; r++)
            more += found.more_hours[r][q];
        more += found.more_money[q] / p->money_per_hour;
    }
    if (found.found && tried.any)
        CHECK(fabs(more - tried.best) <= .001 * fmax(1, tried.best));
    arena_release(&arena);
}

/* Five hours are there, each step wants three of them at once: one wish stays, the dearest. */
static void least_wishes_dropped(size_t dearest)
{
    const struct program_wish wish = {.aim = AIM_DROP, .seconds = 5};
    struct problem_step steps[3] = {0};
    struct plan_role role = {.hours = {5, 5}};
    struct problem p = {.quarters = 2, .roles = 1, .have = &role, .steps = steps, .n = 3};
    struct arena arena = ARENA_INIT(16 << 20);
    struct program_result found;
    struct err err = ERR_INIT;

    p.money_per_hour = 25;
    p.budget[0] = p.budget[1] = (double)INFINITY;
    for (size_t i = 0; i < 3; i++)
        steps[i] = (struct problem_step){
            .hours = 3, .length = 1, .worth = i == dearest ? 20 : 10, .wish = 0};
    CHECK_OK(program_solve(&p, &wish, &arena, &found, &err), err);
    CHECK(found.found);
    for (size_t i = 0; found.found && i < 3; i++)
        CHECK(found.dropped[i] == (i != dearest));
    arena_release(&arena);
}

/* 60 steps over 4 quarters within 5 seconds, or the best found with its proven gap. */
static void sixty_steps(int cases)
{
    static struct random_problem r;
    uint64_t state = 11;

    for (int i = 0; i < cases; i++) {
        const struct program_wish wish = {.aim = AIM_WORTH, .seconds = 4};
        struct arena arena = ARENA_INIT(64 << 20);
        struct program_result found;
        struct err err = ERR_INIT;
        struct timespec from, to;

        random_problem(&r, &state, 60, 4);
        for (size_t k = 0; k < r.p.n; k++)
            r.steps[k].wish = NO_QUARTER;
        clock_gettime(CLOCK_MONOTONIC, &from);
        CHECK_OK(program_solve(&r.p, &wish, &arena, &found, &err), err);
        clock_gettime(CLOCK_MONOTONIC, &to);
        CHECK(found.found && problem_holds(&r.p, found.start));
        CHECK(found.bound >= found.objective - 1e-6);
        CHECK((found.bound - found.objective) / found.objective < .02);
        printf("# 60 steps: %.2f s, gap %.4f%%\n",
               (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec),
               100 * (found.bound - found.objective) / found.objective);
        CHECK((double)(to.tv_sec - from.tv_sec) <= 5);
        arena_release(&arena);
    }
}

/* Arguments: small problems to try, problems of 60 steps. */
int main(int argc, char **argv)
{
    uint64_t state = 7;
    struct random_problem r;
    int cases = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 60;

    for (int i = 0; i < cases; i++) {
        int quarters = 2 + random_int(&state, 1);
        size_t n = (size_t)(3 + random_int(&state, quarters == 2 ? 5 : 3));

        random_problem(&r, &state, n, quarters);
        same_as_trying(&r.p);
        if (i % 4 == 0 && n <= 6)
            least_more(&r.p);
    }
    for (size_t i = 0; i < 3; i++)
        least_wishes_dropped(i);
    sixty_steps(argc > 2 ? (int)strtol(argv[2], NULL, 10) : 2);
    return tap_done();
}
