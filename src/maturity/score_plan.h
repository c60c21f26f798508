/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* score_plan.h - scoring with less than everything worked out, for tests of many cases. */
#ifndef TM_MATURITY_SCORE_PLAN_H
#define TM_MATURITY_SCORE_PLAN_H

#include "maturity/score.h"

struct score_plan {
    size_t draws; /* at least 1 */
    bool full;    /* intervals, further cases needed, gaps, connections and hash */
};

/* score() is this with SCORE_DRAWS draws and everything worked out. */
TM_MUST_CHECK enum err_code score_with(const struct evidence_set *evidence,
                                       const struct score_history *history,
                                       const struct score_plan *plan,
                                       struct assessment **out_assessment, struct err *err);

#endif
