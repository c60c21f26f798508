/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* prove.h - did it work: two assessments, and the steps that were promised between them.
 *
 * Pure. Both assessments are judged by the same model. Of each practice two questions are asked:
 *
 *     P(level now >= target)     from the later distribution over levels (maturity.md 6.3)
 *     P(value B > value A)       from both posteriors of the practice's first indicator, or of the
 *                                one that the step's check names; "better" where less is better
 *
 * The second treats the two as independent. Windows that overlap share customers, which makes the
 * true difference surer than this says: what is called a real change is one.
 *
 * A step has passed when P(level >= target) >= .80 on the day of its check or later, and failed
 * when it is below .50 then; between the two, before that day, and where nothing is known it stays
 * open. Its practice's chance of success is then Beta(passed + 1, failed + 1) (6.11).
 */
#ifndef TM_MATURITY_PROVE_H
#define TM_MATURITY_PROVE_H

#include "maturity/score.h"
#include "stats/stats.h"
#include "store/steps.h"

enum proof_change {
    CHANGE_UNKNOWN, /* not measured at both times */
    CHANGE_OTHER,   /* measured at both, but by other rules: not comparable */
    CHANGE_NOISE,   /* may be chance */
    CHANGE_BETTER,  /* P >= .90 */
    CHANGE_WORSE    /* P <= .10 */
};

struct proof_row {
    size_t practice;              /* of the model */
    size_t indicator;             /* whose values are compared */
    const struct kept_step *step; /* NULL: nothing was promised */
    int to;                       /* level that was promised; 0 */
    int level_a, level_b;         /* level_best; 0: not known */
    double p_met;                 /* P(level now >= to); NAN without a step or unknown */
    double value_a, value_b;      /* in the indicator's unit; NAN: not measured */
    double p_better;              /* NAN: cannot be compared */
    enum proof_change change;
    bool due;                  /* the check's day has come by the later assessment */
    enum step_verdict verdict; /* of the step, by this comparison or decided before */
};

struct proof {
    struct proof_row *rows; /* promised steps by due day; without any: every practice of the model
                               that is known at both times, the surest change first */
    size_t count;
    bool promised; /* rows are steps */
    size_t passed, failed, open;
    struct arena arena;
};

/* Steps that were dropped are left out. `steps` must live as long as the proof. */
TM_MUST_CHECK enum err_code prove(const struct assessment *before, const struct assessment *after,
                                  const struct kept_step *steps, size_t n, struct proof **out_proof,
                                  struct err *err);
void proof_free(struct proof *proof);
void proof_freep(struct proof **proof);

/* P(b > a), or P(b < a) with `lower_is_better`, for independent posteriors; halves of equal plain
 * facts. To within .01. */
double posterior_better(const struct posterior *a, const struct posterior *b, bool lower_is_better);

#endif
