/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fields.h - maps for messages, put together member by member, and products in them. Inside of
 * src/outreach/person only. */
#ifndef TM_OUTREACH_PERSON_FIELDS_H
#define TM_OUTREACH_PERSON_FIELDS_H

#include "outreach/person/data.h"

struct fields {
    struct arena *arena;
    struct value_pair *pairs;
    size_t n, cap;
};
/* Room for so many; a full arena is found by arena_check(). */
struct fields fields_begin(struct arena *arena, size_t cap);
void fields_add(struct fields *f, const char *name, struct value v);
/* A copy; nothing for "", so that `if` and `default` see that it is not there. */
void fields_text(struct fields *f, const char *name, struct str text);
/* Nothing for AMOUNT_NONE. */
void fields_amount(struct fields *f, const char *name, int64_t amount);
struct value fields_map(const struct fields *f);
/* The member of a map; nothing where there is none, or where it is no map. */
struct value fields_member(struct value of, const char *name);

struct product {
    struct str id, title;
    struct str url; /* or a path on the shop's site */
    struct str image;
    int64_t price;   /* AMOUNT_NONE: not known */
    double quantity; /* of an order's line; NaN: none */
};
/* `site`: the shop's own address, "" when it is not known. */
/* The page of a product on the shop's own site; the site itself where it is none of it. */
struct str product_page(struct arena *arena, struct str url, const char *site);
struct value product_map(struct arena *arena, const struct product *p, const char *site);

/* Hashes of the names by which the contact tables may know a product that somebody else told of;
 * how many. */
enum { PRODUCT_NAMES = 3 };
uint64_t product_hash(struct str name);
size_t product_names(struct value product, uint64_t out[PRODUCT_NAMES]);

#endif
