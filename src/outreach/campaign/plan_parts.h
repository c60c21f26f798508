/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plan_parts.h - what planning people and counting them before share; inside src/outreach/campaign
 * only. */
#ifndef TM_OUTREACH_CAMPAIGN_PLAN_PARTS_H
#define TM_OUTREACH_CAMPAIGN_PLAN_PARTS_H

#include "outreach/campaign/plan.h"

/* A person of a batch: when the message is due, and whether it is to be at all. */
struct planned_one {
    uint64_t person;
    int64_t due_us;
    bool wanted, held_out; /* held out: looked up as the others are, and written down */
};

/* Those who are wanted, each by the first channel that reaches the person. */
TM_MUST_CHECK enum err_code plan_reach(struct campaign_planner *p, const struct campaign_send *send,
                                       const struct planned_one *people, size_t n,
                                       struct outbox_message *out, bool *out_found,
                                       struct err *err);
/* When the person's or the shop's clock says so, of a message without `after`. */
int64_t plan_due(struct campaign_planner *p, const struct campaign_send *send,
                 const struct outbox_message *m, int64_t launched_us);
/* Who waits for the file gets it before the next batch: as long again as this one had it. */
void plan_let_others(int64_t had_us);

#endif
