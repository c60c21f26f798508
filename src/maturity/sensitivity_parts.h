/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* sensitivity_parts.h - the parts of sensitivity(), one a file. Only sensitivity*.c include it. */
#ifndef TM_MATURITY_SENSITIVITY_PARTS_H
#define TM_MATURITY_SENSITIVITY_PARTS_H

#include "maturity/sensitivity.h"
#include "maturity/stage.h"

/* Draws that are judged anew for each practice or variant: a part of the assessment's own, so that
 * what the sample does by chance it does before and after. */
enum { SENSITIVITY_PART = 4000, ROBUSTNESS_ROUNDS = 500, ROBUSTNESS_PART = 250 };

struct sensing {
    const struct assessment *a;
    const struct sensitivity_wish *wish; /* never NULL */
    const struct model *model;
    struct sensitivity *out;
    struct arena scratch; /* emptied by each part when it begins */
};

/* What a practice's level is taken for (see sensitivity.h), 1 where nothing is known. */
int profile_level(const struct sensitivity *s, const struct practice_result *r);
/* The stage's rule on one level a practice; results as in assessment.practices. */
TM_MUST_CHECK enum err_code profile_judge(struct sensing *s, const struct practice_result *results,
                                          const uint8_t *levels, struct stage_view *out_view,
                                          double (*out_behind)[3], struct err *err);

/* The first `n` of the draws as a matrix of its own. */
TM_MUST_CHECK enum err_code draws_part(struct sensing *s, size_t n, struct draws *out_draws,
                                       struct err *err);
/* The best stage when a sample's P(stage) moves from `from` to `to`: the same shift is given to
 * the assessment's own, which rests on more draws (a control variate). */
int stage_shifted(const struct assessment *a, const double from[4], const double to[4]);
double entropy_bits(const double *p, size_t n);

TM_MUST_CHECK enum err_code sense_binding(struct sensing *s, struct err *err);
TM_MUST_CHECK enum err_code sense_sets(struct sensing *s, struct err *err);
TM_MUST_CHECK enum err_code sense_units(struct sensing *s, struct err *err);
TM_MUST_CHECK enum err_code sense_fragility(struct sensing *s, struct err *err);
TM_MUST_CHECK enum err_code sense_information(struct sensing *s, struct err *err);
TM_MUST_CHECK enum err_code sense_robustness(struct sensing *s, struct err *err);
TM_MUST_CHECK enum err_code sense_definitions(struct sensing *s, struct err *err);

#endif
