/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* evidence_io.h - evidence as JSON and back, exactly, so that the past can be judged anew.
 *
 * Every number comes back to the last bit, so that reading what was written and scoring it under
 * the same model gives the same result_hash. Under another model what belongs together goes by the
 * practice's id, and only what still means the same is carried over: findings when measures, forms
 * and window are the same, an answer when its question is. All else is unknown, and told.
 */
#ifndef TM_MATURITY_EVIDENCE_IO_H
#define TM_MATURITY_EVIDENCE_IO_H

#include "base/buf.h"
#include "maturity/score.h"

enum { EVIDENCE_IO_VERSION = 1, EVIDENCE_IO_BYTES_MAX = 16 << 20, EVIDENCE_IO_SLOTS_MAX = 256 };

enum evidence_loss_why {
    LOSS_PRACTICE,  /* the model has no such practice */
    LOSS_INDICATOR, /* it looks at other measures, or over another time */
    LOSS_QUESTION   /* it asks another question */
};

struct evidence_loss {
    const char *practice; /* its id in the evidence */
    enum evidence_loss_why why;
};

/* What else was written, and what did not fit. Texts live as long as the evidence set. */
struct evidence_kept {
    const char *model, *model_version;
    char content_hash[65], scoring_hash[65];
    int *published; /* per practice of the model that it was read for: score_history.published */
    struct evidence_loss *losses;
    size_t loss_count;
    size_t carried; /* practices whose findings or answer were carried over */
    size_t fresh;   /* practices of the model that the evidence does not know */
};

/* `published`: the levels that hysteresis started from, per practice, or NULL. */
TM_MUST_CHECK enum err_code evidence_write(const struct evidence_set *set, const int *published,
                                           struct buf *out, struct err *err);
/* `name` stands in messages. `model` is borrowed and must live longer than the set. `out_kept` may
 * be NULL. */
TM_MUST_CHECK enum err_code evidence_read(struct str text, const char *name,
                                          const struct model *model, struct evidence_set **out_set,
                                          struct evidence_kept *out_kept, struct err *err);

#endif
