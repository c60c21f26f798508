/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* data.h - what messages print: the shop, the person, what the message is about, and products out
 * of the shop's own records (docs/templates.md lists all of it).
 *
 * For a batch of people at once, each part in one statement, and only if the message asks for it.
 *
 *   bought_together  products that were bought in one order with those that the message is about
 *                    (cart, else order, else product; else the person's last order)
 *   recommended      what people who bought the same bought later; then what most people buy
 *   recently_viewed  what the person looked at last
 *
 * Of two products a and b the score is people(a, b) / sqrt(buyers(a) * buyers(b)), the cosine of
 * item-to-item filtering (Linden, Smith and York 2003, IEEE Internet Computing 7(1)), summed over
 * the products from which it is asked; below three people nothing is said. What the person has
 * bought, what the message is about already, and what is not on sale is left out.
 *
 * Amounts are in minor units of the currency in which the records are resolved, which is to be that
 * of struct message_for.
 *
 * Texts are people's and sources': nothing of it is marked as the shop's own. An address of a
 * product is shown only if it is one of the shop's own site, else that of the shop stands there.
 */
#ifndef TM_OUTREACH_PERSON_DATA_H
#define TM_OUTREACH_PERSON_DATA_H

#include "outreach/message/message.h"
#include "outreach/person/person.h"
#include "store/settings.h"

enum person_part {
    PERSON_SELF = 1, /* `person` */
    PERSON_TOGETHER = 2,
    PERSON_RECOMMENDED = 4,
    PERSON_VIEWED = 8,
    PERSON_ABOUT = 16, /* what the catalogue adds to the products of its data */
    PERSON_BLOCKS = PERSON_TOGETHER | PERSON_RECOMMENDED | PERSON_VIEWED
};
enum { BLOCK_MOST = 6 }; /* products of a block */

/* What a message asks for, by the names in it. */
unsigned person_parts(const struct message *message);

struct person_ask {
    uint64_t person;
    struct str data; /* the planned message's: a JSON object; "" for none */
    unsigned parts;
};

/* out[i]: a map with the members of asks[i].data, of which `shop`, `person` and the blocks are
 * always these. At most PERSON_BATCH; all of it lives in `arena`. Who is not known has what the
 * data tell in "contact". Data that are no JSON object: ERR_INVALID. */
TM_MUST_CHECK enum err_code person_data(const struct person_reader *r,
                                        const struct settings *settings, int64_t now_us,
                                        const struct person_ask *asks, size_t n,
                                        struct arena *arena, struct value *out, struct err *err);

/* `shop`, which person_data() puts in, too. */
struct value person_shop(const struct settings *settings, struct arena *arena);

#endif
