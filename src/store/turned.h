/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* turned.h - what was turned away at the door of live messages, hour by hour.
 *
 * No journal keeps what is answered before its source is known or before it can be read: only how
 * often each reason was given, by source, stays here. Of a key that is nobody's a short hash tells
 * one stranger from another. All of it is bounded, whatever comes: TURNED_KEYS strangers an hour
 * are told apart and the others counted together, TURNED_ROWS counts are kept, the newest ones, for
 * TURNED_KEEP_DAYS.
 */
#ifndef TM_STORE_TURNED_H
#define TM_STORE_TURNED_H

#include "store/store.h"

enum {
    TURNED_WHY = 24,
    TURNED_KEY = 9, /* eight characters */
    TURNED_KEYS = 32,
    TURNED_ROWS = 20000,
    TURNED_KEEP_DAYS = 30
};

struct turned {
    int64_t hour;         /* since 1970, UTC */
    int64_t source;       /* 0: nobody's */
    char key[TURNED_KEY]; /* of nobody's: hash of the key; "" for none, or one among many */
    char why[TURNED_WHY];
    int64_t n, last_us;
};

/* Adds them to what there is, at once or not at all, and lets go what is too old or too much. */
TM_MUST_CHECK enum err_code store_turned_add(struct store *store, const struct turned *list,
                                             size_t n, struct err *err);
/* From that hour on, in order of hours. `each` must not call the store. */
TM_MUST_CHECK enum err_code
store_turned_each(struct store *store, int64_t from_hour,
                  enum err_code (*each)(void *ctx, const struct turned *one, struct err *err),
                  void *ctx, struct err *err);

/* Strangers since that hour, those who came last first: hour, source and why say nothing. */
TM_MUST_CHECK enum err_code store_turned_strangers(struct store *store, int64_t from_hour,
                                                   struct turned *out, size_t cap, size_t *out_n,
                                                   struct err *err);

#endif
