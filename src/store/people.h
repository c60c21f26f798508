/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* people.h - what the shop's people decided on who is one person and who is not.
 *
 * A journal: a decision is never changed. A later one on the same two ids takes the place of the
 * one before; taking one back marks it as undone, and what stood before it stands again. Ids are
 * those of the engine's `identity` table: hashes, no names or addresses.
 */
#ifndef TM_STORE_PEOPLE_H
#define TM_STORE_PEOPLE_H

#include "store/store.h"

enum { PEOPLE_DECISIONS_MAX = 10000 };

struct people_decision {
    int64_t id;    /* given by the store */
    uint64_t a, b; /* kept with a < b */
    bool apart;    /* two people; else one */
    bool stands;   /* not undone, and the newest on these two */
    char actor[128];
    int64_t made_us, undone_us; /* 0: not undone */
};

/* `a`, `b`, `apart` and `actor` are read. ERR_INVALID when both ids are the same; ERR_TOO_LARGE
 * when PEOPLE_DECISIONS_MAX are kept. */
TM_MUST_CHECK enum err_code store_people_decide(struct store *store,
                                                const struct people_decision *decision,
                                                int64_t *out_id, struct err *err);
/* ERR_NOT_FOUND when there is none of that number or it was undone before. */
TM_MUST_CHECK enum err_code store_people_undo(struct store *store, int64_t id, struct err *err);
/* Decisions on one of these ids go, whether they stand or not. */
TM_MUST_CHECK enum err_code store_people_forget(struct store *store, const uint64_t *ids, size_t n,
                                                struct err *err);
/* All, by number. `each` must not call the store. */
TM_MUST_CHECK enum err_code store_people_each(
    struct store *store,
    enum err_code (*each)(void *ctx, const struct people_decision *decision, struct err *err),
    void *ctx, struct err *err);

#endif
