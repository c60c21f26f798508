/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* channel.h - where a visit came from: GA4's default channel grouping with our additions.
 *
 * Rules are data (channel_rules.def), first match wins, case is ignored. Additions over GA4:
 * AI Assistants, click ids as proof of paid traffic, paid sources whatever their medium, and
 * Direct for an empty source.
 */
#ifndef TM_SHOP_CHANNEL_H
#define TM_SHOP_CHANNEL_H

#include "base/base.h"

struct touch {
    struct str source, medium, campaign;
    struct str click_id; /* name of the click id: gclid, fbclid, ... */
    struct str referrer; /* host or URL; used where there is no source */
};

/* A name of the table, such as "Paid Search"; never NULL. */
const char *channel_of(const struct touch *touch);
/* "Paid Social" for Meta, "Paid Search" for Google, ... : the channel of a platform's spend. */
const char *channel_of_platform(struct str platform, struct str campaign);
/* The spelling of the table for a channel named by a report in any case, also with underscores or
 * hyphens in place of blanks; NULL if unknown. */
const char *channel_canonical(struct str name);

#endif
