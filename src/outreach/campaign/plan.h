/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* plan.h - the people of a launched campaign into the outbox, batch by batch.
 *
 * A batch, what was counted of it and how far it came are one transaction; people are looked up
 * before it begins. So a process that dies anywhere goes on where it was: nobody is planned twice,
 * nobody is left out; and others wait for a batch at most. Where two plan the same, one of them
 * gives way.
 *
 * Each message is planned when its time is near, so that whom it is for is known late. The first
 * goes to whom the campaign is for; one with `after` to whom was sent the first, in waves, as their
 * times come.
 */
#ifndef TM_OUTREACH_CAMPAIGN_PLAN_H
#define TM_OUTREACH_CAMPAIGN_PLAN_H

#include "outreach/campaign/crowd.h"
#include "outreach/gate.h"
#include "outreach/person/person.h"
#include "store/pieces.h"
#include "store/sending_settings.h"

enum { CAMPAIGN_BATCH = 125 };
/* How long before its time a message is planned, and how far apart waves are. */
#define CAMPAIGN_LEAD_US (30 * 60 * US_PER_SECOND)
#define CAMPAIGN_WAVE_US (10 * 60 * US_PER_SECOND)

/* What is known of people; called outside of transactions. */
struct campaign_world {
    enum err_code (*crowd)(void *ctx, const struct campaign *campaign, struct crowd *out,
                           struct err *err);
    /* As person_reach(), of PERSON_REACH_MOST messages at most. */
    enum err_code (*reach)(void *ctx, struct outbox_message *io, bool *out_found, size_t n,
                           struct err *err);
    /* What the gate would say of each at its time (claim_forecast()). */
    enum err_code (*judge)(void *ctx, const struct outbox_message *messages, const int64_t *at_us,
                           size_t n, struct gate_decision *out, struct err *err);
    /* When each ordered last; TIME_NONE: never. */
    enum err_code (*ordered)(void *ctx, const uint64_t *people, size_t n, int64_t *out_us,
                             struct err *err);
    bool (*stops)(void *ctx);      /* asked between batches: the process ends */
    int64_t patience_us;           /* how long a look may take, begun batches aside; 0: any time */
    const struct sending *sending; /* by which channels the shop can send; NULL: by all */
    void *ctx;
};

struct campaign_planner {
    struct outbox *outbox; /* borrowed, as the others */
    struct quiet *quiet;   /* keeps opened zones */
    struct zone *zone;     /* the shop's */
    const struct campaign_world *world;
};

struct campaign_live {
    int64_t id;
    const struct campaign *campaign;
    int64_t launched_us;
    int64_t expected; /* people */
};

struct campaign_planned {
    int64_t planned;  /* messages */
    int64_t too_many; /* people, where there are too many more than expected; else -1 */
    bool finished;    /* all is planned and settled */
};

/* Plans what is to be planned by now. An error undid the batch; the next call does it over. */
TM_MUST_CHECK enum err_code campaign_plan(struct campaign_planner *p,
                                          const struct campaign_live *live, int64_t now_us,
                                          struct campaign_planned *out, struct err *err);

#endif
