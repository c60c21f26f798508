/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* pairs.h - the shop's people who may be one: what suggest.h finds among them, with their names.
 *
 * Reads the resolved tables; joins nobody. One thread.
 */
#ifndef TM_IDENTITY_PAIRS_H
#define TM_IDENTITY_PAIRS_H

#include "base/json_write.h"
#include "engine/engine.h"
#include "identity/identity.h"
#include "identity/suggest.h"

struct pair_person {
    uint64_t person;
    const char *name, *email; /* "" when not known */
};

struct pairs {
    struct suggestion *found; /* the likeliest first */
    size_t count;
    struct suggest_summary summary;
    /* What follows is pairs.c's own. */
    size_t cap, people_count, people_cap, decided_count;
    struct pair_person *people; /* by number */
    const struct identity_decision *decided;
    struct suggester *suggester;
    struct arena *names;
};

/* Pairs of at least this probability, without those that were decided to be two. Released also
 * after an error. */
TM_MUST_CHECK enum err_code pairs_find(struct engine *engine,
                                       const struct identity_decision *decided, size_t n,
                                       double least, struct pairs *out, struct err *err);
void pairs_release(struct pairs *pairs);
/* Who a pair's a or b is. */
const struct pair_person *pairs_person(const struct pairs *pairs, uint64_t person);
/* {people, pairs_compared, found, pairs: [{probability, a, b, fields}]} of the first `shown`. */
void pairs_json(const struct pairs *pairs, size_t shown, struct json_writer *w);

#endif
