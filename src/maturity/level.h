/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* level.h - from what the measures of one practice found to a distribution over its levels.
 *
 * maturity.md 6.3 and the continuous level of 6.6. Nothing here knows of answers, reliability or
 * ageing: practice.h adds those. Pure; no memory is owned.
 */
#ifndef TM_MATURITY_LEVEL_H
#define TM_MATURITY_LEVEL_H

#include "maturity/score.h"
#include "stats/stats.h"

/* The indicators' cuts with their multipliers applied. */
struct cuts {
    double at[3];
    double upper[3];
};
TM_MUST_CHECK enum err_code cuts_of(const struct indicator *indicator,
                                    const struct evidence_set *set, struct cuts *out_cuts,
                                    struct err *err);

struct level_view {
    double at_least[4]; /* P(level >= 1..4), never rising; [0] is 1 */
    double continuous;  /* 1..4, from the printed values */
    bool thin;
    struct posterior posteriors[INDICATORS_MAX];
    struct cuts cuts[INDICATORS_MAX];
};

/* Is there anything to look at: the finding is known and rests on at least one case. */
bool finding_usable(const struct indicator *indicator, const struct finding *finding);

/* What a usable finding says about its number. */
struct posterior finding_posterior(const struct indicator *indicator,
                                   const struct finding *finding);
/* Does the number itself meet the cut? With `lower`, less is better. */
bool cut_met(double x, double cut, bool strict, bool lower);
/* P(the number allows the level of cut i = 0..2), whatever the levels below ask. */
double cut_allows(const struct indicator *indicator, const struct cuts *cuts,
                  const struct posterior *posterior, int i);

/* All findings must be usable. Several indicators: the level is the least that all allow, and
 * P(level >= l) is the product over them, exact where they are independent. */
TM_MUST_CHECK enum err_code level_measure(const struct practice *practice,
                                          const struct evidence *evidence,
                                          const struct evidence_set *set,
                                          struct level_view *out_view, struct err *err);

/* The point and its 90 % interval in the indicator's unit. */
struct interval level_interval(const struct posterior *posterior);

/* The highest level with P(level >= l) >= p. */
int level_reached(const double at_least[4], double p);

#endif
