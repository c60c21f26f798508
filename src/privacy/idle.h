/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* idle.h - people of whom nothing was heard for long go, as in an erasure.
 *
 * Many at once: as many as the search for their texts takes are one erasure, written down and done
 * as anybody's (erase.h), so that an end at any moment leaves one that the next start goes on with.
 */
#ifndef TM_PRIVACY_IDLE_H
#define TM_PRIVACY_IDLE_H

#include "privacy/erase.h"

struct idle_wish {
    /* The last that is known of them is older; of whom no time is known, the import that brought
     * them last. */
    int64_t before_us;
    int64_t read_us; /* all that came until then is in the records, and those are resolved */
    size_t most;     /* people who go; 0: they are only counted */
};

/* *out_idle: how many there are; *out_gone: how many of them were erased. What comes of one of them
 * after read_us stays. */
TM_MUST_CHECK enum err_code idle_erase(const struct erase_ctx *ctx, const struct idle_wish *wish,
                                       int64_t *out_idle, int64_t *out_gone, struct err *err);

#endif
