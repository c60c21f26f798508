/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* practice.h - the result of each practice: what state its evidence is in and how sure its level.
 *
 * maturity.md 6.2 and 6.4 to 6.6: classes and their reliability, claims against measurements,
 * "does not apply" and its budget, ageing, levels shown. Pure.
 */
#ifndef TM_MATURITY_PRACTICE_H
#define TM_MATURITY_PRACTICE_H

#include "maturity/level.h"
#include "maturity/score_plan.h"

/* One practice while it is judged. */
struct judged {
    const struct practice *practice;
    const struct evidence *evidence;
    bool measured; /* `view` holds what was measured */
    struct level_view view;
    bool na_declared; /* by an answer with a reason and a date to come */
    bool na_accepted; /* and within the budget */
};

bool practice_applies(const struct practice_result *r);
bool practice_known(const struct practice_result *r);
/* P(level >= l) from r->p. */
double practice_at_least(const struct practice_result *r, int level);
/* The same where nothing is known, and how far a class of evidence is believed (rho). */
double practice_prior_at_least(int level);
double practice_reliability(enum evidence_class class);

/* Judges every practice of the set; `out_judged` and `out_results` hold practice_count each.
 * `history` may be NULL. */
TM_MUST_CHECK enum err_code practices_judge(const struct evidence_set *set,
                                            const struct score_history *history,
                                            const struct score_plan *plan,
                                            struct judged *out_judged,
                                            struct practice_result *out_results, struct err *err);

#endif
