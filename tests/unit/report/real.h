/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* real.h - the built-in model with invented evidence, through the real scoring. */
#ifndef TM_TESTS_UNIT_REPORT_REAL_H
#define TM_TESTS_UNIT_REPORT_REAL_H

#include "maturity/score.h"

/* A shop of about the given stage (1..4); the caller frees the assessment, then the model. The
 * evidence is static: one at a time. */
TM_MUST_CHECK enum err_code real_assessment(int stage, struct model **out_model,
                                            struct assessment **out_assessment, struct err *err);

/* The options of the first fake, without what was worked out by hand for the small model. */
struct report_options real_options(enum language language);

#endif
