/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* crowd.h - whom a campaign is for: who is in one of the groups that it includes and in none that
 * it leaves out, each person once.
 *
 * A group that is gone or broken is an error, and so nobody is written to.
 */
#ifndef TM_OUTREACH_CAMPAIGN_CROWD_H
#define TM_OUTREACH_CAMPAIGN_CROWD_H

#include "engine/engine.h"
#include "outreach/campaign/campaign.h"

/* Whether the shop has the segments that it names, and all are whole. No engine is asked. */
TM_MUST_CHECK enum err_code crowd_check(struct store *store, const struct campaign *campaign,
                                        struct err *err);

struct crowd {
    uint64_t *people; /* by ascending number; owned */
    size_t n;
    int64_t left_out; /* how many more were included, but for `exclude` */
};
/* After audience_prepare(): ERR_UNAVAILABLE else. */
TM_MUST_CHECK enum err_code crowd_read(struct engine *engine, struct store *store,
                                       const struct campaign *campaign, struct crowd *out,
                                       struct err *err);
void crowd_release(struct crowd *crowd);

#endif
