/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* campaigns.h - how far the shop's campaigns are: who looked at which text, approved it and sent it
 * on its way. The texts themselves are kept by name (named.h), what was planned and sent in the
 * outbox (pieces.h).
 *
 * A text is known by its digest, so that what was said of one is said of no other.
 */
#ifndef TM_STORE_CAMPAIGNS_H
#define TM_STORE_CAMPAIGNS_H

#include "base/digest.h"
#include "store/store.h"

enum campaign_stage {
    CAMPAIGN_DRAFT,
    CAMPAIGN_LAUNCHED,
    CAMPAIGN_HELD,      /* waits for a word: why is in held_why */
    CAMPAIGN_CANCELLED, /* what was not sent never is */
    CAMPAIGN_FINISHED,
    CAMPAIGN_STAGES
};

enum { CAMPAIGN_WHY_BYTES = 512 };

struct campaign_kept {
    int64_t id;   /* of the named text */
    int64_t turn; /* given by the store: goes up with each change */
    enum campaign_stage stage;
    char seen[DIGEST_HEX]; /* the text whose people were counted; "" for none */
    int64_t seen_people, seen_us;
    char approved[DIGEST_HEX];
    char approved_by[128];
    int64_t approved_us;
    char launched[DIGEST_HEX];
    char launched_by[128];
    int64_t launched_us; /* TIME_NONE: not yet */
    int64_t expected;    /* people at launch, or who were confirmed since */
    int64_t held_people; /* CAMPAIGN_HELD: how many there are; -1 when that is not why */
    char held_why[CAMPAIGN_WHY_BYTES];
    int64_t ended_us;
};

/* A draft, when nothing is known of it. */
TM_MUST_CHECK enum err_code store_campaign_get(struct store *store, int64_t id,
                                               struct campaign_kept *out, struct err *err);
/* ERR_EXISTS when it was changed since it was read: read it again. */
TM_MUST_CHECK enum err_code store_campaign_put(struct store *store,
                                               const struct campaign_kept *kept, struct err *err);
TM_MUST_CHECK enum err_code store_campaign_remove(struct store *store, int64_t id, struct err *err);
/* The numbers of those in a stage, the first `cap`. */
TM_MUST_CHECK enum err_code store_campaigns_in(struct store *store, enum campaign_stage stage,
                                               int64_t *out, size_t cap, size_t *out_n,
                                               struct err *err);

#endif
