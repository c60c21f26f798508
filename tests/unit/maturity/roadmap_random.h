/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* roadmap_random.h - road map problems made up at random, always the same ones. */
#ifndef TM_TESTS_UNIT_MATURITY_ROADMAP_RANDOM_H
#define TM_TESTS_UNIT_MATURITY_ROADMAP_RANDOM_H

#include "maturity/roadmap_program.h"

enum { RANDOM_STEPS = 80, RANDOM_ROLES = 3, RANDOM_CONDITIONS = 24 };

struct random_problem {
    struct problem p;
    struct problem_step steps[RANDOM_STEPS];
    struct plan_role roles[RANDOM_ROLES];
    struct problem_condition conditions[RANDOM_CONDITIONS];
    struct problem_term terms[RANDOM_CONDITIONS][RANDOM_STEPS];
};

/* xorshift64* (Vigna 2016) */
__attribute__((unused)) static uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* A whole number from 0 to most. */
__attribute__((unused)) static int random_int(uint64_t *state, int most)
{
    return (int)((random_next(state) >> 33) % (uint64_t)(most + 1));
}

__attribute__((unused)) static void random_conditions(struct random_problem *r, uint64_t *state)
{
    struct problem *p = &r->p;

    for (size_t i = 0; i < p->n && p->condition_count + 2 < RANDOM_CONDITIONS; i++)
        if (random_int(state, 3) == 0) {
            struct problem_condition *c = &r->conditions[p->condition_count];

            c->terms = r->terms[p->condition_count++];
            c->terms[0] = (struct problem_term){i, 1};
            c->n = 1;
            c->least = 1;
        }
    r->conditions[p->condition_count].terms = r->terms[p->condition_count];
    for (size_t i = 0; i < p->n; i++)
        r->terms[p->condition_count][i] = (struct problem_term){i, 1 + random_int(state, 1)};
    r->conditions[p->condition_count].n = p->n;
    r->conditions[p->condition_count++].least = 1 + (double)p->n * .6;
    p->conditions = r->conditions;
    p->stage_open = true;
    p->stage_worth = 100 * random_int(state, 10);
}

/* `n` steps over `quarters`. */
__attribute__((unused)) static void random_problem(struct random_problem *r, uint64_t *state,
                                                   size_t n, int quarters)
{
    struct problem *p = &r->p;

    memset(r, 0, sizeof(*r));
    *p = (struct problem){.quarters = quarters,
                          .roles = RANDOM_ROLES,
                          .have = r->roles,
                          .money_per_hour = 25,
                          .steps = r->steps,
                          .n = n};
    for (int q = 0; q < quarters; q++) {
        for (size_t k = 0; k < RANDOM_ROLES; k++)
            r->roles[k].hours[q] = (double)n * (2 + random_int(state, 3));
        p->budget[q] = random_int(state, 2) ? (double)n * (5 + random_int(state, 10)) : INFINITY;
    }
    for (size_t i = 0; i < n; i++) {
        struct problem_step *s = &r->steps[i];

        *s = (struct problem_step){.hours = 2 + random_int(state, 38),
                                   .role = (size_t)random_int(state, RANDOM_ROLES - 1),
                                   .length = random_int(state, 9) ? 1 : 2,
                                   .cost = random_int(state, 1) ? random_int(state, 50) : 0,
                                   .worth = random_int(state, 1000) - 50,
                                   .wish = NO_QUARTER};
        for (int k = 0; i && k < 2; k++)
            if (random_int(state, 2) == 0)
                s->needs[s->need_count++] = (size_t)random_int(state, (int)i - 1);
        if (random_int(state, 9) == 0)
            s->wish = random_int(state, quarters - 1);
    }
    random_conditions(r, state);
}

#endif
