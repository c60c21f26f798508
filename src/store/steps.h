/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* steps.h - what was promised: the steps of the road map, and how their checks came out.
 *
 * A step is one practice from one level to another. It is open while it is planned or begun and
 * its check is undecided. Saving a plan brings open steps up to date by practice and target
 * level, adds those that are new, and drops those planned before that the plan no longer holds;
 * steps that were decided stay as they are.
 */
#ifndef TM_STORE_STEPS_H
#define TM_STORE_STEPS_H

#include "store/store.h"

enum step_status { STEP_PLANNED, STEP_BEGUN, STEP_DONE, STEP_DROPPED };
enum step_verdict { STEP_UNDECIDED, STEP_PASSED, STEP_FAILED };

enum { STORE_STEPS_MAX = 1000 }; /* of one plan */

struct kept_step {
    int64_t id;            /* given by the store */
    int64_t assessment_id; /* on which the plan rests; 0: not kept */
    int64_t saved_us;      /* given by the store */
    char practice[48];
    int from, to;      /* levels */
    int quarter;       /* of the plan, from 0 */
    int64_t start_day; /* days since 1970 */
    int64_t due_day;   /* the check's day, since 1970: from then on it is passed or failed */
    char measure[64];  /* what the check looks at: the measure of the practice's indicator */
    double cut;        /* and asks of it; NAN: a level only */
    double sample;     /* cases that the check needs; NAN: not said */
    double p_success;  /* as planned; NAN: not said */
    char owner[128];   /* "" when nobody is named */
    enum step_status status;
    enum step_verdict verdict;
    double p_met;       /* P(level >= to) when it was decided; NAN before */
    int64_t decided_by; /* id of the assessment that decided it; 0 */
};

/* Saves the plan shown, in one transaction; id, saved_us, verdict and what follows it are not
 * read. Steps with status STEP_DONE and STEP_DROPPED keep that status. */
TM_MUST_CHECK enum err_code store_steps_put(struct store *store, const struct kept_step *steps,
                                            size_t n, struct err *err);
/* All steps, by id. `each` must not call the store. */
TM_MUST_CHECK enum err_code
store_steps_each(struct store *store,
                 enum err_code (*each)(void *ctx, const struct kept_step *step, struct err *err),
                 void *ctx, struct err *err);
/* Decides a step, once: a step that is decided keeps its verdict. */
TM_MUST_CHECK enum err_code store_step_decide(struct store *store, int64_t step_id,
                                              enum step_verdict verdict, double p_met,
                                              int64_t assessment_id, struct err *err);

/* How steps of a practice came out so far. */
struct step_record {
    char practice[48];
    int64_t passed, failed;
};
/* One row a practice with a decided step, at most `cap` of them, by practice. */
TM_MUST_CHECK enum err_code store_success_priors(struct store *store, struct step_record *out,
                                                 size_t cap, size_t *out_count, struct err *err);

#endif
