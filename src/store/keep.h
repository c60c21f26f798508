/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* keep.h - what the store itself holds no longer than the settings say (docs/privacy.md). */
#ifndef TM_STORE_KEEP_H
#define TM_STORE_KEEP_H

#include "store/store.h"

enum store_kept {
    KEPT_REASONS,  /* why rows of imports were rejected, and the imports' reports */
    KEPT_MARKS,    /* assessments with their evidence: not the newest, nor those promises rest on */
    KEPT_AUDIT,    /* what was done over the web */
    KEPT_ERASURES, /* who was erased: what is old of them is known no more after that */
    STORE_KEPT
};

/* How many there are from before that time. */
TM_MUST_CHECK enum err_code store_kept_count(struct store *store, enum store_kept what,
                                             int64_t before_us, int64_t *out_n, struct err *err);
/* They go, all at once. *out_n: how many there were. */
TM_MUST_CHECK enum err_code store_kept_remove(struct store *store, enum store_kept what,
                                              int64_t before_us, int64_t *out_n, struct err *err);

#endif
