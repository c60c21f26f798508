/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* product.h - where a product is to be seen: its page, its picture. */
#ifndef TM_SHOP_PRODUCT_H
#define TM_SHOP_PRODUCT_H

#include "base/arena.h"

enum { PRODUCT_ADDRESS_MAX = 500 };

/* What is a whole address of the web and no longer than that; else none. A view of `text`. */
struct str product_address(struct str text);
/* "/products/teapot": the page that Shopify gives the product of a handle, on whatever site the
 * shop has. */
struct str product_shopify_page(struct arena *arena, struct str handle);

#endif
