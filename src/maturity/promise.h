/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* promise.h - the steps of a road map as what was promised: kept, so that the next assessment can
 * be held against them (prove.h). */
#ifndef TM_MATURITY_PROMISE_H
#define TM_MATURITY_PROMISE_H

#include "maturity/roadmap.h"
#include "store/steps.h"

TM_MUST_CHECK enum err_code promise_keep(struct store *store, int64_t assessment_id,
                                         const struct roadmap *map, struct err *err);
/* How steps came out so far: a prior per practice of the model. */
TM_MUST_CHECK enum err_code promise_priors(struct store *store, const struct model *model,
                                           struct success_prior *out_priors, struct err *err);

#endif
