/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* written.h - the members that the engine found are written down (store/memberships.h): what it
 * says of a segment is compared with what stands there, and the differences are told.
 *
 * A segment that is filled for the first time, or anew because its text is another one, is written
 * in large pieces, each a transaction; the others in small ones, beside which messages go on. */
#ifndef TM_AUDIENCE_WRITTEN_H
#define TM_AUDIENCE_WRITTEN_H

#include "engine/engine.h"
#include "store/memberships.h"

struct audience_writing {
    struct engine *engine;
    struct outbox *outbox;
    int64_t people, now_us; /* how many were asked, and when */
    /* Whether more is known of a person than the engine knows: they are left as they are. */
    bool (*is_newer)(void *ctx, uint64_t person);
    /* Between transactions: ERR_OK to go on. What was written stays, and is not written again. */
    enum err_code (*go_on)(void *ctx, struct err *err);
    void *ctx;
};

/* `meaning`: audience_shelf_meaning() of the segment. */
TM_MUST_CHECK enum err_code audience_write_members(const struct audience_writing *writing,
                                                   int64_t segment, const char *meaning,
                                                   struct err *err);

#endif
