/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* about.h - what a live message is about, as messages print it: cart, order, products; out of the
 * forms in which Segment's libraries, Shopify and WooCommerce tell it. Pure. Inside of
 * src/outreach/acting only. */
#ifndef TM_OUTREACH_ACTING_ABOUT_H
#define TM_OUTREACH_ACTING_ABOUT_H

#include "outreach/acting/told.h"

enum { ABOUT_PRODUCTS_MAX = 20 };

/* The person's names and language where the records have none: of the traits that stand beside an
 * event. */
void about_names(struct json_value root, struct told *io);

struct hook_news {
    int64_t shipped_us, delivered_us; /* of an order; TIME_NONE: not yet */
    bool unplaced;                    /* an order that is not paid and may never be */
    int64_t customer;                 /* the number of one who has just signed up; 0 */
};
/* What a delivery of a shop's webhook says that records have no column for. */
void about_hook(struct json_value root, struct hook_news *out);

/* {"event", "contact", and "cart", "order" or "product"}. `currency`: the shop's. */
void about_write(struct json_value root, const struct told *told, const char *happening,
                 const char *currency, struct buf *out);

#endif
