/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* order.h - orders in the words of shops: what their states and origins mean, whether they come in
 * a file or live. */
#ifndef TM_SHOP_ORDER_H
#define TM_SHOP_ORDER_H

#include "shop/record.h"

/* Our word for Shopify's financial status, and for a status of WooCommerce, with or without "wc-"
 * and in the languages of its exports; NULL when it is not known. */
const char *order_status_shopify(struct str word);
const char *order_status_woo(struct str word);

/* The kind of an order, and the channel of its origin where it tells one: an order without any
 * word on it has no channel, which is not the same as Direct. `click_id` is the name of a click id
 * of its landing page, "" without one. */
void order_finish(struct order_record *order, struct str click_id);

#endif
