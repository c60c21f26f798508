/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* draw.h - joint draws of the levels of all practices (maturity.md 6.7).
 *
 * Each practice draws from a stream of its own, named by the input's hash, the model's scoring
 * hash and its id: what happens to one practice never changes the draws of another. A level is
 * found from one number on a scale on which more is better, so that a distribution that lies
 * higher never draws a lower level. Ratios that share customers get correlated numbers (Gaussian
 * copula over the slots of evidence_set.sigma); their streams are named by the slot. Practices that
 * rest on observation share one draw of whether observation is to be believed.
 */
#ifndef TM_MATURITY_DRAW_H
#define TM_MATURITY_DRAW_H

#include "maturity/practice.h"

struct draws {
    size_t n;
    uint8_t *levels; /* a row of n for each practice, in the arena; 1 where nothing is known */
};

TM_MUST_CHECK enum err_code draws_make(const struct evidence_set *set, const struct judged *judged,
                                       const struct practice_result *results, size_t n,
                                       struct arena *arena, struct draws *out_draws,
                                       struct err *err);

#endif
