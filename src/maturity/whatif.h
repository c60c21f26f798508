/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* whatif.h - "what if this practice were at that level?": the stage, the index and the money, by
 * the same code that judged the assessment.
 *
 * A practice that is moved stands at its level in every draw, known and on evidence that may open
 * any gate; all others keep their draws. So no move gives the assessment's own stage and index.
 * Money is what the moves bring together a year, from where the shop is to the cuts of the levels:
 * the joint gain of these levers alone, since single gains overlap. A move down brings none.
 *
 * Pure.
 */
#ifndef TM_MATURITY_WHATIF_H
#define TM_MATURITY_WHATIF_H

#include "maturity/money.h"

struct what_if_dimension {
    double value, low, high;
};

struct what_if {
    double stage_p[4];
    int stage_best, stage_confirmed;
    struct stage_check checks[3]; /* stages 2..4 */
    double index, index_low, index_high, coverage;
    struct what_if_dimension *dimensions; /* of the model */
    size_t *open;                         /* essentials up to `target` that are not yet likely */
    size_t open_count;
    int target;            /* the assessment's */
    bool money_known;      /* false: no move has a lever with data */
    struct estimate money; /* a year, minor units of the reporting currency */
    struct arena arena;
};

/* `levels`: 1 to 4 for a practice that is moved, 0 for the others; moves of what does not apply
 * count for nothing. `margin` NAN: not known. */
TM_MUST_CHECK enum err_code what_if(const struct assessment *a, const struct economics *e,
                                    double margin, const int *levels, struct what_if **out_result,
                                    struct err *err);
void what_if_free(struct what_if *w);
void what_if_freep(struct what_if **w);

#endif
