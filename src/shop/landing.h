/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* landing.h - what the address of a page tells about how its visitor came. */
#ifndef TM_SHOP_LANDING_H
#define TM_SHOP_LANDING_H

#include "base/buf.h"

enum { LANDING_VALUE_MAX = 256 };

/* "shop.example.com:8080" of "https://shop.example.com:8080/a?b"; "" without a scheme. */
struct str landing_host(struct str url);
/* The name of the click id in its query, as platforms append it to links: gclid, fbclid, ...; ""
 * without one. */
struct str landing_click(struct str url);
/* A parameter of its query, percent-decoded, cut at LANDING_VALUE_MAX - 1 bytes; "" without it. */
struct str landing_parameter(struct str url, const char *name, char out[LANDING_VALUE_MAX]);
/* A value of a campaign in the one form in which it is kept: trimmed, lower case, cut. */
struct str landing_campaign_value(struct str raw, char out[LANDING_VALUE_MAX]);

#endif
