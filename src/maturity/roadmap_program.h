/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* roadmap_program.h - inside of roadmap.c: the integer program by itself, without the model.
 *
 * A step of length d that begins in quarter q works in quarters q to q + d - 1, equal hours in
 * each, costs money from q to the end, and may begin in the quarter in which the last of what it
 * needs ends.
 */
#ifndef TM_MATURITY_ROADMAP_PROGRAM_H
#define TM_MATURITY_ROADMAP_PROGRAM_H

#include "maturity/plan.h"

enum { STEP_NEEDS_MAX = PREREQUISITES_MAX + 1, NO_QUARTER = -1 };

struct problem_step {
    double hours;
    size_t role;
    int length;   /* quarters, 1 at least */
    double cost;  /* a quarter from its beginning on */
    double worth; /* a year once in place; may be negative */
    size_t needs[STEP_NEEDS_MAX];
    size_t need_count;
    int wish;     /* quarter in which it must begin, or NO_QUARTER */
    int earliest; /* quarter before which it may not begin; the number of quarters: never */
};

struct problem_term {
    size_t step;
    double amount;
};

/* The stage asks that the amounts of the steps that are done make up `least`. */
struct problem_condition {
    struct problem_term *terms;
    size_t n;
    double least; /* above 0 */
};

struct problem {
    int quarters;
    size_t roles;
    const struct plan_role *have;     /* hours of each role */
    double budget[PLAN_QUARTERS_MAX]; /* INFINITY: no limit */
    double money_per_hour;            /* so much money counts as an hour in `more` */
    struct problem_step *steps;       /* what is needed comes before what needs it */
    size_t n;
    struct problem_condition *conditions;
    size_t condition_count;
    bool stage_open;    /* the conditions can be met by these steps, and are not yet */
    double stage_worth; /* a year */
};

enum program_aim {
    AIM_WORTH, /* the plan worth most, all wishes kept */
    AIM_MORE,  /* all wishes kept: the least hours and money beyond what there is */
    AIM_DROP   /* the fewest wishes dropped; of as few, those worth least */
};

struct program_wish {
    enum program_aim aim;
    bool reach; /* the stage must be reached within the horizon */
    double seconds;
};

struct program_result {
    bool found;
    bool proven;             /* !found: there is none */
    int *start;              /* a step's quarter, or NO_QUARTER */
    int reached;             /* quarter at whose end every condition is met, or NO_QUARTER */
    double objective, bound; /* of AIM_WORTH */
    double (*more_hours)[PLAN_QUARTERS_MAX]; /* a role */
    double more_money[PLAN_QUARTERS_MAX];
    bool *dropped; /* a step's wish */
};

/* Years of the horizon that are left after the middle of a quarter. */
double problem_left(const struct problem *p, int quarter);
/* The first quarter at whose end the conditions are met, or NO_QUARTER. */
int problem_reached(const struct problem *p, const int *start);
/* What a plan is worth within the horizon. */
double problem_value(const struct problem *p, const int *start);
/* Hours of a role that a plan uses in a quarter, and money for tools. */
double problem_hours(const struct problem *p, const int *start, size_t role, int quarter);
double problem_money(const struct problem *p, const int *start, int quarter);
/* Nothing is begun before what it needs, nothing twice, hours and money suffice, wishes hold. */
bool problem_holds(const struct problem *p, const int *start);

/* The arrays of the result are in `arena`. */
TM_MUST_CHECK enum err_code program_solve(const struct problem *p, const struct program_wish *wish,
                                          struct arena *arena, struct program_result *out_result,
                                          struct err *err);

#endif
