/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* catalogue.h - what the shop's catalogue adds to the products that a message is about: events tell
 * numbers and prices, seldom pictures. Inside of src/outreach/person only. */
#ifndef TM_OUTREACH_PERSON_CATALOGUE_H
#define TM_OUTREACH_PERSON_CATALOGUE_H

#include "engine/engine.h"
#include "outreach/person/fields.h"

/* io_given: what messages are about; NULL for one that asks for none of it. `title`, `url` and
 * `image` of their `product`, `products`, and those in `cart` and `order` are put in where nothing
 * told them. What is new lives in `arena`. */
TM_MUST_CHECK enum err_code catalogue_fill(struct engine *engine, const char *site,
                                           struct value *const *io_given, size_t n,
                                           struct arena *arena, struct err *err);

#endif
