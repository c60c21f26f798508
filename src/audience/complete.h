/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* complete.h - facts of a person, completed by records that have just come and that the figures do
 * not have yet.
 *
 * What sql/audience/make_* make of the resolved records, as far as one record tells it. An order is
 * found by the name that webhooks and refunds have for it, so that one that tells only that name
 * changes or drops it; the group by recency, frequency and value follows by the bounds of the last
 * figures. Pure: no I/O, no clock.
 */
#ifndef TM_AUDIENCE_COMPLETE_H
#define TM_AUDIENCE_COMPLETE_H

#include "audience/index.h"
#include "audience/terms.h"
#include "base/timestamp.h"
#include "shop/record.h"

struct completing {
    struct zone *zone;    /* of the shop's days */
    const char *currency; /* of its figures */
    /* Of its figures; NULL: amounts in other currencies are not known, and groups stay. */
    const struct audience_terms *terms;
    const char *source;               /* whose records come, as the raw tables name it */
    int64_t order_at;                 /* of the message's order, whose lines come next; TIME_NONE */
    struct audience_touched *touched; /* NULL, or gets what is otherwise now */
};

/* Records of one message in the order in which they are made; order_at is TIME_NONE before the
 * first one of each. */
void audience_complete(struct audience_facts *facts, struct completing *how, enum record_kind kind,
                       const void *record);

/* `from` is the same person as it turned out: what is known of both. Texts that both have are those
 * of `into`, for facts do not tell which is newer. Of `how` zone and source are not read. */
void audience_facts_join(struct audience_facts *into, const struct completing *how,
                         const struct audience_facts *from);

#endif
