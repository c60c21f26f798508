/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* basis.h - what a kept mark rests on, so that what follows from it is worked out again without
 * the engine: the road map after the plan was changed, "what if", which question tells most.
 *
 * Kept beside the assessment's evidence is what takes long or needs the data: the shop's figures,
 * and how much each practice decides and tells. The assessment is judged anew from its evidence,
 * which gives the same to the last bit; where the model's scoring has changed since, under the new
 * one.
 */
#ifndef TM_MATURITY_BASIS_H
#define TM_MATURITY_BASIS_H

#include "maturity/evidence_io.h"
#include "maturity/money.h"
#include "maturity/roadmap.h"

enum { BASIS_BYTES_MAX = 4 << 20 };

/* What is kept; `sensitivity` may be NULL. */
struct basis_parts {
    int64_t assessment_id; /* store/assessments.h */
    const struct economics *economics;
    const struct sensitivity *sensitivity;
    double margin;    /* NAN: not known */
    const char *shop; /* its name in reports */
};
TM_MUST_CHECK enum err_code basis_write(const struct basis_parts *parts, const struct model *model,
                                        struct buf *out, struct err *err);

struct basis {
    int64_t assessment_id;
    char shop[256];
    struct evidence_set *set;
    struct evidence_kept kept;
    struct assessment *assessment;
    struct economics economics;
    double margin;
    struct money *money; /* NULL when no gap's worth is known */
    /* target, doubt, stage_bits and practices alone; NULL: not known */
    struct sensitivity *sensitivity;
    struct success_prior
        *priors; /* per practice; what came of steps so far, filled by the caller */
    struct arena arena;
};

/* `kept` as basis_write() made it, "" for an assessment without; `evidence` as evidence_write()
 * did. `model` must live longer. */
TM_MUST_CHECK enum err_code basis_read(struct str kept, struct str evidence,
                                       const struct model *model, struct basis **out_basis,
                                       struct err *err);
void basis_free(struct basis *basis);
void basis_freep(struct basis **basis);

#endif
