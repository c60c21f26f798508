/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* segments.h - the shop's segments: name, text, who wrote them and when. What a text means is
 * src/audience's. */
#ifndef TM_STORE_SEGMENTS_H
#define TM_STORE_SEGMENTS_H

#include "store/store.h"

enum { SEGMENTS_MAX = 1000, SEGMENT_NAME_BYTES = 201, SEGMENT_ABOUT_BYTES = 1001 };

struct segment_entry {
    int64_t id; /* given by the store */
    char name[SEGMENT_NAME_BYTES];
    struct str text;
    char about[SEGMENT_ABOUT_BYTES]; /* what it is for, "" for nothing */
    char actor[128];                 /* who changed it last */
    int64_t made_us, changed_us;     /* given by the store */
};

/* A new one for id 0, else that one is changed; *out_id gets its number. ERR_INVALID for a name
 * that is empty, ERR_EXISTS for one that another has (ASCII case aside), ERR_NOT_FOUND for a number
 * that none has, ERR_TOO_LARGE when SEGMENTS_MAX are kept. */
TM_MUST_CHECK enum err_code store_segment_put(struct store *store,
                                              const struct segment_entry *entry, int64_t *out_id,
                                              struct err *err);
TM_MUST_CHECK enum err_code store_segment_remove(struct store *store, int64_t id, struct err *err);
/* All, by name. `each` must not call the store; the entry's text is its own until it returns. */
TM_MUST_CHECK enum err_code store_segment_each(
    struct store *store,
    enum err_code (*each)(void *ctx, const struct segment_entry *entry, struct err *err), void *ctx,
    struct err *err);

#endif
