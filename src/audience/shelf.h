/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* shelf.h - the shop's own segments out of the store, linked; and those to begin with. */
#ifndef TM_AUDIENCE_SHELF_H
#define TM_AUDIENCE_SHELF_H

#include "audience/audience.h"
#include "base/digest.h"
#include "store/named.h"

struct audience_shelf {
    struct audience_set set; /* by name, as the next */
    struct named *entries;   /* owned */
};

/* A text that is not kept yet, to be asked together with those that it speaks of. */
struct audience_draft {
    int64_t id; /* of the segment that it would replace; 0: none */
    const char *name;
    struct str text;
};

/* `now`: NULL without an engine; amounts are not checked against the currency then. `draft`: NULL,
 * or one that is put at the end of the set in place of its own. */
TM_MUST_CHECK enum err_code audience_shelf_open(struct store *store, const struct audience_now *now,
                                                const struct audience_draft *draft,
                                                struct audience_shelf *out, struct err *err);
void audience_shelf_close(struct audience_shelf *shelf); /* zeros are fine */
/* By name or number; ERR_NOT_FOUND. */
TM_MUST_CHECK enum err_code audience_shelf_find(const struct audience_shelf *shelf,
                                                const char *name, size_t *out, struct err *err);
/* One that speaks of that segment by its name; set.n: none does. */
size_t audience_shelf_speaker(const struct audience_shelf *shelf, size_t of);
/* A digest of what a whole segment asks for, with what those ask that it speaks of: another one
 * when its members may be others by a change of text. */
void audience_shelf_meaning(const struct audience_shelf *shelf, size_t i, char out[DIGEST_HEX]);
/* Keeps the draft in its canonical form if it and what it speaks of are whole. */
TM_MUST_CHECK enum err_code audience_shelf_put(struct store *store,
                                               const struct audience_draft *draft,
                                               const char *about, const char *actor,
                                               int64_t *out_id, struct err *err);

struct audience_starter {
    const char *code;
    const char *name, *about; /* marked for translation */
    const char *text;
};
/* NULL past the end. */
const struct audience_starter *audience_starter(size_t i);

#endif
