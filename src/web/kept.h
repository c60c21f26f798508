/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* kept.h - answers that were made before, by a key that says all they depend on; inside src/web
 * only. Bounded: the least lately used go first. Who asks for what another is just making waits
 * for it, so that any number of the same questions is one. Any thread. */
#ifndef TM_WEB_KEPT_H
#define TM_WEB_KEPT_H

#include "base/buf.h"

struct kept;
typedef enum err_code kept_make(void *ctx, struct buf *out, struct err *err);

/* One who asks. */
struct kept_asker {
    kept_make *make;
    void *ctx; /* of make */
    /* Of this file. */
    struct made *made;
    bool makes, left;
};

/* `bytes_max` of all answers together; one of more than an eighth of it is not kept. */
struct kept *kept_new(size_t bytes_max);
/* Nobody asks any more. NULL is fine. */
void kept_free(struct kept *kept);
/* Adds the answer to `out`, made by `make` when it is not there. An error is not kept; those who
 * waited get it, too, but ERR_CANCELLED: one of them makes it then. */
TM_MUST_CHECK enum err_code kept_answer(struct kept *kept, struct str key, struct kept_asker *asker,
                                        struct buf *out, struct err *err);
/* Who asks wants no answer any more. True: the asker makes it, and nobody else waits for it. May be
 * said again and again, from another thread, while kept_answer() is under way. */
bool kept_leave(struct kept *kept, struct kept_asker *asker);
/* All that is kept goes. What is in the making is given to who waits for it. */
void kept_clear(struct kept *kept);
/* How many found an answer, made or in the making, and how many had to make it. */
void kept_count(struct kept *kept, int64_t *out_found, int64_t *out_made);

#endif
