/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* event.h - one name for what people do in a shop, whatever a source calls it.
 *
 * Canonical names: session_start page_view product_view search cart_add cart_view checkout_start
 * order_complete order_refund sign_up app_open. Names of GA4, Segment and older analytics are
 * translated (event_names.def); others pass through in lower case with underscores.
 */
#ifndef TM_SHOP_EVENT_H
#define TM_SHOP_EVENT_H

#include "base/base.h"

enum { EVENT_NAME_MAX = 64 };

/* The canonical name, written to `out` (cut at EVENT_NAME_MAX bytes) where it is not a constant. */
struct str event_canonical(struct str raw, char out[EVENT_NAME_MAX]);

/* Kind of an automated flow from its name and the words people use for it in several languages:
 * welcome cart browse post_purchase win_back replenishment vip, or other. */
const char *flow_kind_of(struct str name);

#endif
