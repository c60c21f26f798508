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
    }
    return tap_done();
}
