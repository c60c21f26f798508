/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* gaps.h - what stands between a shop and its next stage (maturity.md 6.9), and what data to
 * connect next. */
#ifndef TM_MATURITY_GAPS_H
#define TM_MATURITY_GAPS_H

#include "maturity/practice.h"

/* Fills a->gaps, nearest first, for stage a->target: essential practices first, then those that
 * would fill the quorum, then those that hold a dimension back. */
TM_MUST_CHECK enum err_code gaps_find(const struct model *model, const struct judged *judged,
                                      struct assessment *a, struct err *err);

/* Fills a->connections from practices that are unknown and the data they need. */
TM_MUST_CHECK enum err_code connections_find(const struct evidence_set *set, struct assessment *a,
                                             struct err *err);

#endif
