/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* roadmap_work.h - inside of roadmap.c: from the assessment to the program, and back to dates.
 *
 * Steps are kept in an order in which each comes after what it needs; `problem.steps` has the
 * same order and length.
 */
#ifndef TM_MATURITY_ROADMAP_WORK_H
#define TM_MATURITY_ROADMAP_WORK_H

#include "maturity/roadmap.h"
#include "maturity/roadmap_program.h"

enum { DAY_HOURS = 8, QUICK_WIN_HOURS = 16, MONTHS_A_QUARTER = 3 };

/* A step that could be done. */
struct candidate {
    size_t practice;
    int from, to;
    double hours;
    double monthly;       /* tools beyond those of the level below, in the cost currency */
    struct estimate gain; /* a year; NAN unknown */
    double p_success, birnbaum, importance;
    double benefit; /* P V + lambda I W */
    bool essential; /* the target stage asks for it */
    bool counts;    /* its level is missing for the quorum or its dimension */
    bool first;     /* before all others of its quarter */
    bool behind;    /* what it needs cannot be had; not in the program */
};

struct work {
    const struct assessment *a;
    const struct sensitivity *s;
    const struct money *m; /* NULL: no money is known */
    const struct plan *plan;
    const struct success_prior *priors;
    const struct model *model;
    const int64_t *quarter_days; /* roadmap.quarter_days */
    double seconds;              /* that the search may take */
    struct arena *arena;         /* of the result */
    int target;
    int *level;  /* a practice's level now, what was done since included; 0: does not apply */
    int *wanted; /* to which the plan may raise it */
    struct candidate *steps;
    size_t n; /* in the program; the rest up to n_all are `behind` */
    size_t n_all;
    size_t (*step_to)[5]; /* practice and level: the step, or SIZE_MAX */
    struct problem problem;
    double stage_worth; /* W */
    double to_gain;     /* cost currency to the gain's minor units; 0: cannot be compared */
    double dollar;      /* one US dollar in the cost currency; NAN unknown */
    bool already, attainable;
    struct program_result best;
};

/* Levels, steps and what they need. */
TM_MUST_CHECK enum err_code road_steps(struct work *w, struct err *err);
/* What the stage asks of the steps: the program's conditions. */
TM_MUST_CHECK enum err_code road_stage(struct work *w, struct err *err);
/* Gains, costs and importance; after road_stage(). */
void road_worth(struct work *w);
/* The plan's steps with their dates, sorted; `map` has its quarters. */
TM_MUST_CHECK enum err_code road_dates(const struct work *w, struct roadmap *map,
                                       size_t **out_order, struct err *err);
/* How each step of the plan is checked. */
TM_MUST_CHECK enum err_code road_checks(const struct work *w, struct roadmap *map, struct err *err);
/* Why each step is where it is, and why the others are in no quarter. `order`: the candidate of
 * each step of the plan. */
TM_MUST_CHECK enum err_code road_reasons(const struct work *w, const size_t *order,
                                         struct roadmap *map, struct err *err);

#endif
