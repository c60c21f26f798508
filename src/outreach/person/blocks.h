/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* blocks.h - products out of the shop's own records for a batch of messages (data.h says by which
 * rule). Inside of src/outreach/person only. */
#ifndef TM_OUTREACH_PERSON_BLOCKS_H
#define TM_OUTREACH_PERSON_BLOCKS_H

#include "outreach/person/data.h"

enum { SEEDS_MAX = 40 };

struct block_ask {
    uint64_t person;           /* the number that the person has now; 0: nobody is known */
    unsigned parts;            /* of enum person_part */
    uint64_t seeds[SEEDS_MAX]; /* product_hash() of names of what the message is about */
    size_t seed_count;
    struct value together, recommended, viewed; /* out: lists, empty when there is nothing */
};

TM_MUST_CHECK enum err_code blocks_fill(struct engine *engine, const char *site,
                                        struct block_ask *asks, size_t n, struct arena *arena,
                                        struct err *err);

#endif
