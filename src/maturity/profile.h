/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* profile.h - how far each dimension has come, and the index over them (maturity.md 6.8). */
#ifndef TM_MATURITY_PROFILE_H
#define TM_MATURITY_PROFILE_H

#include "maturity/practice.h"

/* Fills value, low, high and coverage of each dimension, and index and coverage of `a`, from
 * a->practices. A dimension to which nothing applies has NAN and takes no part. */
void profile_make(const struct model *model, struct assessment *a);

/* Fills `target`: the smallest mean levels that yield stage a->target when essentials are at that
 * level and the rest of the quorum is spread evenly over all other practices. */
void profile_targets(const struct model *model, struct assessment *a);

#endif
